; What a Ruby file requires.

(call method: (identifier) @_require arguments: (argument_list (string (string_content) @module))
  (#eq? @_require "require")) @import
(call method: (identifier) @imported arguments: (argument_list (string (string_content) @module))
  (#eq? @imported "require_relative")) @import
