; What Ruby code calls; strings for their quotes.
(call !receiver method: (identifier) @call)
(superclass (_) @base)
