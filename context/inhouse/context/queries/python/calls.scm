; What Python code calls, inherits from and raises; strings for their quotes.
(call function: [(identifier) (attribute)] @call)
(decorator [(identifier) (attribute)] @call)
(class_definition superclasses: (argument_list [(identifier) (attribute)] @base))
(raise_statement [(call function: (_) @raise) (identifier) @raise])
(string (string_start) @quote)
(function_definition "async" @async)
(function_definition return_type: (_) @typed)
(assert_statement) @assert
