; What C++ adds to C.

(class_specifier name: (_) @name body: (_) @body) @class
(namespace_definition name: (_) @name body: (_) @body) @scope
(alias_declaration name: (type_identifier) @name) @type
(concept_definition name: (identifier) @name) @type
(function_definition
  declarator: (reference_declarator
    (function_declarator declarator: (_) @name parameters: (_) @parameters)) body: (_) @body) @function
(field_declaration
  declarator: (function_declarator declarator: (field_identifier) @name parameters: (_) @parameters)) @prototype
(field_declaration
  declarator: [(pointer_declarator
    declarator: (function_declarator declarator: (field_identifier) @name parameters: (_) @parameters))
   (reference_declarator
    (function_declarator declarator: (field_identifier) @name parameters: (_) @parameters))]) @prototype
(declaration declarator: (function_declarator declarator: (qualified_identifier) @name parameters: (_) @parameters)) @prototype
