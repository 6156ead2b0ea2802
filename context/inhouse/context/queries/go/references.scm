; What Go code calls or makes; embedded types.
(call_expression function: [(identifier) @call (selector_expression field: (field_identifier) @call)])
(composite_literal type: [(type_identifier) @call (qualified_type name: (type_identifier) @call)])
(field_declaration !name type: [(type_identifier) @base (pointer_type (type_identifier) @base)])
