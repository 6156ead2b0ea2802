; JavaScript's bases: TypeScript's stand in an extends clause.
(class_heritage [(identifier) (member_expression)] @base)
