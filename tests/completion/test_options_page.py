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

One list of settings, with the same names everywhere. Later words win:

1. the default;
2. your own file, `config.toml` in the configuration folder of your system (`~/.config/inhouse` on Linux,
   `~/Library/Application Support/inhouse` on macOS, `%LOCALAPPDATA%\\inhouse\\inhouse` on Windows): `NAME = VALUE`;
3. the project's `inhouse.toml`, for what is done in that project: `NAME = VALUE`, before its tables;
4. the editor, where you have set it there, to the default too: `inhouse.NAME` in VS Code, `settings = { NAME = ... }`
   in Neovim, `initializationOptions` elsewhere. Values that suit the editor better than the defaults stand in its table
   `defaults`, which counts as 1: VS Code asks for `time_limit_ms = 600` so;
5. the environment: `INHOUSE_NAME`, lists with commas;
6. flags of the command line.

A project may set only what says "yes" below: nothing that names a file or an address or spends what your machine has.
A value that cannot be used is named, once, with its place, and the word of the layers before it counts. A running
server sees within a second that one of these files has changed.

More of the environment: `INHOUSE_EDITOR` is what an editor tells (4, as JSON) a program that it runs beside the server,
such as the doctor; `INHOUSE_CONFIG_DIR` is the folder of your own file; `INHOUSE_CACHE_DIR` holds the index and
other things that can be made again (where it cannot be written, a temporary folder takes its place until the process
ends), `INHOUSE_DATA_DIR` models and what was learnt; `INHOUSE_SERVER_TOKEN` is for a
[shared engine](models.md#a-shared-engine-for-a-team).

What `.gitignore` names is not read into the index, nor what an `.inhouseignore` names, which is written likewise.

| option | default | project | meaning |
|---|---|---|---|
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
        limits = f" From {field.metadata['min']} to {field.metadata['max']}." if "min" in field.metadata else ""
        may = "no" if settings.is_machines(field.name) else "yes"
        text = " ".join(texts[field.name].split())
        rows.append(f"| `{field.name}` | `{default}` | {may} | {text}{limits} |")
    return HEAD + "\n".join(rows) + "\n"


def test_the_page_says_what_the_settings_say() -> None:
    if os.environ.get("INHOUSE_WRITE_DOCS"):
        PAGE.write_text(page(), encoding="utf-8")

    assert PAGE.read_text(encoding="utf-8") == page()
