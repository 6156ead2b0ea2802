; What PHP code calls or makes, and what its classes inherit from.
(function_call_expression function: [(name) @call (qualified_name (name) @call)])
(member_call_expression name: (name) @call)
(scoped_call_expression name: (name) @call)
(object_creation_expression [(name) @call (qualified_name (name) @call)])
(base_clause [(name) @base (qualified_name (name) @base)])
(class_interface_clause [(name) @base (qualified_name (name) @base)])
