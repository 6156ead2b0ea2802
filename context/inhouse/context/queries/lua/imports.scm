; What a Lua file imports: from which module, which name, under which alias.

(variable_declaration
  (assignment_statement
    (variable_list name: (identifier) @alias)
    (expression_list value: (function_call name: (identifier) @_require arguments: (arguments (string) @module)))
    (#eq? @_require "require"))) @import
(function_call name: (identifier) @_require arguments: (arguments (string) @module) (#eq? @_require "require")) @import
