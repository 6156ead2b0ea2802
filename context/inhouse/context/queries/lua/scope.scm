; Names that a Lua scope binds.

[(function_declaration) (function_definition) (do_statement) (for_statement) (if_statement) (while_statement)
 (repeat_statement)] @scope

(parameters name: (identifier) @parameter)
(variable_declaration (assignment_statement (variable_list name: (identifier) @local)))
(variable_declaration (variable_list name: (identifier) @local))
(assignment_statement (variable_list name: (identifier) @local))
(for_generic_clause (variable_list name: (identifier) @local))
(for_numeric_clause name: (identifier) @local)
(function_declaration name: (identifier) @function)

; What a name is an object of: local x = require("m") has the members of m.
(variable_declaration
  (assignment_statement (variable_list name: (identifier) @typed) (expression_list value: (function_call name: (_) @type)))
  (#not-eq? @type "require"))
