; What Ruby code calls, inherits from and raises; strings for their quotes.
(call !receiver method: (identifier) @call)
(call receiver: (_) @receiver method: (identifier) @called)
(superclass [(constant) (scope_resolution)] @base)
(call !receiver method: (identifier) @_raise arguments: (argument_list . [
    (constant) @raise (scope_resolution) @raise (call receiver: [(constant) (scope_resolution)] @raise)])
  (#match? @_raise "^(raise|fail)$"))
(string) @quote
