; What a PHP file defines.

(class_declaration name: (name) @name body: (_) @body) @class
(trait_declaration name: (name) @name body: (_) @body) @class
(interface_declaration name: (name) @name body: (_) @body) @interface
(enum_declaration name: (name) @name body: (_) @body) @enum
(enum_case name: (name) @name) @field
(function_definition name: (name) @name parameters: (_) @parameters body: (_) @body) @function
(method_declaration name: (name) @name parameters: (_) @parameters body: (_)? @body) @function
(program (const_declaration (const_element (name) @name)) @constant)
(declaration_list (const_declaration (const_element (name) @name)) @field)
(enum_declaration_list (const_declaration (const_element (name) @name)) @field)
(property_declaration (property_element name: (variable_name (name) @name))) @field
(namespace_definition name: (_) @name body: (_) @body) @scope
(property_promotion_parameter name: (variable_name (name) @name)) @member
(use_declaration [(name) (qualified_name)] @mixin)
