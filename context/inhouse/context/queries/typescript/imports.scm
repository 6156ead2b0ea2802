; What a typescript file imports: from which module, which name, under which alias.

(import_statement (import_require_clause (identifier) @alias source: (string) @module)) @import
