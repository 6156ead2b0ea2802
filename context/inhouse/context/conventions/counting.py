"""Where every name of a project is called: what house names and foreign names are weighed by."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from inhouse.context.conventions.facts import Facts
from inhouse.context.outline import Symbol
from inhouse.context.scope import builtin_names
from inhouse.context.terms import split

Places = list[tuple[str, int]]
"""Calls as (path, line)."""


def _places() -> dict[str, Places]:
    return defaultdict(list)


@dataclass(slots=True)
class Uses:
    """Where names are called: by full foreign name, and by the last part of any written name."""

    foreign: dict[str, Places] = field(default_factory=_places)
    last: dict[str, Places] = field(default_factory=_places)
    static: dict[str, Places] = field(default_factory=_places)
    """Calls by class and method, `Log.write`: sure to be that class's where one file defines it."""
    methods: dict[str, Places] = field(default_factory=_places)
    """Calls on objects, by the method's name: never calls of a module's function."""
    definers: Counter[str] = field(default_factory=Counter[str])
    tests: set[str] = field(default_factory=set[str])
    """Their paths."""

    def elsewhere(self, foreign: str, path: str) -> Places:
        """The calls of a foreign name in other files than one."""
        return [place for place in self.foreign[foreign] if place[0] != path]

    def of_house(self, facts: Facts, symbol: Symbol) -> Places:
        """Calls of a house name from other files; none when too many files define the name to tell whose it is."""
        method = symbol.kind == "method"
        if not method and symbol.name in builtin_names(facts.language):
            return []
        owner = symbol.scope.rpartition(".")[2]
        if method and self.definers[owner] == 1 and (static := self.static.get(f"{owner}.{symbol.name}")):
            return [place for place in static if place[0] != facts.path]
        if self.definers[symbol.name] > (1 if method else 2) or (method and len(split(symbol.name)) < _METHOD_WORDS):
            return []
        called = [*self.last[symbol.name], *(self.methods[symbol.name] if method else ())]
        return [place for place in called if place[0] != facts.path]


_METHOD_WORDS = 3
"""Terms of a method's name, itself among them: `x.save()` and `x.backward()` are methods of anything."""


def count(files: Iterable[Facts]) -> Uses:
    """The calls and bases of all files."""
    uses = Uses()
    headers: Counter[str] = Counter()
    for facts in files:
        if facts.is_test:
            uses.tests.add(facts.path)
        modules = {name for item in facts.outline.imports for name in (item.local, item.module.rpartition("/")[2])}
        for call in (*facts.calls, *facts.bases):
            place = (facts.path, call.line)
            first, dot, _ = call.written.partition(".")
            owner, _, name = call.written.rpartition(".")
            if owner[:1].isupper() and not call.full:
                uses.static[f"{owner.rpartition('.')[2]}.{name}"].append(place)
            if call.full:
                uses.foreign[call.full].append(place)
            elif dot and first not in modules and not first[:1].isupper():
                uses.methods[name].append(place)
            else:
                uses.last[name].append(place)
        names = {symbol.name for symbol in facts.outline.symbols}
        (headers if facts.path.endswith(_HEADERS) else uses.definers).update(names)
    uses.definers.update({name: number for name, number in headers.items() if name not in uses.definers})
    return uses


_HEADERS = (".h", ".hpp", ".hh", ".hxx")
"""They declare what another file defines."""
