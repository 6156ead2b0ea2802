; JavaScript's bases, and the components of JSX.
(class_heritage [(identifier) @base (member_expression property: (property_identifier) @base)])
(jsx_opening_element name: (identifier) @element)
(jsx_self_closing_element name: (identifier) @element)
