; What TypeScript adds to JavaScript.

(abstract_class_declaration name: (_) @name body: (class_body) @body) @class
(interface_declaration name: (_) @name body: (_) @body) @interface
(type_alias_declaration name: (_) @name) @type
(enum_declaration name: (_) @name body: (_) @body) @enum
(internal_module name: (_) @name body: (_) @body) @module_definition
(function_signature name: (identifier) @name parameters: (_) @parameters) @function
(abstract_method_signature name: (_) @name parameters: (_) @parameters) @function
(interface_declaration body: (_ (method_signature name: (_) @name parameters: (_) @parameters) @function))
(interface_declaration body: (_ (property_signature name: (_) @name) @field))
(type_alias_declaration value: (object_type (property_signature name: (_) @name) @field))
(class_body (public_field_definition name: (_) @name) @field)
(class_body (method_signature name: (_) @name parameters: (_) @parameters) @function)
