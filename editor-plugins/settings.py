"""Writes the server's settings, as inhouse.completion.settings declares them, into both editors' own files, and the
languages of languages.py.

Usage: python editor-plugins/settings.py [--check]. With --check it writes nothing and fails where a file is out of
date. It reads the declaration as source, so a documented default is the very one in the code.
"""

from __future__ import annotations

import ast
import dataclasses
import itertools
import json
import re
import sys
import textwrap
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import languages

from inhouse.completion import settings

HERE = Path(__file__).parent
MANIFEST = HERE / "vscode" / "package.json"
HELP = HERE / "neovim" / "doc" / "inhouse.txt"
DOCUMENT = HERE.parent / "docs" / "editors.md"
OPTIONS = HERE / "neovim" / "lua" / "inhouse" / "config.lua"
JSON_TYPES = {str: "string", int: "integer", float: "number", bool: "boolean", tuple: "array", type(None): "null"}


def documented() -> list[tuple[dataclasses.Field[Any], str]]:
    """Every setting with the sentence beneath it."""
    tree = ast.parse(Path(settings.__file__).read_text(encoding="utf-8"))
    body = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Settings").body
    texts: dict[str, str] = {}
    for declared, below in itertools.pairwise(body):
        if isinstance(declared, ast.AnnAssign) and isinstance(declared.target, ast.Name):
            assert isinstance(below, ast.Expr), f"{declared.target.id} has no sentence beneath it"
            assert isinstance(below.value, ast.Constant), f"{declared.target.id} has no sentence beneath it"
            texts[declared.target.id] = " ".join(str(below.value.value).split())
    return [(field, texts[field.name]) for field in dataclasses.fields(settings.Settings)]


def property_of(field: dataclasses.Field[Any], text: str) -> dict[str, Any]:
    """One setting as VS Code's manifest has it."""
    hint = get_type_hints(settings.Settings)[field.name]
    alternatives = get_args(hint) if type(None) in get_args(hint) else (get_origin(hint) or hint,)
    kinds = [JSON_TYPES[kind] for kind in alternatives]
    found: dict[str, Any] = {"type": kinds[0] if len(kinds) == 1 else kinds, "default": _json(field.default)}
    if kinds[0] == "array":
        found["items"] = {"type": "string"}
    if "min" in field.metadata:
        found |= {"minimum": field.metadata["min"], "maximum": field.metadata["max"]}
    if "choices" in field.metadata:
        found["enum"] = list(field.metadata["choices"])
    # What belongs to the user's machine must not be set by a workspace, which is a project's word too.
    scope = "machine" if settings.is_machines(field.name) else "window"
    return {**found, "scope": scope, "markdownDescription": _in_words_of(text, "`null`", "Off")}


def _in_words_of(text: str, nothing: str, false: str) -> str:
    """The sentence with the editor's own words for Python's None and False."""
    return re.sub(r"\bFalse\b", false, re.sub(r"\bNone\b", nothing, text))


def _json(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def manifest(old: str) -> str:
    """VS Code's manifest with the server's settings in their own section, the extension's own before them."""
    whole = json.loads(old)
    section = next(part for part in whole["contributes"]["configuration"] if part["title"] == "Server")
    section["properties"] = {f"inhouse.{field.name}": property_of(field, text) for field, text in documented()}
    languages.into_manifest(whole)
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def help_text(old: str) -> str:
    """Neovim's help with the options' defaults and the server's settings."""
    source = OPTIONS.read_text(encoding="utf-8")
    table = source.split("M.defaults = {\n", 1)[1].split("\n}\n", 1)[0]
    table = re.sub(r"---@type table.*\n\s*", "", table)
    lines = [re.sub(r"---(@type \S+ ?)?", "-- ", line) for line in table.splitlines()]
    options = "\n".join(["    require('inhouse').setup({", *(f"    {line}" for line in lines), "    })"])
    rows = []
    for field, text in documented():
        rows.append(f"    {field.name} = {_lua(field.default)}")
        rows += textwrap.wrap(_in_words_of(text, "nil", "false"), 66, initial_indent=" " * 8, subsequent_indent=" " * 8)
    text = _replaced(old, "*inhouse-options*", ">lua\n", options)
    return _replaced(text, "*inhouse-server-settings*", ">\n", "\n".join(rows))


def _lua(value: Any) -> str:
    if value is None:
        return "nil"
    if isinstance(value, tuple):
        return "{" + ", ".join(map(repr, value)) + "}"
    return str(value).lower() if isinstance(value, bool) else repr(value)


def _replaced(text: str, section: str, opening: str, block: str) -> str:
    """The text with the first literal block after the section's tag replaced."""
    head, rest = re.split(rf"(?<= ){re.escape(section)}\n", text, maxsplit=1)
    before, after = rest.split(opening, 1)
    tail = after[after.index("\n<") if not after.startswith("<") else 0 :].lstrip("\n")
    return f"{head}{section}\n{before}{opening}{block}\n{tail}"


def main(arguments: list[str]) -> int:
    stale = []
    # The help repeats the options: they come before it.
    files = {MANIFEST: manifest, OPTIONS: languages.in_options, HELP: help_text, DOCUMENT: languages.in_document}
    for path, make in files.items():
        old = path.read_text(encoding="utf-8")
        new = make(old)
        if new != old:
            stale.append(path)
            if "--check" not in arguments:
                path.write_text(new, encoding="utf-8")
    for path in stale:
        state = "is out of date" if "--check" in arguments else "written"
        sys.stdout.write(f"{path.relative_to(HERE.parent)} {state}\n")
    if stale and "--check" in arguments:
        sys.stdout.write("Run: python editor-plugins/settings.py\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
