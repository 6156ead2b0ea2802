"""docs/options.md is made from the settings' own definitions; run with INHOUSE_WRITE_DOCS=1 to make it anew."""

from __future__ import annotations

import ast
import json
import os
from dataclasses import fields
from itertools import pairwise
from pathlib import Path

from inhouse.completion import Settings, settings

PAGE = Path(__file__).resolve().parents[2] / "docs" / "options.md"
HEAD = """# Options

The same names in VS Code (`inhouse.NAME`), in Neovim (`settings = { NAME = ... }`) and in the server's
`initializationOptions`. A value that cannot be used is named in the log, and its default is used.

Environment: `INHOUSE_CACHE_DIR` puts the index and other things that can be made again into a folder of your choice.

| option | default | meaning |
|---|---|---|
"""


def descriptions() -> dict[str, str]:
    """The text below each field of Settings."""
    tree = ast.parse(Path(settings.__file__).read_text(encoding="utf-8"))
    body = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Settings").body
    found: dict[str, str] = {}
    for field, text in pairwise(body):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(text, ast.Expr):
            found[field.target.id] = ast.literal_eval(text.value)
    return found


def page() -> str:
    texts, rows = descriptions(), []
    for field in fields(Settings):
        default = json.dumps(field.default)
        limits = f" From {field.metadata['min']} to {field.metadata['max']}." if field.metadata else ""
        rows.append(f"| `{field.name}` | `{default}` | {texts[field.name]}{limits} |")
    return HEAD + "\n".join(rows) + "\n"


def test_the_page_says_what_the_settings_say() -> None:
    if os.environ.get("INHOUSE_WRITE_DOCS"):
        PAGE.write_text(page(), encoding="utf-8")

    assert PAGE.read_text(encoding="utf-8") == page()
