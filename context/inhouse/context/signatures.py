"""Signatures of project symbols that a file imports, inherits or names: what a newcomer would look up first.

Chooses symbols and writes them as lines; where they go in the prompt is decided elsewhere.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from inhouse.context import reexports
from inhouse.context.catalogue import Catalogue
from inhouse.context.definers import FilesOf
from inhouse.context.outline import Import, Outline, Symbol, tops
from inhouse.context.store import FileRow

_MEMBERS_OF_CLASS = 16
"""Members shown of one class: the public ones in the order of the file."""

_SYMBOLS_OF_MODULE = 12
"""Definitions shown of a module that is imported as a whole."""

_SYMBOLS_OF_COUNTERPART = 12
_SYMBOLS_OF_SIBLING = 4
"""Definitions shown of a file of the same role: of a handler beside this one only what such a file looks like."""

_NEIGHBOURS = 24
"""Files of the own package whose outlines are opened: a cold one takes 0.3 ms."""

_DEFINERS = 6
"""A name that more files define (main, get, Config) says nothing about which is meant."""

_WITH_MEMBERS = frozenset({"class", "interface", "enum", "constant"})
"""Constants are tables and objects."""

_TOP = frozenset({"class", "interface", "enum", "function", "type", "constant", "macro"})

OutlineOf = Callable[[FileRow], Outline]


@dataclass(frozen=True, slots=True)
class Pick:
    """One symbol chosen for a cursor; a lower rank is wanted more."""

    path: str
    symbol: Symbol
    rank: int


def imported(
    catalogue: Catalogue,
    outline_of: OutlineOf,
    own: str,
    language: str,
    imports: Iterable[Import],
    words: Collection[str],
    exclude: Collection[str],
) -> Iterator[Pick]:
    """The symbols that the imports bring in, most wanted first by rank; words are those that the file uses."""
    follow = _Follow(catalogue, outline_of, language, exclude)
    for item in imports:
        for path in catalogue.modules.resolve(language, own, item):
            row = catalogue.row(path)
            if row is None or path in exclude:
                continue
            yield from _of_import(path, outline_of(row), item, words, follow)
    for path in _nearest(catalogue.modules.neighbours(language, own), words):
        row = catalogue.row(path)
        if row is not None and path not in exclude:
            outline = outline_of(row)
            yield from _used(path, outline, words, 3)
            yield from (Pick(path, symbol, 6) for symbol in _public_tops(outline) if symbol.name not in words)


def of_role(
    catalogue: Catalogue, outline_of: OutlineOf, own: str, words: Collection[str], exclude: Collection[str]
) -> Iterator[Pick]:
    """What the source of a test (or its test) defines, and the files beside it that are made alike."""
    roles = catalogue.roles
    other = roles.counterpart(own)
    for path, most in (
        (other, _SYMBOLS_OF_COUNTERPART),
        *((path, _SYMBOLS_OF_SIBLING) for path in roles.siblings(own, 2)),
    ):
        row = catalogue.row(path) if path and path not in exclude else None
        if row is None:
            continue
        outline = outline_of(row)
        used = [symbol for symbol in _public_tops(outline) if symbol.name in words]
        others = [symbol for symbol in _public_tops(outline) if symbol.name not in words]
        yield from (Pick(row.path, symbol, 5) for symbol in (*used, *others)[:most])


def _nearest(paths: list[str], words: Collection[str]) -> list[str]:
    """At most so many neighbours; those whose name the file mentions (a Java class) first."""
    return sorted(paths, key=lambda path: (path.rpartition("/")[2].partition(".")[0] not in words, path))[:_NEIGHBOURS]


@dataclass(frozen=True, slots=True)
class _Follow:
    """From a module that passes names on to the files that define them."""

    catalogue: Catalogue
    of: OutlineOf
    language: str
    exclude: Collection[str]

    def outline_of(self, path: str) -> Outline | None:
        """A file's outline, if it is indexed and not left out."""
        row = self.catalogue.row(path) if path not in self.exclude else None
        return self.of(row) if row is not None else None

    def resolve(self, language: str, path: str, within: Outline, name: str) -> Iterator[tuple[str, str]]:
        """As reexports.py wants it."""
        return reexports.resolved(self.catalogue.modules, language, path, within, name)

    def stops(self, path: str, within: Outline, name: str) -> Iterator[reexports.Stop]:
        """The files in which a name may stand that this one passes on; of "*" all that it passes on unnamed."""
        return chain.from_iterable(reexports.beyond(self.language, path, within, name, self.resolve, self.outline_of))


def _of_import(path: str, outline: Outline, item: Import, words: Collection[str], follow: _Follow) -> Iterator[Pick]:
    """The named symbol with its members, or of a whole module what the file uses and then what it could use."""
    if item.name and item.name != "*":
        own = reexports.Stop(path, item.name, outline)
        found = (list(_named(stop, words)) for stop in chain((own,), follow.stops(path, outline, item.name)))
        if first := next(filter(None, found), None):
            yield from first
            return
        if not _is_module(path, item.name):
            return
    yield from _of_module(path, outline, words, follow)


def _of_module(path: str, outline: Outline, words: Collection[str], follow: _Follow) -> Iterator[Pick]:
    """What the file uses of a module, then what else that defines or passes on."""
    for passed in reexports.passed_on(follow.language, path, outline):
        if passed.local in words:
            for stop in follow.stops(path, outline, passed.local):
                yield from _named(stop, words)
    left = _SYMBOLS_OF_MODULE
    for stop in chain((reexports.Stop(path, "*", outline),), follow.stops(path, outline, "*")):
        yield from _used(stop.path, stop.outline, words, 1)
        offered = _public_tops(stop.outline)[:left]
        left -= len(offered)
        yield from (Pick(stop.path, symbol, 4) for symbol in offered if symbol.name not in words)


def _named(stop: reexports.Stop, words: Collection[str]) -> Iterator[Pick]:
    """The symbols of the name in a file, each with its members."""
    for symbol in stop.outline.symbols:
        if symbol.name == stop.name and symbol.kind in _TOP:
            yield Pick(stop.path, symbol, 0)
            if symbol.kind in _WITH_MEMBERS:
                yield from _members(stop.path, stop.outline, symbol, words)


def _public_tops(outline: Outline) -> list[Symbol]:
    return [symbol for symbol in tops(outline) if symbol.kind in _TOP and _public(symbol)]


def _is_module(path: str, name: str) -> bool:
    stem = path.rpartition("/")[2].partition(".")[0]
    return stem == name or stem in ("__init__", "index", "mod", "lib", "init")


def _used(path: str, outline: Outline, words: Collection[str], rank: int) -> Iterator[Pick]:
    for symbol in tops(outline):
        if symbol.kind in _TOP and symbol.name in words:
            yield Pick(path, symbol, rank)
            if symbol.kind in _WITH_MEMBERS:
                yield from _members(path, outline, symbol, words)


def _members(path: str, outline: Outline, owner: Symbol, words: Collection[str]) -> Iterator[Pick]:
    """A class's public members: those that the file already uses are wanted more."""
    scope = owner.qualified
    count = 0
    for symbol in outline.symbols:
        if symbol.scope == scope or symbol.scope.rpartition(".")[2] == owner.name:
            if not _public(symbol) and symbol.name not in ("__init__", "constructor"):
                continue
            yield Pick(path, symbol, 1 if symbol.name in words else 2)
            count += 1
            if count == _MEMBERS_OF_CLASS:
                return


def _public(symbol: Symbol) -> bool:
    return not symbol.name.startswith(("_", "#")) and not symbol.signature.startswith("private ")


def named(
    catalogue: Catalogue,
    outline_of: OutlineOf,
    definers: FilesOf,
    own: str,
    names: Iterable[str],
    exclude: Collection[str],
) -> Iterator[Pick]:
    """The definitions of names that stand near the cursor, when few files of the project define them."""
    folder = own.rpartition("/")[0]
    by_id = catalogue.by_id
    for name, numbers in definers(names).items():
        files = [row for number in numbers if (row := by_id.get(number)) is not None]
        if len(files) > _DEFINERS:
            continue
        files = [row for row in files if row.path not in exclude]
        files.sort(key=lambda row: (row.path.rpartition("/")[0] != folder, row.path))
        for row in files[:2]:
            for symbol in outline_of(row).symbols:
                if symbol.name == name:
                    yield Pick(row.path, symbol, 5)
                    break


def lines_of(language: str, picks: Iterable[Pick]) -> list[tuple[int, str]]:
    """The picks of one file as (line, text), in the file's order; members are indented below their class."""
    ordered = sorted({(pick.symbol.line, pick.symbol) for pick in picks}, key=lambda item: item[0])
    return [(line, _written(language, symbol)) for line, symbol in ordered]


def _written(language: str, symbol: Symbol) -> str:
    text = symbol.signature
    if language == "python" and symbol.kind in ("function", "method"):
        text += " ..."
    if symbol.scope and symbol.kind in ("method", "field", "function") and language not in ("go", "lua"):
        return "    " + text
    return text
