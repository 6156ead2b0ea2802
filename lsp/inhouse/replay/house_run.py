"""Asks at convention positions which way comes: the house's, the foreign one or another.

B1 is what is written. B2 needs no writing: P(house) / (P(house) + P(foreign)), from the log probabilities of the calls.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from inhouse.completion import CompletionRequest, Settings
from inhouse.model import CancelFlag, Engine
from inhouse.replay.house import HouseCase
from inhouse.replay.opened import WITHOUT_MEMORY, OpenArm, opened
from inhouse.replay.score import Interval, difference, ratio


@dataclass(frozen=True, slots=True)
class HouseRow:
    id: str
    arm: str
    stratum: str
    """warm or cold."""
    path: str
    house: str
    foreign: str
    text: str
    first: str
    """What comes first in the text: house, foreign or other."""
    odds: float | None
    """B2; None where the arm has no model."""

    def json(self) -> dict[str, object]:
        return asdict(self)

    @staticmethod
    def parse(raw: Mapping[str, Any]) -> HouseRow:
        return HouseRow(**raw)


def run_house(
    settings: Settings,
    engine: Engine,
    root: Path,
    cases: Sequence[HouseCase],
    arms: Sequence[str],
    finished: Collection[tuple[str, str]],
    done: Callable[[HouseRow], None],
) -> None:
    """Ask at every position in every arm but for what is finished: (arm, id)."""
    left = [case for case in cases if any((arm, case.case.id) not in finished for arm in arms)]
    if not left:
        return
    with ExitStack() as stack:
        running = [stack.enter_context(opened(arm, settings, engine, root, **WITHOUT_MEMORY)) for arm in arms]
        for case in left:
            for arm in running:
                if (arm.arm, case.case.id) not in finished:
                    arm.files.left_out = case.case.exclude
                    done(_ask(arm, root, case))


def _ask(arm: OpenArm, root: Path, position: HouseCase) -> HouseRow:
    case, pair = position.case, position.pair
    document = case.prefix + case.suffix
    request = CompletionRequest(
        root, root / case.path, document, len(case.prefix), invoked=True, lines=1, exclude=case.exclude
    )
    items = arm.assistant.complete(request, CancelFlag()).items
    text = items[0].text if items else ""
    foreign = [call for call in pair.foreign_calls if call != position.call]
    judged = arm.assistant.judge(request, [position.call, *foreign], CancelFlag())
    odds = None
    if judged:
        house, *others = (math.exp(one.log_probability) for one in judged)
        odds = round(house / (house + sum(others) + 1e-300), 6)
    name = first_way(text, pair.house, [call.rstrip("(") for call in pair.foreign_calls])
    return HouseRow(case.id, arm.arm, case.kind, case.path, pair.house, pair.foreign, text, name, odds)


def first_way(text: str, house: str, foreign: Iterable[str]) -> str:
    """Which of the two stands first as a whole name."""
    places = {at: "foreign" for name in foreign if (at := _find(text, name)) >= 0}
    at = _find(text, house)
    if at >= 0:
        places[at] = "house"
    return places[min(places)] if places else "other"


def _find(text: str, name: str) -> int:
    at = text.find(name)
    while at >= 0:
        before, after = text[at - 1 : at] if at else "", text[at + len(name) : at + len(name) + 1]
        if not _is_word(before) and not _is_word(after):
            return at
        at = text.find(name, at + 1)
    return -1


def _is_word(letter: str) -> bool:
    return letter.isalnum() or letter == "_"


@dataclass(frozen=True, slots=True)
class HouseSummary:
    """Of one arm in one stratum; shares from 0 to 1 with 95 % intervals by file."""

    arm: str
    stratum: str
    cases: int
    house: Interval
    """B1: the share in which the house's way comes first."""
    foreign: Interval
    odds: Interval | None
    """B2: the mean of P(house) / (P(house) + P(foreign))."""
    preferred: float | None
    """The share in which the house's call is likelier than all foreign ones together."""
    odds_against_first: Interval | None
    house_against_first: Interval | None


def house_summaries(rows: Sequence[HouseRow]) -> list[HouseSummary]:
    """One summary an arm and stratum, in the order of the rows."""
    groups: dict[tuple[str, str], dict[str, HouseRow]] = {}
    for row in rows:
        groups.setdefault((row.stratum, row.arm), {})[row.id] = row
    first = {stratum: found for (stratum, _), found in reversed(groups.items())}
    return [
        _summary(arm, stratum, found, None if first[stratum] is found else first[stratum])
        for (stratum, arm), found in sorted(groups.items(), key=lambda entry: entry[0][0])
    ]


def _summary(
    arm: str, stratum: str, found: Mapping[str, HouseRow], first: Mapping[str, HouseRow] | None
) -> HouseSummary:
    rows = list(found.values())
    paths, ones = [row.path for row in rows], [1.0] * len(rows)
    judged = [row for row in rows if row.odds is not None]
    pairs = [(row, first[row.id]) for row in rows if first is not None and row.id in first]
    both = [(row, other) for row, other in pairs if row.odds is not None and other.odds is not None]
    return HouseSummary(
        arm=arm,
        stratum=stratum,
        cases=len(rows),
        house=ratio([float(row.first == "house") for row in rows], ones, paths),
        foreign=ratio([float(row.first == "foreign") for row in rows], ones, paths),
        odds=ratio([row.odds or 0.0 for row in judged], [1.0] * len(judged), [row.path for row in judged])
        if judged
        else None,
        preferred=sum((row.odds or 0.0) > 0.5 for row in judged) / len(judged) if judged else None,
        odds_against_first=difference(
            [row.odds or 0.0 for row, _ in both],
            [other.odds or 0.0 for _, other in both],
            [row.path for row, _ in both],
        )
        if both
        else None,
        house_against_first=difference(
            [float(row.first == "house") for row, _ in pairs],
            [float(other.first == "house") for _, other in pairs],
            [row.path for row, _ in pairs],
        )
        if pairs
        else None,
    )
