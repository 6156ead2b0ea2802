; What C++ adds to C.

[(lambda_expression) (for_range_loop) (catch_clause)] @scope
[(class_specifier) (struct_specifier)] @class_scope

(parameter_declaration declarator: (reference_declarator (identifier) @parameter))
(for_range_loop declarator: (identifier) @local)
(for_range_loop declarator: (reference_declarator (identifier) @local))
(declaration declarator: (init_declarator declarator: (reference_declarator (identifier) @local)))
(class_specifier name: (type_identifier) @class)
(alias_declaration name: (type_identifier) @class)
(parameter_declaration type: (_) @type declarator: (reference_declarator (identifier) @typed))
