; Names that a PHP scope binds; variables without their sign.

[(function_definition) (method_declaration) (anonymous_function) (arrow_function)] @scope
[(class_declaration) (trait_declaration) (interface_declaration)] @class_scope

(simple_parameter name: (variable_name (name) @parameter))
(variadic_parameter name: (variable_name (name) @parameter))
(property_promotion_parameter name: (variable_name (name) @parameter))
(assignment_expression left: (variable_name (name) @local))
(foreach_statement (variable_name (name) @local))
(foreach_statement (pair (variable_name (name) @local)))
(catch_clause name: (variable_name (name) @local))
(function_definition name: (name) @function)
(class_declaration name: (name) @class)
(namespace_use_clause !alias (qualified_name (name) @import))
(namespace_use_clause alias: (name) @import)

; What a name is an object of.
(simple_parameter type: (_) @type name: (variable_name (name) @typed))
(assignment_expression left: (variable_name (name) @typed) right: (object_creation_expression (name) @type))
