; What a Ruby file defines.

(class name: (_) @name superclass: (superclass (_) @bases)? body: (_)? @body) @class
(module name: (_) @name body: (_) @body) @module_definition
(method name: (_) @name parameters: (method_parameters)? @parameters body: (_)? @body) @function
(singleton_method name: (_) @name parameters: (method_parameters)? @parameters body: (_)? @body) @function
(assignment left: (constant) @name) @constant
(call method: (identifier) @_attribute arguments: (argument_list (simple_symbol) @name)
  (#match? @_attribute "^attr_(reader|writer|accessor)$")) @field
(assignment left: (instance_variable) @name) @member
(alias name: (_) @name) @function
