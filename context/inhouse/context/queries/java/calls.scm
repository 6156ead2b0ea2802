; What Java code calls, inherits from and throws.
(method_invocation !object name: (identifier) @call)
(method_invocation object: (identifier) @receiver name: (identifier) @called)
(object_creation_expression type: (type_identifier) @call)
(object_creation_expression type: (generic_type (type_identifier) @call))
(superclass (type_identifier) @base)
(throw_statement (object_creation_expression type: (_) @raise))
