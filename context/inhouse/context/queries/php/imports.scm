; What a PHP file uses and includes.

(namespace_use_clause !alias [(qualified_name) (name)] @module) @import
(namespace_use_clause (qualified_name) @module alias: (name) @alias) @import
[(require_expression (_) @module) (require_once_expression (_) @module) (include_expression (_) @module)
 (include_once_expression (_) @module)] @import
