; What Lua code calls; strings for their quotes.
(function_call name: [(identifier) (dot_index_expression) (method_index_expression)] @call)
(function_call name: (identifier) @raise (#eq? @raise "error"))
(string) @quote
