; What C# code calls, inherits from and throws.
(invocation_expression function: (member_access_expression) @call)
(invocation_expression function: (identifier) @own)
(object_creation_expression type: [(identifier) (qualified_name)] @call)
(class_declaration (base_list . [(identifier) (qualified_name)] @base))
(throw_statement (object_creation_expression type: (_) @raise))
(method_declaration (modifier "async" @async))
