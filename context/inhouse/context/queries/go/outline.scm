; What a Go file defines.

(function_declaration name: (identifier) @name parameters: (_) @parameters body: (block)? @body) @function
(method_declaration
  receiver: (parameter_list (parameter_declaration type: (_) @receiver))
  name: (field_identifier) @name parameters: (_) @parameters body: (block)? @body) @function
(type_declaration (type_spec name: (type_identifier) @name type: (struct_type (field_declaration_list) @body))) @class
(type_declaration (type_spec name: (type_identifier) @name type: (interface_type) @body)) @interface
(type_declaration
  (type_spec name: (type_identifier) @name
    type: [(type_identifier) (qualified_type) (pointer_type) (map_type) (slice_type) (array_type) (function_type)
           (channel_type) (generic_type)])) @type
(type_declaration (type_alias name: (type_identifier) @name)) @type
(struct_type (field_declaration_list (field_declaration name: (field_identifier) @name) @field))
(interface_type (method_elem name: (field_identifier) @name parameters: (_) @parameters) @function)
(source_file (const_declaration (const_spec name: (identifier) @name) @constant))
(source_file (var_declaration (var_spec name: (identifier) @name) @constant))
(source_file (var_declaration (var_spec_list (var_spec name: (identifier) @name) @constant)))

; Embedded: a field by the type's name, whose members are the struct's own
(struct_type (field_declaration_list (field_declaration !name type: [
  (type_identifier) @name @mixin
  (qualified_type name: (type_identifier) @name) @mixin
  (generic_type type: (type_identifier) @name @mixin)]) @field))
(interface_type (type_elem . [(type_identifier) (qualified_type)] @mixin .))
