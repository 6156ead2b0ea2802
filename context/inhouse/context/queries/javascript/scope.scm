; Names that a JavaScript scope binds; TypeScript reads this too.

[(function_declaration) (function_expression) (generator_function_declaration) (arrow_function) (method_definition)
 (statement_block) (for_statement) (for_in_statement) (catch_clause)] @scope
(class_declaration) @class_scope

(arrow_function parameter: (identifier) @parameter)
(catch_clause parameter: (identifier) @parameter)
(variable_declarator name: (identifier) @local)
(variable_declarator name: (object_pattern (shorthand_property_identifier_pattern) @local))
(variable_declarator name: (object_pattern (pair_pattern value: (identifier) @local)))
(variable_declarator name: (array_pattern (identifier) @local))
(for_in_statement left: (identifier) @local)
(function_declaration name: (identifier) @function)
(generator_function_declaration name: (identifier) @function)
(class_declaration name: (_) @class)
(import_clause (identifier) @import)
(namespace_import (identifier) @import)
(import_specifier name: (_) @import !alias)
(import_specifier alias: (identifier) @import)

; What a name is an object of: const x = new Foo(...)
(variable_declarator name: (identifier) @typed value: (new_expression constructor: (_) @type))
(variable_declarator name: (identifier) @typed value: (call_expression function: (identifier) @type))
