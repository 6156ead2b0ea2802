; Names that a Java scope binds.

[(method_declaration) (constructor_declaration) (lambda_expression) (block) (for_statement)
 (enhanced_for_statement) (catch_clause) (try_with_resources_statement)] @scope
[(class_declaration) (enum_declaration) (record_declaration) (interface_declaration)] @class_scope

(formal_parameter name: (identifier) @parameter)
(spread_parameter (variable_declarator name: (identifier) @parameter))
(catch_formal_parameter name: (identifier) @parameter)
(inferred_parameters (identifier) @parameter)
(lambda_expression parameters: (identifier) @parameter)
(local_variable_declaration declarator: (variable_declarator name: (identifier) @local))
(enhanced_for_statement name: (identifier) @local)
(resource name: (identifier) @local)
(class_declaration name: (identifier) @class)
(import_declaration (scoped_identifier name: (identifier) @import))

; What a name is an object of.
(formal_parameter type: (_) @type name: (identifier) @typed)
(local_variable_declaration type: (type_identifier) @type declarator: (variable_declarator name: (identifier) @typed))
(field_declaration type: (type_identifier) @type declarator: (variable_declarator name: (identifier) @typed))
