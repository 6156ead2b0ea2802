"""Where in a project a name is used: each line with its kind and the definition around it.

Calls and bases stand in the index. All other uses are found by the index's blocks, which hold every name, and read
from the files: to keep those as well would double the index.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from inhouse.context.catalogue import Catalogue
from inhouse.context.languages import parser
from inhouse.context.outline import Outline
from inhouse.context.references import unpack
from inhouse.context.store import FileRow, Store

_MOST_BLOCKS = 20_000
"""Blocks that hold the name, of which the files are looked at."""

_TEXT_NODES = ("comment", "string", "heredoc", "regex", "character", "text")
"""Parts of the types of nodes that hold no code; what is put into a string by braces is a node of its own."""


@dataclass(frozen=True, slots=True)
class Reference:
    """One line that uses a name."""

    path: str
    line: int
    kind: str
    """call, base (a class inherits from it) or reference."""
    within: str
    """The definition around it, with its scope; "" at the top of a file."""


class Referrers:
    """Answers where a name is used, from one state of the index."""

    def __init__(
        self,
        store: Store,
        catalogue: Catalogue,
        outline_of: Callable[[FileRow], Outline],
        lines_of: Callable[[str], Sequence[str]],
    ) -> None:
        self._store, self._catalogue = store, catalogue
        self._outline_of, self._lines_of = outline_of, lines_of

    def calls(self, name: str) -> Iterator[Reference]:
        """Where the name is called, by file and line; opens no source file."""
        for row in self._files_with(name):
            calls, _ = unpack(self._store.uses(row.id))
            outline = self._outline_of(row) if name in calls else Outline()
            for line in calls.get(name, ()):
                yield Reference(row.path, line, "call", within(outline, line))

    def all(self, name: str) -> Iterator[Reference]:
        """Every line that uses the name other than to define it, outside of comments and strings."""
        for row in self._files_with(name):
            calls, bases = unpack(self._store.uses(row.id))
            outline = self._outline_of(row)
            for line in _code_lines(row.language, self._lines_of(row.path), name):
                called = line in calls.get(name, ())
                if not called and any(symbol.name == name and symbol.line == line for symbol in outline.symbols):
                    continue
                kind = "call" if called else "base" if line in bases.get(name, ()) else "reference"
                yield Reference(row.path, line, kind, within(outline, line))

    def _files_with(self, name: str) -> list[FileRow]:
        if not re.fullmatch(r"[^\W\d]\w*", name):
            return []
        places = self._catalogue.files_of(self._store.blocks_with(name.lower(), _MOST_BLOCKS))
        rows = [self._catalogue.rows[place] for place in {int(place) for place in places} if place >= 0]
        return sorted(rows, key=lambda row: row.path)


def within(outline: Outline, line: int) -> str:
    """The innermost definition around a line that has a body."""
    around = [symbol for symbol in outline.symbols if symbol.line <= line <= symbol.end_line != symbol.line]
    return max(around, key=lambda symbol: (symbol.line, -symbol.end_line)).qualified if around else ""


def _code_lines(language: str, lines: Sequence[str], name: str) -> list[int]:
    """The lines that have the name as code; the file is parsed only where it has the name at all."""
    word = re.compile(rf"(?<![\w$]){re.escape(name)}(?![\w$])")
    places = [(row, found.start()) for row, line in enumerate(lines) for found in word.finditer(line)]
    if not places:
        return []
    root = parser(language).parse("\n".join(lines).encode("utf-8", "replace")).root_node
    found: dict[int, None] = {}
    for row, column in places:
        at = row, len(lines[row][:column].encode("utf-8", "replace"))
        node = root.descendant_for_point_range(at, at)
        if node is None or not any(part in node.type for part in _TEXT_NODES):
            found[row + 1] = None
    return list(found)
