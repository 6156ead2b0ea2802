; What Ruby code calls, and what its classes inherit from.
(call method: (identifier) @call)
(superclass [(constant) @base (scope_resolution name: (constant) @base)])
