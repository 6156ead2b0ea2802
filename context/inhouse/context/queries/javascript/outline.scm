; What a JavaScript file defines; TypeScript reads this too.

(class_declaration name: (_) @name body: (class_body) @body) @class
(function_declaration name: (identifier) @name parameters: (_) @parameters body: (_) @body) @function
(generator_function_declaration name: (identifier) @name parameters: (_) @parameters body: (_) @body) @function
(method_definition name: (_) @name parameters: (_) @parameters body: (_) @body) @function

; const name = (a, b) => ...  and  const name = function (a, b) {...}
(program
  [(lexical_declaration (variable_declarator name: (identifier) @name value: (_) @value)) @constant
   (variable_declaration (variable_declarator name: (identifier) @name value: (_) @value)) @constant
   (export_statement
     declaration: (lexical_declaration (variable_declarator name: (identifier) @name value: (_) @value)) @constant)])

; exports.name = ...  and  Name.prototype.method = function ...
(program (expression_statement
  (assignment_expression left: (member_expression property: (property_identifier) @name) right: (_) @value)) @constant)

; What stands in an object: const name = {key: ...}  and  exports.name = {key: ...}
(program
  [(lexical_declaration (variable_declarator
     value: (object (pair key: (property_identifier) @name value: (_) @value) @field)))
   (export_statement declaration: (lexical_declaration (variable_declarator
     value: (object (pair key: (property_identifier) @name value: (_) @value) @field))))
   (expression_statement (assignment_expression
     left: (member_expression)
     right: (object (pair key: (property_identifier) @name value: (_) @value) @field)))])
