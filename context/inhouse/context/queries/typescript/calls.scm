; What TypeScript adds.
(extends_clause value: [(identifier) (member_expression)] @base)
(function_declaration return_type: (_) @typed)
(method_definition return_type: (_) @typed)
(arrow_function return_type: (_) @typed)
