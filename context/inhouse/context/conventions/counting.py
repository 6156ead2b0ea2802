"""Where every name of a project is called: what house names and foreign names are weighed by."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from inhouse.context.conventions.facts import BY_SIGHT, Facts
from inhouse.context.outline import Symbol
from inhouse.context.scope import builtin_names
from inhouse.context.terms import split

Places = list[tuple[str, int]]
"""Calls as (path, line)."""


def _places() -> dict[Any, Places]:
    return defaultdict(list)


def _owned() -> dict[tuple[str, str], list[tuple[str, tuple[str, int]]]]:
    return defaultdict(list)


_FAMILIES = {"typescript": "javascript", "tsx": "javascript", "cpp": "c"}
"""Languages that call each other's functions by name."""

_BARE_METHODS = frozenset({"ruby", "python", "go", "rust", "lua", "javascript", "c"})
"""Families in which a name without an object may be a method: mixed in, or brought in by itself."""

_SPACES = frozenset({"javascript", "lua", "python", "c"})
"""Families in which a capitalised name may hold a function: `import * as Utils`."""


@dataclass(slots=True)
class Uses:
    """Where names are called, in each family of languages: by full foreign name, and by the last part as written."""

    foreign: dict[str, Places] = field(default_factory=_places)
    last: dict[tuple[str, str], Places] = field(default_factory=_places)
    static: dict[str, Places] = field(default_factory=_places)
    """Calls by class and method, `Log.write`: sure to be that class's where one file defines it."""
    owned: dict[tuple[str, str], list[tuple[str, tuple[str, int]]]] = field(default_factory=_owned)
    """Calls of a capitalised name's function: the name, and where."""
    methods: dict[tuple[str, str], Places] = field(default_factory=_places)
    """Calls on objects, by the method's name: never calls of a module's function."""
    definers: Counter[str] = field(default_factory=Counter[str])
    tests: set[str] = field(default_factory=set[str])
    """Their paths."""

    def elsewhere(self, foreign: str, path: str) -> Places:
        """The calls of a foreign name in other files than one."""
        return [place for place in self.foreign[foreign] if place[0] != path]

    def alone(self, foreign: str, language: str) -> bool:
        """Whether a foreign name is used in one place only; by its last part where nothing tells the full name."""
        if language not in BY_SIGHT:
            return len(self.foreign[foreign]) == 1
        last = foreign.rpartition(".")[2]
        return sum(len(places) for name, places in self.foreign.items() if name.rpartition(".")[2] == last) == 1

    def made_in(self, name: str, path: str) -> int:
        """How many files of the program, but for one, make an object of a class."""
        every = (place for key, places in self.last.items() if key[1] == name for place in places)
        return len({place[0] for place in every} - self.tests - {path})

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
        family = _family(facts.language)
        key = (family, symbol.name)
        called = list(self.last[key]) if not method or family in _BARE_METHODS else []
        owners = set(symbol.scope.split("."))
        called += [place for name, place in self.owned[key] if name in owners or (not owner and family in _SPACES)]
        called += self.methods[key] if method else ()
        return [place for place in called if place[0] != facts.path]


_METHOD_WORDS = 3
"""Terms of a method's name, itself among them: `x.save()` and `x.backward()` are methods of anything."""


def _family(language: str) -> str:
    return _FAMILIES.get(language, language)


def count(files: Iterable[Facts]) -> Uses:
    """The calls and bases of all files."""
    uses = Uses()
    headers: Counter[str] = Counter()
    for facts in files:
        if facts.is_test:
            uses.tests.add(facts.path)
        family = _family(facts.language)
        modules = {name for item in facts.outline.imports for name in (item.local, item.module.rpartition("/")[2])}
        for call in (*facts.calls, *facts.bases):
            place = (facts.path, call.line)
            first, dot, _ = call.written.partition(".")
            before, _, name = call.written.rpartition(".")
            owner = before.rpartition(".")[2]
            key = (family, name)
            if call.full:
                uses.foreign[call.full].append(place)
            elif owner in builtin_names(facts.language):
                continue  # `Math.random` is no call of the project's random()
            elif owner[:1].isupper():
                uses.static[f"{owner}.{name}"].append(place)
                uses.owned[key].append((owner, place))
            elif dot and first not in modules:
                uses.methods[key].append(place)
            else:
                uses.last[key].append(place)
        names = {symbol.name for symbol in facts.outline.symbols}
        (headers if facts.path.endswith(_HEADERS) else uses.definers).update(names)
    uses.definers.update({name: number for name, number in headers.items() if name not in uses.definers})
    return uses


_HEADERS = (".h", ".hpp", ".hh", ".hxx")
"""They declare what another file defines."""
