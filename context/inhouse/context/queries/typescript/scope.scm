; What TypeScript adds.

(abstract_class_declaration) @class_scope
(required_parameter pattern: (identifier) @parameter)
(optional_parameter pattern: (identifier) @parameter)
(required_parameter pattern: (rest_pattern (identifier) @parameter))
(required_parameter pattern: (object_pattern (shorthand_property_identifier_pattern) @parameter))
(interface_declaration name: (_) @class)
(type_alias_declaration name: (_) @class)
(enum_declaration name: (_) @class)
(variable_declarator name: (identifier) @typed type: (type_annotation (_) @type))
(required_parameter pattern: (identifier) @typed type: (type_annotation (_) @type))
(optional_parameter pattern: (identifier) @typed type: (type_annotation (_) @type))
