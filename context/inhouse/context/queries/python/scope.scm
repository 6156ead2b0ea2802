; Names that a Python scope binds, for names in scope at a cursor.

(function_definition) @scope
(lambda) @scope
(class_definition) @class_scope

(parameters [(identifier) @parameter
  (default_parameter name: (identifier) @parameter)
  (typed_parameter . [(identifier) @parameter (list_splat_pattern (identifier) @parameter)
                      (dictionary_splat_pattern (identifier) @parameter)])
  (typed_default_parameter name: (identifier) @parameter)
  (list_splat_pattern (identifier) @parameter)
  (dictionary_splat_pattern (identifier) @parameter)])
(lambda_parameters [(identifier) @parameter (default_parameter name: (identifier) @parameter)])
(function_definition name: (identifier) @function)
(class_definition name: (identifier) @class)
(assignment left: (identifier) @local)
(assignment left: [(pattern_list (identifier) @local) (tuple_pattern (identifier) @local)])
(named_expression name: (identifier) @local)
(for_statement left: [(identifier) @local (pattern_list (identifier) @local) (tuple_pattern (identifier) @local)])
(for_in_clause left: [(identifier) @local (pattern_list (identifier) @local) (tuple_pattern (identifier) @local)])
(as_pattern alias: (as_pattern_target (identifier) @local))
(import_statement name: [(dotted_name . (identifier) @import) (aliased_import alias: (identifier) @import)])
(import_from_statement name: [(dotted_name (identifier) @import) (aliased_import alias: (identifier) @import)])

; What a name is an object of: x = Foo(...), x: Foo
(assignment left: (identifier) @typed right: (call function: (_) @type))
(assignment left: (identifier) @typed type: (type) @type)
(typed_parameter . (identifier) @typed type: (type) @type)
(typed_default_parameter name: (identifier) @typed type: (type) @type)
