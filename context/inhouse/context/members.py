"""Members of a receiver's class where the text says which class that is, with all bases that stand in the project.

A class is closed when every base is known and its text tells all its members, which is so in Python alone: elsewhere
objects have members that no base of the project defines (getClass, clone, constructor).
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from inhouse.context.arity import decorators
from inhouse.context.outline import MIXED_IN, Import, Outline, Symbol
from inhouse.context.scope import ScopeName

_DEEPEST = 8
"""Bases of bases: no hand-written hierarchy is deeper, and circles end here."""

_CLASSES = frozenset({"class", "interface", "enum", "type"})
_OPEN_BASES = frozenset({"", "object", "Object", "ABC", "Protocol"})
"""Bases that bring no members worth a name."""


@dataclass(frozen=True, slots=True)
class Members:
    """What may follow `receiver.`."""

    names: tuple[ScopeName, ...] = ()
    closed: bool = False
    """Nothing but these, what `spelled` has, and names with two underscores at each end (`__class__`) can."""
    owner: str = ""
    spelled: frozenset[str] = frozenset()
    """All words of the texts of a closed class and its bases: members are made there in ways that no outline has."""


@dataclass(frozen=True, slots=True)
class Found:
    """A class, the outline that it stands in, and that file's path."""

    symbol: Symbol
    outline: Outline
    path: str


Find = Callable[[str, str, Outline], Iterator[Found]]
"""The classes of a name as seen from a file (path, its outline): its own, the imported, then any of the project's."""


LinesOf = Callable[[str], Sequence[str]]
"""The lines of a project's file."""


def members(language: str, name: str, path: str, outline: Outline, find: Find, lines_of: LinesOf) -> Members:
    """The members of the class that a name means in a file, its own first, then the bases'."""
    names: dict[str, ScopeName] = {}
    closed = language == "python"
    pending = [(name, path, outline, 0)]
    classes: dict[tuple[str, str], Found] = {}
    while pending:
        wanted, where, within, depth = pending.pop(0)
        found = next(find(wanted, where, within), None)
        if found is None or depth > _DEEPEST:
            closed = closed and wanted in _OPEN_BASES
            continue
        if (found.path, found.symbol.qualified) in classes:
            continue
        classes[(found.path, found.symbol.qualified)] = found
        for symbol in own_members(found):
            names.setdefault(symbol.name, ScopeName(symbol.name, "member", len(names), symbol.arity))
        closed = closed and not _dynamic(found)
        pending += [(base, found.path, found.outline, depth + 1) for base in bases(found.symbol)]
    spelled: frozenset[str] = frozenset()
    if closed and classes:
        texts = ["\n".join(lines_of(one.path)[one.symbol.line - 1 : one.symbol.end_line]) for one in classes.values()]
        closed = not any(_MAKES.search(text) for text in texts)
        spelled = frozenset[str]().union(*map(_words, texts)) if closed else spelled
    return Members(tuple(names.values()), closed and bool(classes), name, spelled)


_MAKES = re.compile(r"\b(?:setattr|vars|locals|exec)\s*\(|\b__dict__\b")
"""How a class makes members whose names no text spells."""


@lru_cache(maxsize=64)
def _words(text: str) -> frozenset[str]:
    """A class's words: asked for at each keystroke behind `self.`."""
    return frozenset(re.findall(r"[^\W\d]\w*", text))


def own_members(found: Found) -> Iterator[Symbol]:
    """What a class itself defines; Go and Rust methods may stand anywhere in the file."""
    scope = found.symbol.qualified
    for symbol in found.outline.symbols:
        if symbol.scope == scope or (symbol.scope and symbol.scope.rpartition(".")[2] == found.symbol.name):
            yield symbol


def bases(symbol: Symbol) -> list[str]:
    """The names of a class's bases, from its head."""
    parts = symbol.bases.removeprefix(MIXED_IN).strip("()").split(",")
    listed = [part.partition("[")[0].strip().rpartition(".")[2] for part in parts if part.strip() and "=" not in part]
    if symbol.bases and not symbol.bases.startswith(MIXED_IN):
        return listed
    words = symbol.signature.replace(",", " , ").replace("{", " ").replace("<", " <").split()
    found: list[str] = []
    taking = False
    for word in words:
        if word in ("extends", "implements", ":"):
            taking = True
        elif taking and word[0].isalpha() and word not in ("public", "private", "protected", "virtual"):
            found.append(word.replace("::", ".").rpartition(".")[2])
    return found + listed


def _dynamic(found: Found) -> bool:
    """Whether objects of the class can have members that no text defines."""
    symbol = found.symbol
    marks = {mark.rpartition(".")[2] for mark in decorators(symbol.signature)}
    if "metaclass" in symbol.bases or not marks <= _HARMLESS:
        return True
    return any(one.name in ("__getattr__", "__getattribute__") for one in own_members(found))


_HARMLESS = frozenset({"dataclass", "total_ordering", "final", "runtime_checkable", "unique"})
"""Decorators that give a class nothing but names with two underscores at each end."""


def find_in(outline: Outline, name: str, path: str) -> Iterator[Found]:
    """The classes of a name that an outline defines."""
    for symbol in outline.symbols:
        if symbol.name == name and symbol.kind in _CLASSES:
            yield Found(symbol, outline, path)


def imported_as(imports: Iterable[Import], name: str) -> Iterator[Import]:
    """The imports that bring in a name, under whatever alias."""
    for item in imports:
        if item.local == name or item.name == "*":
            yield item
