; Names that a C# scope binds.

[(method_declaration) (constructor_declaration) (local_function_statement) (lambda_expression) (block)
 (for_statement) (foreach_statement) (catch_clause) (using_statement)] @scope
[(class_declaration) (struct_declaration) (record_declaration) (interface_declaration)] @class_scope

(parameter name: (identifier) @parameter)
(lambda_expression parameters: (identifier) @parameter)
(local_declaration_statement (variable_declaration (variable_declarator name: (identifier) @local)))
(for_statement (variable_declaration (variable_declarator name: (identifier) @local)))
(foreach_statement left: (identifier) @local)
(catch_declaration name: (identifier) @local)
(declaration_expression name: (identifier) @local)
(class_declaration name: (identifier) @class)

; What a name is an object of.
(parameter type: (_) @type name: (identifier) @typed)
(variable_declaration type: (identifier) @type (variable_declarator name: (identifier) @typed))
(variable_declaration (variable_declarator name: (identifier) @typed (object_creation_expression type: (_) @type)))
