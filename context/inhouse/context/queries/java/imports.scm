; What a Java file imports: from which module, which name, under which alias.

(package_declaration (_) @module) @package
(import_declaration (_) @module (asterisk)? @imported) @import
