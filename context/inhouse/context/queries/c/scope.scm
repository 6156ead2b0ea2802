; Names that a C scope binds; C++ reads this too.

[(function_definition) (compound_statement) (for_statement)] @scope

(parameter_declaration declarator: (identifier) @parameter)
(parameter_declaration declarator: (pointer_declarator declarator: (identifier) @parameter))
(parameter_declaration declarator: (array_declarator declarator: (identifier) @parameter))
(parameter_declaration declarator: (pointer_declarator declarator: (array_declarator declarator: (identifier) @parameter)))
(parameter_declaration declarator: (pointer_declarator declarator: (pointer_declarator declarator: (identifier) @parameter)))
(declaration declarator: (identifier) @local)
(declaration declarator: (init_declarator declarator: (identifier) @local))
(declaration declarator: (pointer_declarator declarator: (identifier) @local))
(declaration declarator: (init_declarator declarator: (pointer_declarator declarator: (identifier) @local)))
(declaration declarator: (array_declarator declarator: (identifier) @local))
(declaration declarator: (init_declarator declarator: (array_declarator declarator: (identifier) @local)))
(function_definition declarator: (function_declarator declarator: (identifier) @function))
(function_definition
  declarator: (pointer_declarator declarator: (function_declarator declarator: (identifier) @function)))
(declaration declarator: (function_declarator declarator: (identifier) @function))
(preproc_def name: (identifier) @local)
(preproc_function_def name: (identifier) @function)
(type_definition declarator: (type_identifier) @class)
(enumerator name: (identifier) @local)

; What a name is an object of.
(parameter_declaration type: (_) @type declarator: (identifier) @typed)
(parameter_declaration type: (_) @type declarator: (pointer_declarator declarator: (identifier) @typed))
(declaration type: (_) @type declarator: (identifier) @typed)
(declaration type: (_) @type declarator: (init_declarator declarator: (identifier) @typed))
(declaration type: (_) @type declarator: (pointer_declarator declarator: (identifier) @typed))
(declaration type: (_) @type
  declarator: (init_declarator declarator: (pointer_declarator declarator: (identifier) @typed)))
