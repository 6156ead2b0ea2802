; What a C file defines; C++ reads this too.

(function_definition
  declarator: (function_declarator declarator: (_) @name parameters: (_) @parameters) body: (_) @body) @function
(function_definition
  declarator: (pointer_declarator
    declarator: (function_declarator declarator: (_) @name parameters: (_) @parameters)) body: (_) @body) @function
(function_definition
  declarator: (pointer_declarator (pointer_declarator
    declarator: (function_declarator declarator: (_) @name parameters: (_) @parameters))) body: (_) @body) @function
(declaration declarator: (function_declarator declarator: (identifier) @name parameters: (_) @parameters)) @prototype
(declaration
  declarator: (pointer_declarator
    declarator: (function_declarator declarator: (identifier) @name parameters: (_) @parameters))) @prototype
(struct_specifier name: (_) @name body: (_) @body) @class
(union_specifier name: (_) @name body: (_) @body) @class
(enum_specifier name: (_) @name body: (_) @body) @enum
(enumerator name: (identifier) @name) @field
(type_definition declarator: (type_identifier) @name) @type
(type_definition
  declarator: (function_declarator declarator: (parenthesized_declarator (pointer_declarator (type_identifier) @name)))) @type
(field_declaration declarator: (field_identifier) @name) @field
(field_declaration declarator: (pointer_declarator declarator: (field_identifier) @name)) @field
(field_declaration declarator: (array_declarator declarator: (field_identifier) @name)) @field
(preproc_def name: (identifier) @name) @macro
(preproc_function_def name: (identifier) @name parameters: (_) @parameters) @macro
(translation_unit (declaration declarator: (init_declarator declarator: (identifier) @name)) @constant)
(translation_unit
  (declaration declarator: (init_declarator declarator: (array_declarator declarator: (identifier) @name))) @constant)

; Without a value, also in a header's guard and in extern "C" {...}
([(translation_unit (declaration declarator: [
    (identifier) @name (array_declarator declarator: (identifier) @name)
    (pointer_declarator declarator: [(identifier) @name (array_declarator declarator: (identifier) @name)])]) @constant)
  (preproc_ifdef (declaration declarator: [
    (identifier) @name (array_declarator declarator: (identifier) @name)
    (pointer_declarator declarator: [(identifier) @name (array_declarator declarator: (identifier) @name)])]) @constant)
  (declaration_list (declaration declarator: [
    (identifier) @name (array_declarator declarator: (identifier) @name)
    (pointer_declarator declarator: [(identifier) @name (array_declarator declarator: (identifier) @name)])]) @constant)])
(translation_unit (declaration declarator: (init_declarator
  declarator: (pointer_declarator declarator: (identifier) @name))) @constant)
(field_declaration declarator: (function_declarator
  declarator: (parenthesized_declarator (pointer_declarator declarator: (field_identifier) @name))
  parameters: (_) @parameters)) @field
(type_definition declarator: [
  (pointer_declarator declarator: (type_identifier) @name)
  (array_declarator declarator: (type_identifier) @name)
  (function_declarator declarator: (type_identifier) @name)]) @type
