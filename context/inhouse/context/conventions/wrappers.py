"""House wrappers: the project's own functions and classes that stand before a foreign API, which the rest avoids.

Judged by counting (the house name is called from elsewhere, the foreign one is not, or much less), by the names, and by
how the foreign call stands in the body. How often that is right: docs/wrappers.md.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from inhouse.context.conventions.counting import Places, Uses, count
from inhouse.context.conventions.facts import BY_SIGHT, Call, Facts
from inhouse.context.conventions.foreign import COMMON_BUILTINS, is_neutral, tells
from inhouse.context.conventions.kin import BEARS, SHARES, kin
from inhouse.context.conventions.standing import standing
from inhouse.context.outline import Symbol

_LEAST_USES = 3
_LEAST_FILES = 2
"""A helper that is called twice, or in one file only, is no habit yet."""

_LEAST_REAL_USES = 2
"""Calls that are not in tests: what only tests call shows no habit of the program."""

_SHARE = 0.75
_BEARS_SHARE = 0.6
_BUILTIN_SHARE = 0.45
"""The least share of house calls among both. A function that bears the foreign name may have a lower one, and print0 a
still lower one: print is called in many places that have nothing to do with the program."""

_SETTLED_FILES = 5
"""So many files use the house name and none the foreign one: then it need not look like a wrapper."""

_FOCUSED_CALLS = 6
_FOCUSED_KINDS = 4
_FOCUSED_LINES = 16
"""A body with more does something with what it calls, it does not stand before it."""

_PLAIN_CALLS = 3
_PLAIN_KINDS = 2
"""A body that hardly does more than call the foreign name. Methods must be so (what a class calls by the way is its own
affair), and functions whose names are not kin."""

_CLASS_SHARE = 0.9
"""A class has a life of its own beside the one that it uses."""

_MAKES = re.compile(r"New[A-Z]|new[A-Z_]")
"""What making an own object needs by the way is not what the object stands for."""


@dataclass(frozen=True, slots=True)
class Wrapper:
    """A pair of a house name and the foreign name that it stands for."""

    house: str
    path: str
    line: int
    foreign: str
    house_uses: int
    house_files: int
    foreign_uses: int
    """Calls of the foreign name in other files of the project."""
    how: str
    """wraps, subclasses, or through NAME: another house name that does."""
    witnesses: tuple[str, ...] = ()
    """path:line of calls of the house name."""

    @property
    def share(self) -> float:
        """House calls among both; 1 for a pin that nobody uses yet."""
        uses = self.house_uses + self.foreign_uses
        return self.house_uses / uses if uses else 1.0


def wrappers(every: Iterable[Facts]) -> list[Wrapper]:
    """The house wrappers of a project, the most used first."""
    files = list(every)
    uses = count(files)
    found: list[Wrapper] = []
    for facts in files:
        if not facts.is_test:
            found += _in_file(facts, uses)
    found = list(_without_mechanisms(found))
    found += list(_through(files, found, uses))
    best: dict[tuple[str, str], Wrapper] = {}
    for item in sorted(found, key=lambda item: (-kin(item.house, item.foreign), item.foreign_uses, item.foreign)):
        best.setdefault((item.house, item.path), item)
    return sorted(best.values(), key=lambda item: (-item.house_files, -item.house_uses, item.house))


_MECHANISM = 3


def _without_mechanisms(found: list[Wrapper]) -> Iterator[Wrapper]:
    """Without methods that all go through one foreign call: that is how their class works, not what they stand for."""
    users = Counter((item.path, item.house.rpartition(".")[0], item.foreign) for item in found)
    for item in found:
        owner = item.house.rpartition(".")[0]
        if not owner or users[item.path, owner, item.foreign] < _MECHANISM:
            yield item


def _in_file(facts: Facts, uses: Uses) -> Iterator[Wrapper]:
    for symbol in facts.outline.symbols:
        if symbol.kind not in ("function", "method", "class") or symbol.name.startswith("__"):
            continue
        if symbol.kind == "method" and symbol.name in (symbol.scope.rpartition(".")[2], "new", "constructor"):
            continue  # a constructor: its class is judged
        if symbol.kind == "class":
            yield from _subclass(facts, symbol, uses)
            if facts.language in BY_SIGHT:
                continue  # which foreign class it stands for cannot be told well enough from names alone
        yield from _wraps(facts, symbol, uses)


def _wraps(facts: Facts, symbol: Symbol, uses: Uses) -> Iterator[Wrapper]:
    house = uses.of_house(facts, symbol)
    if sum(path not in uses.tests for path, _ in house) < _LEAST_REAL_USES:
        return
    if len(house) < _LEAST_USES or len({path for path, _ in house}) < _LEAST_FILES:
        return
    body = _Body(facts, symbol)
    for name in body.kinds:
        elsewhere = uses.elsewhere(name, facts.path)
        if _stands_for(body, name, house, elsewhere):
            yield _wrapper(facts, symbol, name, house, elsewhere, "wraps")
    if symbol.kind == "function":
        yield from _by_helper(facts, body, house, uses)


def _by_helper(facts: Facts, body: "_Body", house: Places, uses: Uses) -> Iterator[Wrapper]:
    """Foreign names that a helper of the same file calls, where all three are kin: zmalloc, ztrymalloc, malloc."""
    for helper in facts.outline.symbols:
        if helper.kind != "function" or helper.name not in body.own or helper is body.symbol:
            continue
        inner = _Body(facts, helper)
        for name in inner.kinds:
            elsewhere = uses.elsewhere(name, facts.path)
            if (
                kin(body.symbol.name, name) == BEARS == kin(helper.name, name)
                and not is_neutral(name)
                and standing(helper, facts.lines, inner.kinds[name]).returned
                and _stands_for(inner, name, house, elsewhere)
            ):
                yield _wrapper(facts, body.symbol, name, house, elsewhere, f"through {helper.name}")


class _Body:
    """What a definition calls."""

    def __init__(self, facts: Facts, symbol: Symbol) -> None:
        self.symbol = symbol
        self.lines = facts.lines
        every = list(facts.inside(symbol, facts.calls))
        self.calls = len(every)
        self.own = {call.written for call in every if not call.full}
        self.kinds: dict[str, list[Call]] = {}
        """The foreign calls by full name."""
        for call in every:
            if tells(call, facts.language, symbol.name):
                self.kinds.setdefault(call.full, []).append(call)
        rows = symbol.end_line - symbol.line + 1
        self.focused = len(self.kinds) <= _FOCUSED_KINDS and self.calls <= _FOCUSED_CALLS and rows <= _FOCUSED_LINES
        self.plain = self.calls <= _PLAIN_CALLS and len(self.kinds) <= _PLAIN_KINDS and rows <= _FOCUSED_LINES


def _stands_for(body: _Body, name: str, house: Places, elsewhere: Places) -> bool:
    """Whether who is about to write the foreign name should be shown the house one."""
    alike = kin(body.symbol.name, name)
    kind = body.symbol.kind
    share = len(house) / (len(house) + len(elsewhere))
    bears = alike == BEARS and kind == "function"
    if share < (_SHARE if not bears else _BUILTIN_SHARE if name in COMMON_BUILTINS else _BEARS_SHARE):
        return False
    if kind == "class":
        return alike == BEARS and not is_neutral(name) and share >= _CLASS_SHARE
    if not alike and (is_neutral(name) or _MAKES.match(body.symbol.name)):
        return False
    settled = not elsewhere and len({path for path, _ in house}) >= _SETTLED_FILES and kind == "function"
    if settled and (alike == SHARES or (not alike and body.focused)):
        return True
    how = standing(body.symbol, body.lines, body.kinds[name])
    if how.is_parameter:
        return False
    if not alike:
        return body.plain and not elsewhere and how.returned and (how.handed or not how.arguments)
    if kind == "method" and not body.plain:
        return False
    if alike == BEARS and how.returned:
        return True
    return (alike == BEARS or how.returned) and (how.handed or not how.parameters)


def _subclass(facts: Facts, symbol: Symbol, uses: Uses) -> Iterator[Wrapper]:
    for call in facts.bases:
        if call.line != symbol.line or not tells(call, facts.language, symbol.name):
            continue
        if facts.language == "csharp" and re.match(r"I[A-Z]", call.full):
            continue  # an interface stands for nothing that could be called instead
        house = uses.of_house(facts, symbol)
        alone = len(uses.foreign[call.full]) == 1 and not is_neutral(call.full)
        if alone and len({path for path, _ in house}) >= _LEAST_FILES:
            yield _wrapper(facts, symbol, call.full, house, [], "subclasses")


def _through(files: list[Facts], found: list[Wrapper], uses: Uses) -> Iterator[Wrapper]:
    """Functions that everybody calls to get at a house class that nobody makes otherwise (a set-up function)."""
    classes = {
        item.house: item
        for item in found
        if item.how == "subclasses" and len({path for path, _ in uses.last[item.house]} - uses.tests - {item.path}) == 1
    }
    for facts in files:
        if facts.is_test:
            continue
        for symbol in facts.outline.symbols:
            if symbol.kind not in ("function", "method"):
                continue
            house = uses.of_house(facts, symbol)
            if len({path for path, _ in house}) < _LEAST_FILES:
                continue
            for call in facts.inside(symbol, facts.calls):
                made = classes.get(call.written.rpartition(".")[2])
                if made is not None and made.path != facts.path:
                    yield _wrapper(facts, symbol, made.foreign, house, [], f"through {made.house}")


def _wrapper(facts: Facts, symbol: Symbol, foreign: str, house: Places, elsewhere: Places, how: str) -> Wrapper:
    witnesses = tuple(f"{path}:{line}" for path, line in house[:3])
    files = len({path for path, _ in house})
    name = symbol.qualified if symbol.kind == "method" else symbol.name
    return Wrapper(name, facts.path, symbol.line, foreign, len(house), files, len(elsewhere), how, witnesses)
