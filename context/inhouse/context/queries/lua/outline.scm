; What a Lua file defines.

(function_declaration name: (_) @name parameters: (parameters) @parameters body: (block)? @body) @function
(chunk (variable_declaration (assignment_statement (variable_list name: (identifier) @name))) @constant)
(chunk (assignment_statement (variable_list name: (_) @name) (expression_list value: (_) @value)) @constant)
(field name: (identifier) @name value: (function_definition parameters: (_) @parameters body: (block)? @body)) @function
