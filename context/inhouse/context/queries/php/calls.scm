; What PHP code calls, inherits from and throws; strings for their quotes.
(function_call_expression function: [(name) (qualified_name)] @call)
(object_creation_expression [(name) (qualified_name)] @call)
(scoped_call_expression scope: [(name) (qualified_name)] @receiver name: (name) @called)
(member_call_expression object: (_) @receiver name: (name) @called)
(base_clause [(name) (qualified_name)] @base)
(throw_expression (object_creation_expression [(name) (qualified_name)] @raise))
[(string) (encapsed_string)] @quote
