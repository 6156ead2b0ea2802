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
(call method: (identifier) @_define arguments: (argument_list . (simple_symbol) @name)
  (#match? @_define "^(define_method|alias_method)$")) @function

; Point = Struct.new(:x)  and  class Point < Struct.new(:x)
(assignment
  left: (constant) @name
  right: (call receiver: (constant) @_struct method: (identifier) @_new)
  (#match? @_struct "^(Struct|Data)$") (#match? @_new "^(new|define)$")) @class
(call receiver: (constant) @_struct method: (identifier) @_new arguments: (argument_list (simple_symbol) @name @field)
  (#match? @_struct "^(Struct|Data)$") (#match? @_new "^(new|define)$"))
(call !receiver method: (identifier) @_include arguments: (argument_list [(constant) (scope_resolution)] @mixin)
  (#match? @_include "^(include|extend|prepend)$"))
