; What a Python file defines.

(class_definition name: (identifier) @name superclasses: (argument_list)? @bases body: (block) @body) @class
(function_definition name: (identifier) @name parameters: (parameters) @parameters body: (block) @body) @function

(module (expression_statement (assignment left: [
  (identifier) @name (pattern_list (identifier) @name) (tuple_pattern (identifier) @name)])) @constant)
(module (expression_statement (assignment right: (assignment left: (identifier) @name))) @constant)
(module [
  (if_statement [
    consequence: (block (expression_statement (assignment left: [
      (identifier) @name (pattern_list (identifier) @name) (tuple_pattern (identifier) @name)])) @constant)
    alternative: (_ (block (expression_statement (assignment left: [
      (identifier) @name (pattern_list (identifier) @name) (tuple_pattern (identifier) @name)])) @constant))])
  (try_statement [
    body: (block (expression_statement (assignment left: [
      (identifier) @name (pattern_list (identifier) @name) (tuple_pattern (identifier) @name)])) @constant)
    (_ (block (expression_statement (assignment left: [
      (identifier) @name (pattern_list (identifier) @name) (tuple_pattern (identifier) @name)])) @constant))])
  (with_statement
    body: (block (expression_statement (assignment left: [
      (identifier) @name (pattern_list (identifier) @name) (tuple_pattern (identifier) @name)])) @constant))])
(module (type_alias_statement left: (type (identifier) @name)) @type)
(class_definition body: (block (expression_statement (assignment left: [
  (identifier) @name (pattern_list (identifier) @name) (tuple_pattern (identifier) @name)])) @field))
(class_definition body: (block (expression_statement (assignment right: (assignment left: (identifier) @name))) @field))
(class_definition body: (block (if_statement
  consequence: (block (expression_statement (assignment left: (identifier) @name)) @field))))
(assignment left: [
  (attribute object: (identifier) @_self attribute: (identifier) @name)
  (pattern_list (attribute object: (identifier) @_self attribute: (identifier) @name))
  (tuple_pattern (attribute object: (identifier) @_self attribute: (identifier) @name))] (#eq? @_self "self")) @member
(as_pattern_target (attribute object: (identifier) @_self attribute: (identifier) @name) (#eq? @_self "self")) @member
