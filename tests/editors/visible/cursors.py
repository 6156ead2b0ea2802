"""Real cursors: places in files of installed packages as they look while somebody types there.

The files are what the environment that runs the tests has installed; which of them are taken hangs on the seed alone.
"""

from __future__ import annotations

import random
import re
import sysconfig
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

LANGUAGES = {
    ".py": "python",
    ".pyi": "python",
    ".js": "javascript",
    ".ts": "typescript",
    ".c": "c",
    ".h": "c",
    ".hpp": "cpp",
    ".lua": "lua",
    ".rs": "rust",
    ".css": "css",
    ".html": "html",
    ".md": "markdown",
    ".json": "json",
}
LARGEST_BYTES = 60_000
CLOSERS = {"(": ")", "[": "]", "{": "}", '"': '"', "'": "'"}
WIDE = "größe😀漢字𝒳é\u200d"


@dataclass(frozen=True, slots=True)
class Spot:
    """A document with a cursor in it."""

    kind: str
    name: str
    language: str
    lines: tuple[str, ...]
    """Without line ends."""
    line: int
    column: int
    """In characters."""
    newline: str = "\n"
    selected: str | None = None
    """An entry that is selected in the completion list, in place of the word before the cursor."""

    @property
    def text(self) -> str:
        return self.newline.join(self.lines)

    @property
    def selected_start(self) -> int:
        """Column at which the selected entry begins."""
        return self.column - len(_word_before(self))


def spots(count: int, seed: int) -> Iterator[Spot]:
    """That many cursors; each file gives one of every kind in turn."""
    chooser = random.Random(seed)
    found = sorted(_files())
    kinds = list(_KINDS.items())
    for number in range(count):
        kind, change = kinds[number % len(kinds)]
        path = chooser.choice(found)
        spot = _somewhere(path, chooser)
        yield replace(change(spot, chooser), kind=kind)


def _files() -> Iterator[Path]:
    for path in Path(sysconfig.get_paths()["purelib"]).rglob("*"):
        if path.suffix in LANGUAGES and path.is_file() and 40 < path.stat().st_size < LARGEST_BYTES:
            yield path


def _somewhere(path: Path, chooser: random.Random) -> Spot:
    lines = tuple(path.read_text(encoding="utf-8", errors="replace").replace("\r", "").split("\n"))
    filled = [number for number, line in enumerate(lines) if line.strip()] or [0]
    number = chooser.choice(filled)
    return Spot("", path.name, LANGUAGES[path.suffix], lines, number, len(lines[number]))


def _with_line(spot: Spot, text: str, column: int) -> Spot:
    return replace(spot, lines=(*spot.lines[: spot.line], text, *spot.lines[spot.line + 1 :]), column=column)


def _cut(spot: Spot, chooser: random.Random) -> Spot:
    """The line as far as it was typed, after some whole token."""
    line = spot.lines[spot.line]
    ends = [match.end() for match in re.finditer(r"\w+|\s+|[^\w\s]", line)]
    column = chooser.choice(ends)
    return _with_line(spot, line[:column], column)


def _closed(spot: Spot, chooser: random.Random) -> Spot:
    """Typed as far as an opening bracket or a quote, which the editor has closed."""
    line = spot.lines[spot.line]
    openers = [column for column, letter in enumerate(line) if letter in CLOSERS]
    column = chooser.choice(openers) + 1 if openers else len(line)
    head = line[:column] if openers else line + "("
    open_ones: list[str] = []
    for letter in head:
        if letter in "([{":
            open_ones.append(CLOSERS[letter])
        elif open_ones and letter == open_ones[-1]:
            open_ones.pop()
    tail = "".join(reversed(open_ones)) or CLOSERS[head[-1]]
    return _with_line(spot, head + tail + chooser.choice(["", "", ":", ";", ","]), len(head))


def _blank(spot: Spot, chooser: random.Random) -> Spot:
    """A new line above, indented as its neighbour."""
    line = spot.lines[spot.line]
    indentation = line[: len(line) - len(line.lstrip())]
    added = replace(spot, lines=(*spot.lines[: spot.line], indentation, *spot.lines[spot.line :]))
    return replace(added, column=chooser.choice([0, len(indentation), len(indentation)]))


def _anywhere(spot: Spot, chooser: random.Random) -> Spot:
    return replace(spot, column=chooser.randint(0, len(spot.lines[spot.line])))


def _file_end(spot: Spot, _: random.Random) -> Spot:
    return replace(spot, line=len(spot.lines) - 1, column=len(spot.lines[-1]))


def _wide(spot: Spot, chooser: random.Random) -> Spot:
    """Characters of two to four bytes, one or two units, on both sides of the cursor."""
    spot = (_cut if chooser.random() < 0.5 else _closed)(spot, chooser)
    line = spot.lines[spot.line]
    widened = f"{line[: spot.column]}{WIDE}" + (f"{line[spot.column :]} # {WIDE}" if chooser.random() < 0.3 else "")
    return _with_line(spot, widened, spot.column + len(WIDE))


def _tabs(spot: Spot, chooser: random.Random) -> Spot:
    tabbed = replace(spot, lines=tuple(line.replace("    ", "\t") for line in spot.lines))
    return _cut(replace(tabbed, column=0), chooser)


def _crlf(spot: Spot, chooser: random.Random) -> Spot:
    return replace(_cut(spot, chooser), newline="\r\n")


def _selected(spot: Spot, chooser: random.Random) -> Spot:
    """In the middle of a word, with a longer one selected in the list."""
    cut = _cut(spot, chooser)
    word = _word_before(cut)
    return replace(cut, selected=word + chooser.choice(["", "_name", "s", "(self)"]) or "word")


def _word_before(spot: Spot) -> str:
    match = re.search(r"\w*\Z", spot.lines[spot.line][: spot.column])
    return match.group() if match else ""


_KINDS: dict[str, Callable[[Spot, random.Random], Spot]] = {
    "typed so far": _cut,
    "brackets closed by the editor": _closed,
    "new line": _blank,
    "end of a whole line": lambda spot, _: spot,
    "anywhere in a line": _anywhere,
    "end of the file": _file_end,
    "wide characters": _wide,
    "tabs": _tabs,
    "CRLF": _crlf,
    "entry of the list selected": _selected,
}
