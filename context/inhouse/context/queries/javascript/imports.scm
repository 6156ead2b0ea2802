; What a JavaScript file imports: from which module, which name, under which alias.

(import_statement (import_clause (identifier) @alias) source: (string) @module) @import
(import_statement (import_clause (namespace_import (identifier) @alias)) source: (string) @module) @import
(import_statement
  (import_clause (named_imports (import_specifier name: (_) @imported alias: (identifier)? @alias)))
  source: (string) @module) @import
(export_statement "*" @imported source: (string) @module) @import
(export_statement (namespace_export (_) @alias) source: (string) @module) @import
(export_statement
  (export_clause (export_specifier name: (_) @imported alias: (_)? @alias)) source: (string) @module) @import
(variable_declarator
  name: (identifier) @alias
  value: (call_expression function: (identifier) @_require arguments: (arguments (string) @module))
  (#eq? @_require "require")) @import
(variable_declarator
  name: (object_pattern (shorthand_property_identifier_pattern) @imported)
  value: (call_expression function: (identifier) @_require arguments: (arguments (string) @module))
  (#eq? @_require "require")) @import
(call_expression function: (import) arguments: (arguments (string) @module)) @import
