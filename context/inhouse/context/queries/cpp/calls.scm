; What C++ adds.
(call_expression function: (qualified_identifier) @call)
(base_class_clause (type_identifier) @base)
(throw_statement (call_expression function: (_) @raise))
(new_expression type: (type_identifier) @call)
