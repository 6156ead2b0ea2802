; What Python code calls, and the classes that it inherits from, by their last name.
(call function: [(identifier) @call (attribute attribute: (identifier) @call)])
(decorator [(identifier) @call (attribute attribute: (identifier) @call)])
(class_definition superclasses: (argument_list [(identifier) @base (attribute attribute: (identifier) @base)]))
