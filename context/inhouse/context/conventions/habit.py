"""One habit of a project: what most of the cases do, how many there are, and places that show it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from inhouse.context.conventions.facts import Facts
from inhouse.context.outline import Symbol

LEAST = 5
"""Fewer cases make no habit."""

WITNESSES = 3
"""Places named for a habit, spread over all of them."""


@dataclass(frozen=True, slots=True)
class Habit:
    """What the project does about one thing."""

    topic: str
    choice: str
    share: float
    count: int
    """Cases counted, of which share follow the choice."""
    language: str
    witnesses: tuple[str, ...] = ()


def habit(topic: str, language: str, cases: Iterable[tuple[str, str]]) -> Iterator[Habit]:
    """The most frequent choice among (choice, witness) cases."""
    counted: dict[str, list[str]] = {}
    for choice, witness in cases:
        counted.setdefault(choice, []).append(witness)
    total = sum(len(places) for places in counted.values())
    if total >= LEAST:
        choice = max(sorted(counted), key=lambda name: len(counted[name]))
        places = counted[choice]
        yield Habit(topic, choice, len(places) / total, total, language, spread(places))


def spread(places: list[str]) -> tuple[str, ...]:
    """A few of the places, from the first to the last files."""
    return tuple(places[:: max(1, len(places) // WITNESSES)][:WITNESSES])


def at(facts: Facts, symbol: Symbol) -> str:
    """The place of a definition."""
    return f"{facts.path}:{symbol.line}"
