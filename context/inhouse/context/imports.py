"""The names that one match of an imports query brings into a file; which file they mean, modules.py finds out."""

from collections.abc import Iterator

from tree_sitter import Node

from inhouse.context.languages import text_of
from inhouse.context.symbols import Import
from inhouse.context.uses import expand_use


def imported(language: str, captures: dict[str, list[Node]]) -> Iterator[Import]:
    """The imported names of one match."""
    if "module" not in captures:
        return
    node = captures["module"][0]
    module = text_of(node).strip("\"'`<>")
    line = node.start_point[0] + 1
    alias = text_of(captures["alias"][0]) if "alias" in captures else ""
    name = text_of(captures["imported"][0]) if "imported" in captures else ""
    if language == "rust":
        declared = captures["import"][0].type == "mod_item"
        passed = captures["import"][0].children[0].type == "visibility_modifier"
        yield from (
            [Import(f"self::{module}", line=line)]
            if declared
            else [Import(path, last, other, line, passed) for path, last, other in expand_use(module)]
        )
    elif language == "php":
        yield Import(module, module.rpartition("\\")[2] if "\\" in module else "", alias, line)
    elif language == "csharp":
        yield Import(module, "" if alias else "*", alias, line)
    elif language == "java":
        if module != "*":
            yield from _java(module, name, line)
    else:
        exported = captures["import"][0].type == "export_statement"
        name = "*" if name.startswith("*") else "" if name == "default" and alias else name
        yield Import(module, name, "" if alias in (".", "_") else alias, line, exported)


def _java(module: str, name: str, line: int) -> Iterator[Import]:
    if name == "*":
        yield Import(module, "*", line=line)
    else:
        package, _, last = module.rpartition(".")
        yield Import(package, last, line=line)
