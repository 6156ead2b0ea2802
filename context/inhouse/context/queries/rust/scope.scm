; Names that a Rust scope binds.

[(function_item) (closure_expression) (block) (match_arm) (for_expression) (if_expression) (while_expression)] @scope
(impl_item) @class_scope

(parameter pattern: (identifier) @parameter)
(parameter pattern: (mut_pattern (identifier) @parameter))
(self_parameter (self) @parameter)
(closure_parameters (identifier) @parameter)
(let_declaration pattern: (identifier) @local)
(let_declaration pattern: (tuple_pattern (identifier) @local))
(let_declaration pattern: (tuple_pattern (mut_pattern (identifier) @local)))
(let_declaration pattern: (tuple_struct_pattern (identifier) @local))
(let_condition pattern: (tuple_struct_pattern (identifier) @local))
(match_pattern (tuple_struct_pattern (identifier) @local))
(for_expression pattern: (identifier) @local)
(for_expression pattern: (tuple_pattern (identifier) @local))
(function_item name: (identifier) @function)
(struct_item name: (_) @class)
(enum_item name: (_) @class)
(trait_item name: (_) @class)
(type_item name: (_) @class)
(const_item name: (identifier) @local)
(static_item name: (identifier) @local)
(macro_definition name: (identifier) @function)
(use_declaration argument: (_) @use)

; What a name is an object of.
(parameter pattern: (identifier) @typed type: (_) @type)
(let_declaration pattern: (identifier) @typed type: (_) @type)
(let_declaration pattern: (identifier) @typed value: (struct_expression name: (_) @type))
(let_declaration pattern: (identifier) @typed value: (call_expression function: (scoped_identifier path: (_) @type)))
