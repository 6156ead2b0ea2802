; Names that a Go scope binds.

[(function_declaration) (method_declaration) (func_literal) (block) (if_statement) (for_statement)
 (expression_switch_statement) (type_switch_statement) (expression_case) (type_case) (communication_case)] @scope

(parameter_declaration name: (identifier) @parameter)
(variadic_parameter_declaration name: (identifier) @parameter)
(short_var_declaration left: (expression_list (identifier) @local))
(var_spec name: (identifier) @local)
(const_spec name: (identifier) @local)
(range_clause left: (expression_list (identifier) @local))
(function_declaration name: (identifier) @function)
(type_spec name: (type_identifier) @class)
(import_spec name: (package_identifier) @import)
(import_spec !name path: (interpreted_string_literal) @import_path)

; What a name is an object of.
(parameter_declaration name: (identifier) @typed type: (_) @type)
(var_spec name: (identifier) @typed type: (_) @type)
(short_var_declaration
  left: (expression_list . (identifier) @typed)
  right: (expression_list . [(composite_literal type: (_) @type)
                             (unary_expression operand: (composite_literal type: (_) @type))]))
