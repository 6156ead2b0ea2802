; What a Python file defines.

(class_definition name: (identifier) @name superclasses: (argument_list)? @bases body: (block) @body) @class
(function_definition name: (identifier) @name parameters: (parameters) @parameters body: (block) @body) @function

(module (expression_statement (assignment left: (identifier) @name)) @constant)
(module (if_statement consequence: (block (expression_statement (assignment left: (identifier) @name)) @constant)))
(module (type_alias_statement left: (type (identifier) @name)) @type)
(class_definition body: (block (expression_statement (assignment left: (identifier) @name)) @field))
(expression_statement
  (assignment left: (attribute object: (identifier) @_self attribute: (identifier) @name)) (#eq? @_self "self")) @member
