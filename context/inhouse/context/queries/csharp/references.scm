; What C# code calls or makes, and what its classes inherit from.
(invocation_expression function: [
  (identifier) @call
  (generic_name (identifier) @call)
  (member_access_expression name: [(identifier) @call (generic_name (identifier) @call)])])
(object_creation_expression type: [
  (identifier) @call (generic_name (identifier) @call) (qualified_name name: (identifier) @call)])
(base_list [(identifier) @base (generic_name (identifier) @base)])
