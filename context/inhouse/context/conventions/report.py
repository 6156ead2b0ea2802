"""Puts the mined conventions together: as data with witnesses, as JSON, as a text to read."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from inhouse.context.conventions.deprecated import Deprecated, deprecated
from inhouse.context.conventions.facts import Facts, IsProject, Resolves, read_facts
from inhouse.context.conventions.giants import Giant, giants
from inhouse.context.conventions.habit import Habit
from inhouse.context.conventions.habits import habits
from inhouse.context.conventions.pinned import PINNED, pinned
from inhouse.context.conventions.pins import Pins
from inhouse.context.conventions.sighting import by_sight
from inhouse.context.conventions.wrappers import Wrapper, wrappers

_SHOWN = 40
"""Entries of a kind that the text report lists; JSON has all."""


@dataclass(frozen=True, slots=True)
class Witness:
    """A real line of the project that shows a convention."""

    path: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class House:
    """The conventions as sets of plain names, for a bias."""

    foreign: Mapping[str, str] = field(default_factory=dict[str, str])
    """The last part of a foreign name (init_process_group), and the house name that stands before it (compute_init)."""
    deprecated: Mapping[str, str] = field(default_factory=dict[str, str])
    """Deprecated names of the project, with what replaces them ("" when nothing is said)."""


@dataclass(frozen=True, slots=True)
class Conventions:
    """Everything mined in one project."""

    wrappers: tuple[Wrapper, ...] = ()
    giants: tuple[Giant, ...] = ()
    deprecated: tuple[Deprecated, ...] = ()
    habits: tuple[Habit, ...] = ()
    files: int = 0
    problem: str = ""
    card: tuple[Witness, ...] = ()
    """Lines that use the most settled house ways, for the convention card of a prompt."""

    def house(self) -> House:
        """The pairs and the deprecated names; where one foreign name has several house names, the most used."""
        foreign: dict[str, str] = {}
        for item in self.wrappers:
            if item.foreign:
                foreign.setdefault(_last(item.foreign), item.house)
        return House(foreign, {_last(item.name): item.instead for item in self.deprecated})

    def to_json(self) -> dict[str, Any]:
        """Plain data; wrappers with their share."""
        data = asdict(self)
        for entry, wrapper in zip(data["wrappers"], self.wrappers, strict=True):
            entry["share"] = round(wrapper.share, 3)
        return data

    def render(self) -> str:
        """A report for people."""
        parts = [f"Conventions of {self.files} files, each with its evidence."]
        if self.problem:
            parts.append(self.problem)
        parts += [*_wrappers_text(self.wrappers), *_giants_text(self.giants)]
        parts += [*_deprecated_text(self.deprecated), *_habits_text(self.habits)]
        return "\n".join(parts) + "\n"


def mine(
    texts: Iterable[tuple[str, str, str]],
    modules: Resolves,
    pins: Pins | None = None,
    stop: Callable[[], bool] | None = None,
) -> Conventions:
    """The conventions of (path, language, text) files; modules tells project imports from foreign ones."""
    every: list[Facts] = []
    for path, language, text in texts:
        if stop and stop():
            break
        every.append(read_facts(path, language, text, IsProject(modules, path, language)))
    by_sight(every)
    pins = pins or Pins()
    found = pinned(wrappers(every), pins, every)
    by_path = {facts.path: facts for facts in every}
    return Conventions(
        tuple(found),
        tuple(item for item in giants(every) if not pins.denies(item.topic)),
        tuple(item for facts in every for item in deprecated(facts) if not pins.denies(item.name)),
        tuple(item for item in habits(every) if not pins.denies(item.topic)),
        len(every),
        pins.problem,
        tuple(_card(found, by_path)),
    )


def _last(house: str) -> str:
    return house.rpartition(".")[2]


_CARD_LINES = 24


def _card(found: Iterable[Wrapper], files: Mapping[str, Facts]) -> Iterable[Witness]:
    """One short line for each wrapper, from a file that uses it; of a pin that none does, its definition."""
    count = 0
    for item in found:
        home = (f"{item.path}:{item.line}",) if item.how == PINNED and item.path else ()
        for witness in (*item.witnesses, *home):
            path, _, number = witness.rpartition(":")
            text = files[path].lines[int(number) - 1].strip() if path in files else ""
            if 8 <= len(text) <= 100 and re.search(rf"\b{re.escape(_last(item.house))}\b", text):
                yield Witness(path, int(number), text)
                count += 1
                break
        if count == _CARD_LINES:
            return


_TIMES = {0: "never", 1: "once", 2: "twice"}


def _wrappers_text(found: tuple[Wrapper, ...]) -> Iterable[str]:
    if found:
        yield f"\nHouse ways instead of foreign ones ({len(found)})"
    for item in found[:_SHOWN]:
        counts = (
            f"{item.house_uses} calls in {item.house_files} files, the foreign one elsewhere "
            f"{_TIMES.get(item.foreign_uses, f'{item.foreign_uses} times')}"
        )
        place = f"{item.path}:{item.line}" if item.path else "inhouse.toml"
        yield (
            f"  {item.house}  ({place})  {item.how} {item.foreign}: {counts} ({item.share:.0%})"
            if item.path
            else (f"  {item.house}  ({place})  instead of {item.foreign}")
        )
        if item.witnesses:
            yield f"      e.g. {', '.join(item.witnesses)}"


def _giants_text(found: tuple[Giant, ...]) -> Iterable[str]:
    if found:
        yield "\nPopular libraries that are absent where the project has its own way"
    for item in found:
        own = ", ".join(item.house)
        yield f"  {item.topic}: {own} in {item.files} files; no {', '.join(item.absent)}"
        yield f"      e.g. {', '.join(item.witnesses)}"


def _deprecated_text(found: tuple[Deprecated, ...]) -> Iterable[str]:
    if found:
        yield f"\nDeprecated by the project itself ({len(found)})"
    for item in found[:_SHOWN]:
        instead = f"; use {item.instead}" if item.instead else ""
        yield f"  {item.name}  ({item.path}:{item.line})  {item.mark}{instead}"


def _habits_text(found: tuple[Habit, ...]) -> Iterable[str]:
    if found:
        yield "\nHabits of writing"
    for item in found:
        places = f"  e.g. {', '.join(place for place in item.witnesses if place)}" if any(item.witnesses) else ""
        yield f"  [{item.language}] {item.topic}: {item.choice} ({item.share:.0%} of {item.count}){places}"
