; What Rust code calls or makes, and the traits that it implements.
(call_expression function: [
  (identifier) @call
  (scoped_identifier name: (identifier) @call)
  (field_expression field: (field_identifier) @call)
  (generic_function function: [
    (identifier) @call (scoped_identifier name: (identifier) @call) (field_expression field: (field_identifier) @call)])])
(macro_invocation macro: [(identifier) @call (scoped_identifier name: (identifier) @call)])
(struct_expression name: [(type_identifier) @call (scoped_type_identifier name: (type_identifier) @call)])
(impl_item trait: [(type_identifier) @base (scoped_type_identifier name: (type_identifier) @base)
                   (generic_type type: (type_identifier) @base)])
