; What PHP code calls, inherits from and throws.
(function_call_expression function: (name) @call)
(object_creation_expression (name) @call)
(base_clause (name) @base)
(throw_expression (object_creation_expression (name) @raise))
