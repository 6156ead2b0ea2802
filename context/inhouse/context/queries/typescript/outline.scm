; What TypeScript adds to JavaScript.

(abstract_class_declaration name: (_) @name body: (class_body) @body) @class
(interface_declaration name: (_) @name body: (_) @body) @interface
(type_alias_declaration name: (_) @name) @type
(enum_declaration name: (_) @name body: (_) @body) @enum
(internal_module name: (_) @name body: (_) @body) @module_definition
(module name: (_) @name body: (_) @body) @module_definition

; declare const name: Type, alone or in a namespace or module
(ambient_declaration [(lexical_declaration (variable_declarator name: (identifier) @name))
                      (variable_declaration (variable_declarator name: (identifier) @name))] @constant)
(program (export_statement
  declaration: (lexical_declaration (variable_declarator name: (identifier) @name !value)) @constant))
([(internal_module body: (statement_block
    [(lexical_declaration (variable_declarator name: (identifier) @name)) @constant
     (export_statement declaration: (lexical_declaration (variable_declarator name: (identifier) @name)) @constant)]))
  (module body: (statement_block
    [(lexical_declaration (variable_declarator name: (identifier) @name)) @constant
     (export_statement declaration: (lexical_declaration (variable_declarator name: (identifier) @name)) @constant)]))])
(function_signature name: (identifier) @name parameters: (_) @parameters) @function
(abstract_method_signature name: (_) @name parameters: (_) @parameters) @function
(interface_declaration body: (_ (method_signature name: (_) @name parameters: (_) @parameters) @function))
(interface_declaration body: (_ (property_signature name: (_) @name) @field))
(type_alias_declaration value: (object_type (property_signature name: (_) @name) @field))
(class_body (public_field_definition name: (_) @name value: (_)? @value) @field)
(enum_body name: (_) @name @field)
(enum_body (enum_assignment name: (_) @name) @field)
(method_definition
  name: (property_identifier) @_constructor
  parameters: (formal_parameters
    [(required_parameter [(accessibility_modifier) "readonly"] pattern: (identifier) @name)
     (optional_parameter [(accessibility_modifier) "readonly"] pattern: (identifier) @name)] @member)
  (#eq? @_constructor "constructor"))
(class_body (method_signature name: (_) @name parameters: (_) @parameters) @function)
