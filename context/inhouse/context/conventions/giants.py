"""Absent giants: popular libraries that a project does without, where it has a way of its own.

What is popular stands in giants.json beside this module: topic, words of house names, libraries by language.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from inhouse.context.conventions.facts import Facts
from inhouse.context.outline import tops
from inhouse.context.terms import split

_LEAST_FILES = 3
"""A house way is one that so many files go."""


@dataclass(frozen=True, slots=True)
class Giant:
    """A topic in which the project uses its own names and none of the popular libraries."""

    topic: str
    absent: tuple[str, ...]
    house: tuple[str, ...]
    """The project's own names for it, most used first."""
    files: int
    witnesses: tuple[str, ...]


@cache
def _table() -> Mapping[str, Mapping[str, Mapping[str, list[str]]]]:
    file = resources.files("inhouse.context.conventions").joinpath("giants.json")
    table: Mapping[str, Mapping[str, Mapping[str, list[str]]]] = json.loads(file.read_text(encoding="utf-8"))
    return table


def giants(every: Iterable[Facts]) -> list[Giant]:
    """The absent giants of a project's main language."""
    files = list(every)
    languages = [facts.language for facts in files]
    if not languages:
        return []
    main = max(sorted(set(languages)), key=languages.count)
    used = _used(files)
    homes = _homes(files)
    found: list[Giant] = []
    for topic, entry in _table().get("tsx" if main == "tsx" else main, {}).items():
        libraries = entry["libraries"]
        if any(_is_of(name, _plain(library)) for name in used for library in libraries):
            continue
        if not all(any(_is_of(name, needed) for name in used) for needed in entry.get("when", ())):
            continue  # of no use to a project without
        words = frozenset(entry["words"])
        house = {
            name: users for name, users in homes.items() if words & set(split(name)) and len(users) >= _LEAST_FILES
        }
        if house:
            ranked = sorted(house, key=lambda name: (-len(house[name]), name))
            users = sorted({place for name in ranked for place in house[name]})
            found.append(
                Giant(topic, tuple(libraries), tuple(ranked[:3]), len({path for path, _ in users}), _cite(users))
            )
    return found


def _used(files: Iterable[Facts]) -> set[str]:
    """The full names of what a project imports, calls and inherits from; libraries are named by the first parts."""
    found: set[str] = set()
    for facts in files:
        for item in facts.outline.imports:
            module = _plain(item.module)
            found |= {module, f"{module}.{item.name}"} if item.name not in ("", "*") else {module}
        found |= {_plain(call.full) for call in (*facts.calls, *facts.bases) if "." in call.full}
    return found


def _plain(name: str) -> str:
    """One form for names of modules in all languages: `\\Monolog\\Logger` and `tokio::time` with dots."""
    return name.replace("::", ".").replace("\\", ".").strip(".").lstrip("@")


def _is_of(name: str, library: str) -> bool:
    return name == library or name.startswith((library + ".", library + "/"))


def _homes(files: Iterable[Facts]) -> dict[str, set[tuple[str, int]]]:
    """The project's own top-level names with the places in other files that call them or something of theirs."""
    kept = list(files)
    defined: dict[str, str] = {}
    for facts in kept:
        if not facts.is_test:
            for symbol in tops(facts.outline):
                if symbol.kind in ("function", "class"):
                    defined.setdefault(symbol.name, facts.path)
    homes: dict[str, dict[str, int]] = {name: {} for name in defined}
    for facts in kept:
        for call in facts.calls:
            parts = call.written.split(".")
            for name in dict.fromkeys((parts[-1], parts[0])):
                if not call.full and name in homes and defined[name] != facts.path:
                    homes[name].setdefault(facts.path, call.line)
    return {name: set(places.items()) for name, places in homes.items()}


def _cite(places: Iterable[tuple[str, int]]) -> tuple[str, ...]:
    return tuple(f"{path}:{line}" for path, line in list(places)[:3])
