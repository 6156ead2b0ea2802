"""Reads annotated source files: what the comments in tests/fixtures/context say about the line below them.

`#: kind Scope.name/arity` above a definition (arity for functions only), `#? name !name` above a cursor's line:
names that must and must not be offered there. `#= name !name`: names that are and are not in scope at the start of
the line's code. `#. receiver: name !name`: what may and may not follow the receiver there; `(closed)` among the names
says that nothing else can. `#@ kind:name !kind:name`: what the line below uses and does not use, as a call, base or
reference. The mark stands after the language's comment sign.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from inhouse.context import language_of

FIXTURES = Path(__file__).parents[1] / "fixtures" / "context"
_DEFINITION = re.compile(r"^\s*(?:#|//|--): (\w+) ([\w.$#?!]+?)(?:/(\d+))?$")
_CURSOR = re.compile(r"^\s*(?:#|//|--)([?=.@]) (.+)$")


@dataclass(frozen=True)
class Definition:
    """A definition that must be found; the line counts from 1."""

    line: int
    kind: str
    qualified: str
    arity: int


@dataclass(frozen=True)
class Offer:
    """Names that must, and that must not, be offered at an offset; the text is without the annotations."""

    mark: str
    receiver: str
    path: Path
    text: str
    offset: int
    wanted: tuple[str, ...]
    unwanted: tuple[str, ...]

    @property
    def line(self) -> int:
        """The line of the offset, from 1."""
        return self.text.count("\n", 0, self.offset) + 1


def projects() -> list[Path]:
    """One folder a language."""
    return sorted(path for path in FIXTURES.iterdir() if path.is_dir())


def sources() -> list[Path]:
    """Every annotated file of a language."""
    found = (path for path in FIXTURES.rglob("*") if path.is_file() and language_of(path))
    return sorted(path for path in found if _marks(path))


def _marks(path: Path) -> bool:
    return any(_DEFINITION.match(line) or _CURSOR.match(line) for line in path.read_text().splitlines())


def plain(text: str) -> tuple[str, list[Definition], list[tuple[int, str, str]]]:
    """The text without annotations, its definitions, and its cursors as (line from 1, mark, names)."""
    kept: list[str] = []
    definitions: list[Definition] = []
    cursors: list[tuple[int, str, str]] = []
    for line in text.split("\n"):
        if found := _DEFINITION.match(line):
            definitions.append(Definition(len(kept) + 1, found[1], found[2], int(found[3]) if found[3] else -1))
        elif found := _CURSOR.match(line):
            cursors.append((len(kept) + 1, found[1], found[2]))
        else:
            kept.append(line)
    return "\n".join(kept), definitions, cursors


def offers(path: Path, mark: str) -> Iterator[Offer]:
    """Every cursor of a file that has the mark: `?` at the end of the line below, the others before its code."""
    text, _, cursors = plain(path.read_text(encoding="utf-8"))
    lines = text.split("\n")
    for line, sign, names in cursors:
        if sign != mark:
            continue
        code = lines[line - 1]
        offset = len("\n".join(lines[:line]))
        if mark != "?":
            offset -= len(code.lstrip())
        receiver, _, listed = names.partition(":") if mark == "." else ("", "", names)
        wanted = tuple(name for name in listed.split() if not name.startswith("!"))
        unwanted = tuple(name[1:] for name in listed.split() if name.startswith("!"))
        yield Offer(mark, receiver, path, text, offset, wanted, unwanted)
