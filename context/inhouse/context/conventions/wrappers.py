"""House wrappers: the project's own functions and classes that stand before a foreign API, which the rest avoids.

Judged by counting (the house name is called from elsewhere, the foreign one is not, or much less), by the names, and by
how the foreign call stands in the body. How often that is right: docs/wrappers.md.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from inhouse.context.conventions.counting import Places, Uses, count
from inhouse.context.conventions.facts import BY_SIGHT, Facts
from inhouse.context.conventions.foreign import is_neutral, tells
from inhouse.context.conventions.judging import CLASS_SHARE, Body, bearing_share, share, stands_for
from inhouse.context.conventions.kin import BEARS, kin
from inhouse.context.conventions.standing import standing
from inhouse.context.outline import Symbol

_LEAST_USES = 3
_LEAST_FILES = 2
"""A helper that is called twice, or in one file only, is no habit yet."""

_LEAST_REAL_USES = 2
"""Calls that are not in tests: what only tests call shows no habit of the program."""

_CARRIES = ("EventArgs", "Attribute")
"""C# classes that are derived from, never used as they are."""


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
    body = Body(facts, symbol)
    for name in body.kinds:
        elsewhere = uses.elsewhere(name, facts.path)
        if stands_for(body, name, house, elsewhere):
            yield _wrapper(facts, symbol, name, house, elsewhere, "wraps")
    if symbol.kind == "function":
        yield from _by_helper(facts, body, house, uses)


def _by_helper(facts: Facts, body: Body, house: Places, uses: Uses) -> Iterator[Wrapper]:
    """Foreign names that a helper of the same file calls, where all three are kin: zmalloc, ztrymalloc, malloc."""
    for helper in facts.outline.symbols:
        if helper.kind != "function" or helper.name not in body.own or helper is body.symbol:
            continue
        if uses.of_house(facts, helper):
            continue  # a house way itself
        inner = Body(facts, helper)
        for name in inner.kinds:
            elsewhere = uses.elsewhere(name, facts.path)
            if (
                kin(body.symbol.name, name) == BEARS
                and name.rpartition(".")[2].lower() in helper.name.lower()
                and not is_neutral(name)
                and share(house, elsewhere) >= bearing_share(name)
                and standing(helper, facts.lines, inner.kinds[name]).returned
            ):
                yield _wrapper(facts, body.symbol, name, house, elsewhere, f"through {helper.name}")


def _subclass(facts: Facts, symbol: Symbol, uses: Uses) -> Iterator[Wrapper]:
    for call in facts.bases:
        if call.line != symbol.line or not tells(call, facts.language, symbol.name):
            continue
        if facts.language == "csharp" and (re.match(r"I[A-Z]", call.full) or call.full.endswith(_CARRIES)):
            continue  # an interface stands for nothing that could be called instead
        house = uses.of_house(facts, symbol)
        if len({path for path, _ in house}) < _LEAST_FILES or is_neutral(call.full):
            continue
        elsewhere = uses.elsewhere(call.full, facts.path)
        bears = kin(symbol.name, call.full) == BEARS and share(house, elsewhere) >= CLASS_SHARE
        if bears or uses.alone(call.full, facts.language):
            yield _wrapper(facts, symbol, call.full, house, elsewhere, "subclasses")


def _through(files: list[Facts], found: list[Wrapper], uses: Uses) -> Iterator[Wrapper]:
    """Functions that everybody calls to get at a house class that nobody makes otherwise (a set-up function)."""
    classes = {
        item.house: item for item in found if item.how == "subclasses" and uses.made_in(item.house, item.path) == 1
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
