; TypeScript's bases.
(extends_clause value: [(identifier) @base (member_expression property: (property_identifier) @base)])
(implements_clause [(type_identifier) @base (generic_type name: (type_identifier) @base)])
