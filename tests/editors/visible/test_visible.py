"""Whatever the server emits is drawn by VS Code and put in rightly by Neovim, at real cursors, for any answer.

INHOUSE_CURSORS is how many cursors each engine is asked at; INHOUSE_ITEMS names a file to which each item is written,
for run_visible.sh, which shows them to the editors' own code.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from plain_client import PlainClient

from .cursors import Spot, spots
from .hosts import Line, applied, utf16, vscode_draws

NASTY = [sys.executable, str(Path(__file__).with_name("nasty_server.py"))]
SERVE = [sys.executable, "-m", "inhouse.cli", "serve", "--stdio"]
ENCODINGS = ("utf-8", "utf-16", "utf-32")
ENGINES = {"nasty": (NASTY, 120), "core": (SERVE, 24)}
"""The command of each server, and at how many cursors it is asked in the normal run of the tests."""

_WIDTHS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}
_SEEDS = {"utf-8": 8, "utf-16": 16, "utf-32": 32}


@dataclass(frozen=True, slots=True)
class Emitted:
    """One item at one cursor."""

    spot: Spot
    encoding: str
    text: str
    start: int
    """Columns in units of the encoding."""
    end: int


def units(text: str, encoding: str) -> int:
    codec, width = _WIDTHS[encoding]
    return len(text.encode(codec)) // width


def characters(line: str, column: int, encoding: str) -> int:
    """A column in characters; fails inside of a character."""
    codec, width = _WIDTHS[encoding]
    return len(line.encode(codec)[: column * width].decode(codec))


def emitted(server: PlainClient, folder: Path, spot: Spot, number: int) -> Iterator[Emitted]:
    """Opens the document, asks, and closes it."""
    uri = (folder / f"{number}-{spot.name}").as_uri()
    document = {"uri": uri, "languageId": spot.language, "version": 1, "text": spot.text}
    server.notify("textDocument/didOpen", {"textDocument": document})
    line = spot.lines[spot.line]

    def position(column: int) -> dict[str, int]:
        return {"line": spot.line, "character": units(line[:column], server.encoding)}

    context: dict[str, Any] = {"triggerKind": 1 + number % 2}
    if spot.selected is not None:
        place = {"start": position(spot.selected_start), "end": position(spot.column)}
        context["selectedCompletionInfo"] = {"text": spot.selected, "range": place}
    params = {"textDocument": {"uri": uri}, "position": position(spot.column), "context": context}
    for item in server.request("textDocument/inlineCompletion", params)["items"]:
        first, last = item["range"]["start"], item["range"]["end"]
        assert first["line"] == last["line"] == spot.line
        yield Emitted(spot, server.encoding, item["insertText"], first["character"], last["character"])
    server.notify("textDocument/didClose", {"textDocument": {"uri": uri}})


def row(item: Emitted) -> dict[str, Any]:
    """The item as the editors' own code is shown it."""
    spot, line = item.spot, item.spot.lines[item.spot.line]
    start, end = (characters(line, column, item.encoding) for column in (item.start, item.end))
    columns = {"start": start, "cursor": spot.column, "end": end}
    return {
        "kind": spot.kind,
        "line": line,
        "text": item.text,
        "expected": line[:start] + item.text + line[end:],
        "selected": spot.selected,
        "utf-8": {name: units(line[:column], "utf-8") for name, column in columns.items()},
        "utf-16": {name: units(line[:column], "utf-16") for name, column in columns.items()},
    }


def problem(item: Emitted) -> str | None:
    """What an editor would do wrong with an item; None if nothing."""
    spot, line = item.spot, item.spot.lines[item.spot.line]
    try:
        start, end = (characters(line, column, item.encoding) for column in (item.start, item.end))
    except UnicodeDecodeError:
        return "the range cuts a character in two"
    if not 0 <= start <= spot.column <= end <= len(line):
        return "the range does not hold the cursor"
    wide = Line(
        utf16(line),
        units(line[: spot.column], "utf-16"),
        None if spot.selected is None else utf16(spot.selected),
        units(line[: spot.selected_start], "utf-16"),
    )
    if not vscode_draws(wide, utf16(item.text), units(line[:start], "utf-16"), units(line[:end], "utf-16")):
        return "VS Code would not draw it"
    if "\r" in item.text or "\0" in item.text:
        return "a character in the text that an editor takes for another one"
    expected = line[:start] + item.text + line[end:]
    if applied(line, item.text, item.start, item.end, item.encoding) != expected:
        return "an editor would put it in elsewhere"
    typed = line[start : spot.column]
    if spot.selected is None and not item.text.startswith(typed):
        return "what was typed would change"
    return None


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("engine", [pytest.param("nasty"), pytest.param("core", marks=pytest.mark.integration)])
def test_every_item_is_drawn_and_put_in_rightly(
    engine: str, encoding: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    command, count = ENGINES[engine]
    count = -(-int(os.environ.get("INHOUSE_CURSORS") or count) // len(ENCODINGS))
    project = tmp_path / "project"
    project.mkdir()
    options = {"show_above": 0.0, "project_context": engine == "core", "time_limit_ms": 400}
    kept = os.environ.get("INHOUSE_ITEMS")
    kinds: Counter[str] = Counter()
    with PlainClient(command, project, encoding, options) as server:
        assert server.encoding == encoding
        for number, spot in enumerate(spots(count, _SEEDS[encoding])):
            for item in emitted(server, project, spot, number):
                kinds[spot.kind] += 1
                assert problem(item) is None, item
                if kept:
                    with Path(kept).open("a", encoding="utf-8") as file:
                        file.write(json.dumps({"engine": engine, "encoding": encoding, **row(item)}) + "\n")
    print(f"{engine}, {encoding}: {kinds.total()} items at {count} cursors: {dict(kinds)}")
    assert kinds.total() > count // 10


@pytest.mark.parametrize(
    ("line", "cursor", "text", "start", "end", "drawn"),
    [
        ("", 0, "x", 0, 0, True),
        ("foo()", 4, "foo(bar)", 0, 5, True),
        ("foo()", 4, "bar", 4, 5, False),
        ("foo()", 4, "", 4, 5, False),
        ("foo()", 4, ")", 4, 5, False),
        ("foo", 3, "bar", 0, 3, False),
        ("    ", 4, "        x", 0, 4, True),
        ("    ", 2, "    x", 0, 4, True),
        ("a)", 1, "b(c))", 1, 2, True),
        ("x", 1, "y" * 5001, 1, 1, False),
        ("x", 1, "\ny", 1, 1, True),
    ],
)
def test_the_rule_of_vs_code(line: str, cursor: int, text: str, start: int, end: int, drawn: bool) -> None:
    assert vscode_draws(Line(line, cursor), text, start, end) is drawn
