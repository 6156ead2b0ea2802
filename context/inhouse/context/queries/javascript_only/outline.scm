; JavaScript's class fields: TypeScript's have another name.
(class_body (field_definition property: (_) @name value: (_)? @value) @field)
