; Names that a Ruby scope binds.

[(method) (singleton_method) (block) (do_block) (lambda)] @scope
[(class) (module)] @class_scope

(method_parameters [(identifier) @parameter (optional_parameter name: (identifier) @parameter)
  (splat_parameter name: (identifier) @parameter) (keyword_parameter name: (identifier) @parameter)
  (hash_splat_parameter name: (identifier) @parameter) (block_parameter name: (identifier) @parameter)])
(block_parameters [(identifier) @parameter (optional_parameter name: (identifier) @parameter)])
(assignment left: (identifier) @local)
(assignment left: (left_assignment_list (identifier) @local))
(rescue (exception_variable (identifier) @local))
(class name: (constant) @class)
(module name: (constant) @class)
(method name: (identifier) @function)

; What a name is an object of: x = Foo.new(...)
(assignment left: (identifier) @typed right: (call receiver: (_) @type method: (identifier) @_new (#eq? @_new "new")))
