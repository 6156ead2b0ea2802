; What a Go file imports: from which module, which name, under which alias.

(import_spec name: (_)? @alias path: (interpreted_string_literal) @module) @import
