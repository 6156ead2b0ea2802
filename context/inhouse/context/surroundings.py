"""What is known at a cursor from the text around it and the project behind it: names in scope, members of a receiver.

Asks scope.py and members.py; keeps the answers while somebody types on one line.
"""

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from tree_sitter import Tree

from inhouse.context import callee as callees
from inhouse.context import reexports
from inhouse.context.arity import Arity
from inhouse.context.members import Find, Found, Members, find_in, imported_as, members
from inhouse.context.outline import Outline, Symbol, outline
from inhouse.context.parts import has_parts, whole
from inhouse.context.patience import Check, Patience, never
from inhouse.context.scope import Scope, ScopeName, scope, settled
from inhouse.context.trees import PARSED_CHARS, Trees

_KEPT = 8
"""Settled texts whose scope is kept: the line being typed in each of some files."""

_OWN_RECEIVERS = frozenset({"self", "this", "cls", "super()", "super", "Self", "static"})
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


class Surroundings:
    """Scopes and members at cursors, with what was found for the last lines."""

    def __init__(self, texts: Trees | None = None) -> None:
        """texts: trees of the files as they are, from which those of their settled texts are made."""
        self.patience = Patience()
        """What may end an answer."""
        self._texts = texts
        self._trees = Trees()
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str, int], _Calm] = OrderedDict()

    def names(self, path: str, language: str, text: str, offset: int) -> list[ScopeName]:
        """The names in scope, the nearest first, builtins last."""
        return list(self._at(path, language, text, offset).scope(self.patience.check).names)

    def members(self, path: str, language: str, text: str, offset: int, receiver: str, behind: Behind) -> Members:
        """What may follow the receiver and a dot; nothing when its class is not known."""
        around, own = self._around(path, language, text, offset)
        where = self._follow(language, around, path, own, _parts(language, receiver), behind)
        if where is None:
            return _of_table(language, behind, path, own, receiver)
        name, file, within = where
        if not name:
            return _module(language, behind, file, within)
        return members(language, name, file, within, _finder(language, behind), behind.lines_of)

    def arity(self, path: str, language: str, text: str, offset: int, callee: str, behind: Behind) -> Arity | None:
        """What a call of `callee` (`put`, `self.put`, `store.Shelf`) at the cursor must give, where that is sure."""
        around, own = self._around(path, language, text, offset)
        *receiver, name = _parts(language, callee)
        find = _finder(language, behind)
        if receiver:
            found = self._method(language, around, path, own, receiver, name, behind)
        else:
            binding = next((item for item in around.names if item.name == name), None)
            if binding is not None and binding.kind not in ("function", "class", "import"):
                return None
            found = callees.top_level(own, path, name) or _beyond(language, behind, path, own, name)
        return callees.arguments(language, found, find) if found is not None else None

    def _method(
        self, language: str, around: Scope, path: str, own: Outline, receiver: list[str], name: str, behind: Behind
    ) -> callees.Callee | None:
        where = self._follow(language, around, path, own, receiver, behind)
        if where is None:
            return None
        owner, file, within = where
        if not owner:
            return callees.top_level(within, file, name)
        found = next(_find(language, behind, owner, file, within), None)
        if found is None or receiver[-1] == "cls":
            return None
        on_class = receiver[-1] == owner and dict(reversed(around.types)).get(owner) is None
        return callees.method(found, name, _finder(language, behind), bound=not on_class)

    def _follow(
        self, language: str, around: Scope, path: str, own: Outline, receiver: list[str], behind: Behind
    ) -> tuple[str, str, Outline] | None:
        """What a receiver is: (class, or "" for a module, file, its outline)."""
        where = ("", path, own)
        for index, part in enumerate(receiver):
            step = self._step(language, around, where, part, index == 0, behind)
            if step is None:
                return None
            where = step
        return where

    def _step(
        self,
        language: str,
        around: Scope,
        where: tuple[str, str, Outline],
        part: str,
        first: bool,
        behind: Behind,
    ) -> tuple[str, str, Outline] | None:
        """From what is known of the receiver so far to what its next part is: (class, file, outline)."""
        owner, file, within = where
        if not first:
            return _of_member(language, behind, owner, file, within, part)
        if part in _OWN_RECEIVERS or (language == "go" and dict(around.types).get(part) == around.owner != ""):
            return (around.owner, file, within) if around.owner else None
        name = dict(reversed(around.types)).get(part, part)
        found = next(_find(language, behind, name, file, within), None)
        if found is not None:
            return name, file, within
        if (returned := _returned(language, behind, name, file, within)) is not None:
            return returned
        module = _as_module(language, behind, file, within, part)
        return ("", module.path, module.outline) if module is not None else None

    def _around(self, path: str, language: str, text: str, offset: int) -> tuple[Scope, Outline]:
        calm, check = self._at(path, language, text, offset), self.patience.check
        return calm.scope(check), calm.outline(check)

    def _at(self, path: str, language: str, text: str, offset: int) -> "_Calm":
        """The scope and the outline with the cursor's line left out: the same while somebody types on it."""
        check = self.patience.check
        check()
        if len(text) > PARSED_CHARS:
            return _Calm(language, b"", None, 0)
        calm, place = settled(language, text, offset)
        key = (path, calm, place)
        with self._lock:
            held = self._kept.get(key)
            if held is not None:
                self._kept.move_to_end(key)
                return held
        if self._texts is not None:
            self._trees.adopt(path, self._texts)
        source, tree = self._trees.parse(path, language, calm, check)
        found = _Calm(language, source, tree.copy(), len(calm[:place].encode()))
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return found


class _Calm:
    """A text without its cursor's line: names ask for its scope alone, and the outline takes as long again."""

    def __init__(self, language: str, source: bytes, tree: Tree | None, place: int) -> None:
        self._language, self._source, self._tree, self._place = language, source, tree, place
        self._scope: Scope | None = None if tree else Scope()
        self._outline: Outline | None = None if tree else Outline()

    def scope(self, check: Check = never) -> Scope:
        if self._scope is None and self._tree is not None:
            self._scope = scope(self._language, self._source, self._tree, self._place, check)
        return self._scope or Scope()

    def outline(self, check: Check = never) -> Outline:
        if self._outline is None and self._tree is not None:
            self._outline = outline(self._language, self._source, self._tree, check)
        return self._outline or Outline()


def _parts(language: str, receiver: str) -> list[str]:
    """The names of a path; PHP's variables without their sign, which is no part of a name there as in JavaScript."""
    parts = [part.strip() for part in receiver.replace("?.", ".").replace("->", ".").replace("::", ".").split(".")]
    return [part.removeprefix("$") for part in parts] if language == "php" else parts


def _finder(language: str, behind: Behind) -> Find:
    """_find as members.py and callee.py want it."""

    def find(wanted: str, seen_from: str, outline_: Outline) -> Iterator[Found]:
        return _find(language, behind, wanted, seen_from, outline_)

    return find


def _beyond(language: str, behind: Behind, path: str, within: Outline, name: str) -> callees.Callee | None:
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


def _find(language: str, behind: Behind, name: str, path: str, within: Outline) -> Iterator[Found]:
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


def _returned(language: str, behind: Behind, name: str, path: str, within: Outline) -> tuple[str, str, Outline] | None:
    """The class that a function of this name says it returns."""
    own = reexports.Stop(path, name, within)
    for stop in chain((own,), chain.from_iterable(_stops(language, behind, path, within, name))):
        for symbol in stop.outline.symbols:
            if symbol.name == stop.name and symbol.kind == "function" and (found := _RETURNS.search(symbol.signature)):
                return found[1].replace("::", ".").rpartition(".")[2], stop.path, stop.outline
    return None


def _of_member(
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
        found = next(_find(language, behind, owner, file, within), None)
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


def _as_module(language: str, behind: Behind, path: str, within: Outline, name: str) -> reexports.Stop | None:
    """The module that an imported name means: where its imports end, if nothing of that name is defined there."""
    for stops in _stops(language, behind, path, within, name):
        others = (stop for stop in stops if not any(symbol.name == stop.name for symbol in stop.outline.symbols))
        stop = next(others, None)
        if stop is None or not any(item.name != "*" for item in imported_as(stop.outline.imports, stop.name)):
            return stop
    return None


def _of_table(language: str, behind: Behind, path: str, within: Outline, name: str) -> Members:
    """The keys of a constant that is written as a table or object, its own or imported; it may have others."""
    own = reexports.Stop(path, name, within)
    for stop in chain((own,), chain.from_iterable(_stops(language, behind, path, within, name))):
        keys = [symbol for symbol in stop.outline.symbols if symbol.scope == stop.name]
        if keys:
            return Members(tuple(ScopeName(key.name, "member", rank, key.arity) for rank, key in enumerate(keys)))
    return Members()


def _module(language: str, behind: Behind, path: str, within: Outline) -> Members:
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
