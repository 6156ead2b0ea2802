; What a C# file defines.

(class_declaration name: (identifier) @name body: (_)? @body) @class
(struct_declaration name: (identifier) @name body: (_)? @body) @class
(record_declaration name: (identifier) @name body: (_)? @body) @class
(interface_declaration name: (identifier) @name body: (_) @body) @interface
(enum_declaration name: (identifier) @name body: (_) @body) @enum
(enum_member_declaration name: (identifier) @name) @field
(delegate_declaration name: (identifier) @name) @type
(method_declaration name: (identifier) @name parameters: (_) @parameters body: (_)? @body) @function
(constructor_declaration name: (identifier) @name parameters: (_) @parameters body: (_)? @body) @function
(local_function_statement name: (identifier) @name parameters: (_) @parameters body: (_)? @body) @function
(property_declaration name: (identifier) @name) @field
(field_declaration (variable_declaration (variable_declarator name: (identifier) @name))) @field
(namespace_declaration name: (_) @name body: (_) @body) @scope
(file_scoped_namespace_declaration name: (_) @name) @scope
(event_field_declaration (variable_declaration (variable_declarator name: (identifier) @name))) @field
(event_declaration name: (identifier) @name) @field
(record_declaration (parameter_list (parameter name: (identifier) @name) @field))
