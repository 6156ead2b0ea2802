; What Rust code calls.
(call_expression function: [(identifier) (scoped_identifier) (field_expression)] @call)
(macro_invocation macro: [(identifier) (scoped_identifier)] @call)
(struct_expression name: [(type_identifier) (scoped_type_identifier)] @call)
(function_item (function_modifiers "async" @async))
