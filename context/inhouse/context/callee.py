"""Which definition a call means, where the text leaves no doubt, and how many arguments that one takes.

Says nothing rather than something doubtful: a name defined twice in different ways, a class with unknown bases.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from inhouse.context.arity import Arity, arity, decorators, has_default
from inhouse.context.members import Find, Found, bases
from inhouse.context.outline import Outline, Symbol

_DEEPEST = 8
_EMPTY_BASES = frozenset({"", "object", "ABC", "Protocol", "Generic"})
"""Bases that bring no constructor of their own."""

_CONSTRUCTORS = {"python": "__init__", "typescript": "constructor", "tsx": "constructor", "php": "__construct"}


@dataclass(frozen=True, slots=True)
class Callee:
    """The definitions that a call can mean, all of one file; bound: called on an object."""

    symbols: tuple[Symbol, ...]
    path: str
    outline: Outline
    bound: bool = False


def top_level(outline: Outline, path: str, name: str) -> Callee | None:
    """The functions or the class of a name that stand in no class; None when the name may be something else as well."""
    found = tuple(
        symbol for symbol in outline.symbols if symbol.name == name and symbol.kind not in ("method", "field")
    )
    if not found or any(symbol.kind not in ("function", "class") for symbol in found):
        return None
    return Callee(found, path, outline)


def method(found: Found, name: str, find: Find, bound: bool) -> Callee | None:
    """A class's method, its own or the nearest base's; None when an unknown base could have it instead."""
    for place in _lineage(found, find):
        if place is None:
            return None
        own = tuple(
            symbol
            for symbol in place.outline.symbols
            if symbol.name == name and symbol.scope.rpartition(".")[2] == place.symbol.name
        )
        if own:
            return Callee(own, place.path, place.outline, bound) if all(s.kind == "method" for s in own) else None
    return None


def arguments(language: str, callee: Callee, find: Find) -> Arity | None:
    """What the call must give; None when the definitions do not agree or one of them is not sure."""
    answers = {
        _constructor(language, Found(symbol, callee.outline, callee.path), find)
        if symbol.kind == "class"
        else arity(language, symbol, callee.bound)
        for symbol in callee.symbols
    }
    return answers.pop() if len(answers) == 1 else None


def _lineage(found: Found, find: Find) -> Iterator[Found | None]:
    """A class and its bases, in order; None stands for a base that is not known."""
    pending = [found]
    seen: set[tuple[str, str]] = set()
    while pending:
        place = pending.pop(0)
        key = (place.path, place.symbol.qualified)
        if key in seen or len(seen) > _DEEPEST:
            continue
        seen.add(key)
        yield place
        for base in bases(place.symbol):
            if base in _EMPTY_BASES:
                continue
            above = next(find(base, place.path, place.outline), None)
            if above is None:
                yield None
                return
            pending.append(above)


def _constructor(language: str, found: Found, find: Find) -> Arity | None:
    """The arguments of making an object."""
    wanted = _CONSTRUCTORS.get(language)
    if wanted is None:
        return None
    if language == "python" and (answer := _dataclass(found, find)) is not None:
        return answer if isinstance(answer, Arity) else None
    for place in _lineage(found, find):
        if place is None or (language == "python" and _unusual(place.symbol, top=place is found)):
            return None
        own = [s for s in place.outline.symbols if s.scope == place.symbol.qualified and s.name == wanted]
        if language == "python" and any(
            s.scope == place.symbol.qualified and s.name == "__new__" for s in place.outline.symbols
        ):
            return None
        if own:
            return arity(language, own[0], bound=True) if len(own) == 1 else None
    return Arity(0, 0)


def _unusual(symbol: Symbol, top: bool) -> bool:
    """Whether something besides the constructor has a say: a metaclass, a decorator."""
    return "=" in symbol.bases or bool(top and decorators(symbol.signature))


def _dataclass(found: Found, find: Find) -> Arity | bool | None:
    """The arguments of a dataclass; False when it is one that cannot be read, None when it is none."""
    marks = decorators(found.symbol.signature)
    if not any(mark.rpartition(".")[2] == "dataclass" for mark in marks):
        return None
    options = found.symbol.signature.partition("class ")[0]
    own = [symbol for symbol in found.outline.symbols if symbol.scope == found.symbol.qualified]
    if len(marks) > 1 or "kw_only" in options or "init=False" in options or "transform" in options:
        return False
    if "=" in found.symbol.bases or any(symbol.name in ("__init__", "__new__", "KW_ONLY") for symbol in own):
        return False
    parts: list[tuple[str, bool]] = []
    for base in bases(found.symbol):
        if base in _EMPTY_BASES:
            continue
        above = next(find(base, found.path, found.outline), None)
        inherited = _dataclass(above, find) if above is not None else False
        if not isinstance(inherited, Arity):
            return False
        parts += [(name, index < inherited.least) for index, name in enumerate(inherited.keywords)]
    fields = _fields(own)
    names = [name for name, _ in (*parts, *(fields or ()))]
    if fields is None or len(set(names)) < len(names):
        return False
    parts += fields
    return Arity(sum(needed for _, needed in parts), len(parts), tuple(names))


def _fields(own: Iterable[Symbol]) -> list[tuple[str, bool]] | None:
    """A dataclass's own fields, each with whether it must be given; None when one of them is out of the ordinary."""
    found: list[tuple[str, bool]] = []
    for symbol in own:
        head = symbol.signature
        if symbol.kind != "field" or not re.match(rf"{re.escape(symbol.name)}\s*:", head) or "ClassVar" in head:
            continue
        if re.search(r"kw_only|InitVar|\binit\s*=|KW_ONLY", head) or head.endswith("("):
            return None
        found.append((symbol.name, not has_default(head) or (" field(" in head and "default" not in head)))
    return found
