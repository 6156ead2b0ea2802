"""What a name of an installed library is, as its source or its stubs say: heads of functions, of classes and members.

Follows names through the library's files as text, nothing is run; which names are asked for, borrowed.py knows.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

from inhouse.context.languages import LANGUAGES
from inhouse.context.libraries import Libraries, Module
from inhouse.context.members import Found, bases, own_members
from inhouse.context.outline import Symbol
from inhouse.context.patience import Check

_MOST_STEPS = 600
"""From name to name, each of which may open a file: a definition takes two, numpy's names 500 (a second, aside)."""

_MOST_HEADS = 600
"""Members kept of one module or class: a prompt takes twelve, of those that begin as what is written does."""

_MOST_CHARS = 200
"""Of a signature: three of the longest would take all the room that there is."""

_LONGEST_WAY = 24
"""Names followed one from another: no library passes one on so often."""

_OVERLOADS = 2
_DEEPEST = 6
"""Bases of bases, and names that stand for names."""

_SAYS = re.compile(r"=\s*(?:await\s+)?(?:new\s+)?([A-Za-z_$][\w.$]*)\s*\(?[^=]*$")
_TYPED = re.compile(r"^[^:=(]*:\s*[\"']?(?:Final\[|type\[|typeof\s+)?([A-Za-z_$][\w.$]*)")
_RETURNS = re.compile(r"(?:->|\)\s*:)\s*[\"']?(?:Promise<|Awaitable\[)?([A-Za-z_$][\w.$]*)[^()]*$")
"""What a constant's or a function's head says that it is."""

_CLASSES = frozenset({"class", "interface", "enum"})
_PRIVATE = re.compile(r"(?:private|protected)\s")
_SELF = "self."
"""Begins a field that is only assigned in a method: worth less than what stands in the class."""


@dataclass(frozen=True, slots=True)
class Head:
    """A definition in a library's file, as a prompt shows it."""

    source: str
    """The file as the environment has it: an absolute path."""
    label: str
    """As its users know it, without the environment's folders."""
    line: int
    name: str
    text: str
    """On one line, with the first line of its documentation behind it."""
    member: bool
    """One of the things that may follow a dot behind what was asked for."""


class LibraryHeads:
    """Heads from the libraries that a project's files import; keeps nothing itself."""

    def __init__(self, libraries: Libraries) -> None:
        self._libraries = libraries

    def of(self, language: str, own: str, module: str, parts: tuple[str, ...], check: Check) -> tuple[Head, ...]:
        """What `module` and the parts behind it are, then what may follow them; nothing where that is not known."""
        walk = _Walk(self._libraries, language, check)
        found = next(walk.named(module, own, parts), None)
        return tuple(islice(self._heads(walk, found), _MOST_HEADS)) if found is not None else ()

    def _heads(self, walk: "_Walk", found: "_At") -> Iterator[Head]:
        if found.symbol is None:
            yield from (self._head(walk, one, member=True) for one in walk.offered(found))
            return
        if found.owner is not None:
            yield self._head(walk, _At(found.module, found.name, found.owner), member=False)
        for symbol in _overloads(found):
            yield self._head(walk, _At(found.module, found.name, symbol), member=False)
        meant = walk.meant(found, 0)
        members = list(walk.members(meant, 0))
        called = "__call__" if meant.symbol is not found.symbol else "__init__"
        if meant.symbol is not found.symbol and meant.symbol is not None and meant.symbol.arity >= 0:
            yield self._head(walk, meant, member=False)
        makers = (one for one in members if one.symbol is not None and one.symbol.name in (called, "constructor"))
        yield from (self._head(walk, one, member=False) for one in islice(makers, 1))
        public = {
            one.symbol.name: one
            for one in reversed(members)
            if one.symbol is not None and not one.symbol.name.startswith(("_", "#"))
        }
        signed = [(one.symbol.signature if one.symbol else "", one) for one in reversed(public.values())]
        shown = [(text, one) for text, one in signed if not _PRIVATE.match(text)]
        listed = [one for _, one in sorted(shown, key=lambda item: item[0].startswith(_SELF))]
        yield from (self._head(walk, one, member=True) for one in listed)

    def _head(self, walk: "_Walk", at: "_At", *, member: bool) -> Head:
        assert at.symbol is not None, "only definitions have heads"
        path, symbol = at.module.path, at.symbol
        text = _written(walk.language, symbol)
        return Head(path.as_posix(), self._libraries.label(path), symbol.line, symbol.name, text, member)


@dataclass(frozen=True, slots=True)
class _At:
    """A definition in a module of a library, or the module itself."""

    module: Module
    name: str
    """The module's."""
    symbol: Symbol | None = None
    owner: Symbol | None = None
    """The class that a member was asked of."""
    space: str = ""
    """A namespace of the module, which it then is in place of all of it."""


class _Walk:
    """One search through a library's files."""

    def __init__(self, libraries: Libraries, language: str, check: Check) -> None:
        self.language = language
        self._libraries = libraries
        self._check = check
        self._asked: set[tuple[str, str, tuple[str, ...]]] = set()
        self._steps = 0
        self._depth = 0

    def named(self, module: str, own: str, parts: tuple[str, ...]) -> Iterator[_At]:
        """What stands behind a module's name, the surest first."""
        key = (module, own if self.language != "python" else "", parts)
        if key in self._asked or len(self._asked) >= _MOST_STEPS:
            return
        self._asked.add(key)
        self._check()
        found = self._libraries.module(self.language, own, module, self._check)
        if found is not None:
            at = _At(found, module)
            yield from self._within(at, parts) if parts else iter((at,))
        if parts and self.language == "python":
            yield from self.named(f"{module}.{parts[0]}", own, parts[1:])

    def offered(self, at: _At) -> Iterator[_At]:
        """What a module or namespace defines and passes on under names without an underscore."""
        seen: set[str] = set()
        within = (symbol for symbol in at.module.outline.symbols if symbol.scope == at.space)
        for symbol in within if at.space else at.module.tops():
            if not symbol.name.startswith("_") and symbol.name not in seen:
                seen.add(symbol.name)
                yield _At(at.module, at.name, symbol)
        if not at.space and self._depth <= _LONGEST_WAY:
            self._depth += 1
            try:
                yield from self._passed_on(at, seen)
            finally:
                self._depth -= 1

    def _passed_on(self, at: _At, seen: set[str]) -> Iterator[_At]:
        """The members of what a module is as a whole, and what it imports for others from its own library."""
        for whole in filter(None, (at.module.default, at.module.whole)):
            for made in islice(self._within(at, (whole,)), 1):
                yield from self.members(self.meant(made, 0), 0)
        for item in at.module.outline.imports:
            inside = item.module.startswith(".") or item.module.partition(".")[0] == at.name.partition(".")[0]
            if item.local.startswith("_") or (item.local in seen and item.name != "*") or not (inside or item.exported):
                continue
            seen.add(item.local)
            inner = self._libraries.within(self.language, at.name, at.module.path, item)
            parts = () if item.name in ("", "*") else (item.name,)
            for one in islice(self.named(inner, str(at.module.path), parts), 1):
                if one.symbol is not None:
                    yield one
                elif item.name == "*":
                    yield from self.offered(one)

    def members(self, at: _At, depth: int) -> Iterator[_At]:
        """The members of a class, its own first, then those of its bases as far as they are found."""
        if at.symbol is None or at.symbol.arity >= 0 or depth > _DEEPEST:
            return
        for symbol in own_members(Found(at.symbol, at.module.outline, str(at.module.path))):
            yield _At(at.module, at.name, symbol, at.symbol)
        if at.symbol.kind in _CLASSES:
            for base in bases(at.symbol):
                for found in islice(self._within(at, (base,)), 1):
                    if found.symbol != at.symbol:
                        yield from self.members(self.meant(found, depth), depth + 1)

    def meant(self, at: _At, depth: int) -> _At:
        """The class behind a constant or a call, as far as their heads say; else the definition itself."""
        if at.symbol is None or at.symbol.kind in _CLASSES or depth > _DEEPEST:
            return at
        heads = (_RETURNS,) if at.symbol.arity >= 0 else (_TYPED, _SAYS)
        says = next((found[1] for how in heads if (found := how.search(at.symbol.signature))), "")
        if not says or says == at.symbol.name:
            return at
        meant = next(self._within(at, tuple(says.split("."))), None)
        return self.meant(meant, depth + 1) if meant is not None else at

    def _within(self, at: _At, parts: tuple[str, ...]) -> Iterator[_At]:
        """What a name means in a module; nothing where names go round in circles."""
        self._steps += 1
        if self._depth > _LONGEST_WAY or self._steps > 2 * _MOST_STEPS:
            return
        self._check()
        self._depth += 1
        try:
            yield from self._meanings(at, parts)
        finally:
            self._depth -= 1

    def _meanings(self, at: _At, parts: tuple[str, ...]) -> Iterator[_At]:
        """Its own definition, what it imports, what it takes over whole."""
        name, rest = parts[0], parts[1:]
        own = next((symbol for symbol in at.module.tops() if symbol.name == name), None)
        if own is None or (rest and own.kind == "constant"):
            yield from self._of_namespace(at, name, rest)
        if own is not None:
            yield from self._member(_At(at.module, at.name, own), rest)
            return
        for whole in filter(None, (at.module.default, at.module.whole)):
            if whole != name:
                yield from self._within(at, (whole, *parts))
        stars = (item for item in at.module.outline.imports if item.name == "*" and not item.alias)
        for item in chain((item for item in at.module.outline.imports if item.local == name), stars):
            inner = self._libraries.within(self.language, at.name, at.module.path, item)
            passed = parts if item.name == "*" and not item.alias else rest if item.name in ("", "*") else None
            yield from self.named(inner, str(at.module.path), passed if passed is not None else (item.name, *rest))

    def _of_namespace(self, at: _At, name: str, rest: tuple[str, ...]) -> Iterator[_At]:
        inner = [symbol for symbol in at.module.outline.symbols if symbol.scope == name]
        if inner and not rest:
            yield _At(at.module, at.name, space=name)
        for symbol in islice((symbol for symbol in inner if rest and symbol.name == rest[0]), 1):
            yield from self._member(_At(at.module, at.name, symbol), rest[1:])

    def _member(self, at: _At, parts: tuple[str, ...]) -> Iterator[_At]:
        if not parts:
            yield at
            return
        for one in self.members(self.meant(at, 0), 0):
            if one.symbol is not None and one.symbol.name == parts[0]:
                yield from self._member(one, parts[1:])
                return


def _overloads(at: _At) -> list[Symbol]:
    """The definition and others of the same name beside it."""
    one = at.symbol
    same = (other for other in at.module.outline.symbols if one and (other.name, other.scope) == (one.name, one.scope))
    return list(islice(same, _OVERLOADS))


_MARKS = re.compile(r"^(?:@(?:\w+\.)?overload\s+|export\s+(?:default\s+)?|declare\s+)+")


def _written(language: str, symbol: Symbol) -> str:
    text = _MARKS.sub("", symbol.signature).removeprefix(_SELF)
    text = f"{text[:_MOST_CHARS]}..." if len(text) > _MOST_CHARS else text
    if language == "python" and symbol.kind in ("function", "method"):
        text += " ..."
    if symbol.doc:
        text += f"  {LANGUAGES[language].comment} {symbol.doc}"
    return "    " + text if symbol.scope and symbol.kind in ("method", "field", "function") else text
