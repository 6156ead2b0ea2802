"""What names mean in the files behind a cursor: classes, modules, tables, and what functions and fields say they are.

Knows outlines only; which cursor asks, surroundings.py knows.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from inhouse.context import callee as callees
from inhouse.context import reexports
from inhouse.context.members import Find, Found, Members, find_in, imported_as
from inhouse.context.outline import Outline, Symbol
from inhouse.context.parts import has_parts, whole
from inhouse.context.scope import ScopeName

_RETURNS = re.compile(r"(?:->|\)\s*:)\s*[\"'&*]*(?:Promise<|Result<|Option<|Optional\[)?[&*]*([\w.]+(?:::\w+)*)")
_DECLARED = re.compile(r"^[^:=]*:\s*[\"'&*]*(?:Optional\[)?([\w.]+)|=\s*(?:await\s+)?(?:new\s+)?([\w.]+)\s*\(")
_TYPED_FIRST = re.compile(r"(?:^|\s)([A-Z]\w*)(?:<[^>]*>)?[\s*&]+\w+\s*(?:[;=,]|$)")
_GO_FIELD = re.compile(r"^\w+(?:,\s*\w+)*\s+[*\[\]]*(?:\w+\.)?(\w+)")

_DEFINERS = 4
"""A class name that more files define is not guessed at."""


@dataclass(frozen=True, slots=True)
class Behind:
    """What surroundings need of a project."""

    outline_of: Callable[[str], Outline | None]
    """A project file's outline."""
    resolve: Callable[[str, str, Outline, str], Iterator[tuple[str, str]]]
    """Where an imported name stands: (language, file, its outline, name) gives (path, name there)."""
    defining: Callable[[str, str, int], list[str]]
    """The files that define a name, as seen from a file: those beside it, else all if they are at most so many."""
    lines_of: Callable[[str], Sequence[str]]
    """A project file's lines."""
    beside: Callable[[str, str], list[str]]
    """The files of the same package: (language, file)."""


def finder(language: str, behind: Behind) -> Find:
    """find() as members.py and callee.py want it."""

    def found(wanted: str, seen_from: str, outline_: Outline) -> Iterator[Found]:
        return find(language, behind, wanted, seen_from, outline_)

    return found


def beyond(language: str, behind: Behind, path: str, within: Outline, name: str) -> callees.Callee | None:
    """The definition of an imported name, through modules that only pass it on, or the package's only one."""
    for depth, stops in enumerate(_stops(language, behind, path, within, name)):
        found = [found for stop in stops if (found := callees.top_level(stop.outline, stop.path, stop.name))]
        if found and (not depth or len({callee.path for callee in found}) == 1):
            return found[0]
        if found:
            return None
    if language in _ONE_NAMESPACE and len(places := behind.defining(name, path, 1)) == 1:
        module = behind.outline_of(places[0])
        return callees.top_level(module, places[0], name) if module is not None else None
    return None


def _stops(
    language: str, behind: Behind, path: str, within: Outline, name: str
) -> Iterator[tuple[reexports.Stop, ...]]:
    return reexports.beyond(language, path, within, name, behind.resolve, behind.outline_of)


_ONE_NAMESPACE = frozenset({"go", "java", "c"})
"""Languages in which a name needs no import to be seen."""


def find(language: str, behind: Behind, name: str, path: str, within: Outline) -> Iterator[Found]:
    """The classes that a name can mean in a file, each with what other files say of it."""
    for found in _defined(language, behind, name, path, within):
        if has_parts(language, found):
            others = (
                behind.beside(language, found.path) if language == "go" else behind.defining(name, found.path, _PARTS)
            )
            yield whole(language, found, others, behind.outline_of)
        else:
            yield found


_PARTS = 16
"""Files that a partial class is in."""


def _defined(language: str, behind: Behind, name: str, path: str, within: Outline) -> Iterator[Found]:
    """Its own, what it imports, then the only ones of the project."""
    yield from find_in(within, name, path)
    for stops in _stops(language, behind, path, within, name):
        for stop in stops:
            yield from find_in(stop.outline, stop.name, stop.path)
    if any(item.name != "*" for item in imported_as(within.imports, name)):
        return
    for target in behind.defining(name, path, _DEFINERS):
        module = behind.outline_of(target)
        if module is not None:
            yield from find_in(module, name, target)


def returned(language: str, behind: Behind, name: str, path: str, within: Outline) -> tuple[str, str, Outline] | None:
    """The class that a function of this name says it returns."""
    own = reexports.Stop(path, name, within)
    for stop in chain((own,), chain.from_iterable(_stops(language, behind, path, within, name))):
        for symbol in stop.outline.symbols:
            if symbol.name == stop.name and symbol.kind == "function" and (found := _RETURNS.search(symbol.signature)):
                return found[1].replace("::", ".").rpartition(".")[2], stop.path, stop.outline
    return None


def of_member(
    language: str, behind: Behind, owner: str, file: str, within: Outline, part: str
) -> tuple[str, str, Outline] | None:
    """The class of an object's field or of what its method returns, as its definition says."""
    name = part.removesuffix("()")
    if not owner:
        symbols: list[tuple[Symbol, str, Outline]] = [
            (symbol, file, within) for symbol in within.symbols if not symbol.scope
        ]
        if any(symbol.name == name and symbol.kind in ("class", "interface", "enum") for symbol, _, _ in symbols):
            return name, file, within
    else:
        found = next(find(language, behind, owner, file, within), None)
        if found is None:
            return None
        tail = found.symbol.name
        symbols = [
            (symbol, found.path, found.outline)
            for symbol in found.outline.symbols
            if symbol.scope.rpartition(".")[2] == tail
        ]
    for symbol, path, outline_ in symbols:
        if symbol.name == name and (written := _written_type(symbol)):
            return written.replace("::", ".").rpartition(".")[2], path, outline_
    return None


def _written_type(symbol: Symbol) -> str:
    """The type that a field's or method's head names, "" when it names none."""
    head = symbol.signature
    if symbol.kind in ("method", "function"):
        found = _RETURNS.search(head)
        return found[1] if found else ""
    if found := _DECLARED.search(head):
        return found[1] or found[2]
    found = _TYPED_FIRST.search(head) or _GO_FIELD.search(head)
    return found[1] if found else ""


def as_module(language: str, behind: Behind, path: str, within: Outline, name: str) -> reexports.Stop | None:
    """The module that an imported name means: where its imports end, if nothing of that name is defined there."""
    for stops in _stops(language, behind, path, within, name):
        others = (stop for stop in stops if not any(symbol.name == stop.name for symbol in stop.outline.symbols))
        stop = next(others, None)
        if stop is None or not any(item.name != "*" for item in imported_as(stop.outline.imports, stop.name)):
            return stop
    return None


def of_table(language: str, behind: Behind, path: str, within: Outline, name: str) -> Members:
    """The keys of a constant that is written as a table or object, its own or imported; it may have others."""
    own = reexports.Stop(path, name, within)
    for stop in chain((own,), chain.from_iterable(_stops(language, behind, path, within, name))):
        keys = [symbol for symbol in stop.outline.symbols if symbol.scope == stop.name]
        if keys:
            return Members(tuple(ScopeName(key.name, "member", rank, key.arity) for rank, key in enumerate(keys)))
    return Members()


def module(language: str, behind: Behind, path: str, within: Outline) -> Members:
    """The names that a module defines or passes on: more can be there (it may import them), so never closed."""
    names: dict[str, int] = {}
    every = chain.from_iterable(_stops(language, behind, path, within, "*"))
    for stop in chain((reexports.Stop(path, "*", within),), every):
        tables = {symbol.name for symbol in stop.outline.symbols if symbol.kind == "constant"}
        for symbol in stop.outline.symbols:
            if not symbol.scope or symbol.scope in tables:
                names.setdefault(symbol.name, symbol.arity)
        for item in reexports.passed_on(language, stop.path, stop.outline):
            if next(behind.resolve(language, stop.path, stop.outline, item.local), None):
                names.setdefault(item.local, -1)
    return Members(tuple(ScopeName(name, "member", rank, arity) for rank, (name, arity) in enumerate(names.items())))
