; What a Rust file defines.

(function_item name: (_) @name parameters: (_) @parameters body: (block) @body) @function
(function_signature_item name: (_) @name parameters: (_) @parameters) @function
(struct_item name: (type_identifier) @name body: (_)? @body) @class
(union_item name: (type_identifier) @name body: (_) @body) @class
(enum_item name: (type_identifier) @name body: (_) @body) @enum
(enum_variant name: (identifier) @name) @field
(trait_item name: (type_identifier) @name body: (_) @body) @interface
(impl_item type: (_) @name body: (_) @body) @implementation
(mod_item name: (identifier) @name body: (_) @body) @scope
(type_item name: (type_identifier) @name) @type
(const_item name: (identifier) @name) @constant
(static_item name: (identifier) @name) @constant
(macro_definition name: (identifier) @name) @macro
(field_declaration name: (field_identifier) @name) @field
(associated_type name: (type_identifier) @name) @type
