; What JavaScript code calls, inherits from and throws; strings for their quotes.
(call_expression function: [(identifier) (member_expression)] @call)
(new_expression constructor: [(identifier) (member_expression)] @call)
(throw_statement (new_expression constructor: (_) @raise))
(string) @quote
(function_declaration "async" @async)
(arrow_function "async" @async)
(function_expression "async" @async)
(method_definition "async" @async)
