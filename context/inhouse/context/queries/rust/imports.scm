; What a Rust file imports: from which module, which name, under which alias.

(use_declaration argument: (_) @module) @import
(mod_item name: (identifier) @module !body) @import
