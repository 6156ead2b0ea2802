; What a C file imports: from which module, which name, under which alias.

(preproc_include path: (_) @module) @import
