; What C code calls.
(call_expression function: [(identifier) (field_expression)] @call)
