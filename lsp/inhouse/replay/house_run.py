"""Asks at convention positions which way comes: the house's, the foreign one or another.

B1 is what is written: pattern intrusion is the foreign one, at a place where the truth is the house's. B2 needs no
writing: P(house) / (P(house) + P(foreign)), from the log probabilities of the calls.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from inhouse.completion import CompletionRequest, Settings
from inhouse.completion.display import would_show
from inhouse.model import CancelFlag, Engine
from inhouse.replay.arms import ARMS
from inhouse.replay.house import HouseCase
from inhouse.replay.opened import WITHOUT_MEMORY, OpenArm, opened
from inhouse.replay.score import Interval, difference, highest_share, ratio


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
    shown: bool
    """Whether the text would be shown while typing."""
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
                    done(_ask(arm, root, case, ARMS[arm.arm].settings(settings).show_above))


def _ask(arm: OpenArm, root: Path, position: HouseCase, show_above: float) -> HouseRow:
    case, pair = position.case, position.pair
    document = case.prefix + case.suffix
    request = CompletionRequest(
        root, root / case.path, document, len(case.prefix), invoked=True, lines=1, exclude=case.exclude
    )
    items = arm.assistant.complete(request, CancelFlag()).items
    text = items[0].text if items else ""
    shown = bool(items) and would_show(items[0].probability, items[0].features, show_above)
    foreign = [call for call in pair.foreign_calls if call != position.call]
    judged = arm.assistant.judge(request, [position.call, *foreign], CancelFlag())
    odds = None
    if judged:
        house, *others = (math.exp(one.log_probability) for one in judged)
        odds = round(house / (house + sum(others) + 1e-300), 6)
    name = first_way(text, pair.house, [call.rstrip("(") for call in pair.foreign_calls])
    return HouseRow(case.id, arm.arm, case.kind, case.path, pair.house, pair.foreign, text, name, shown, odds)


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
    """Pattern intrusion: the share in which the foreign one does."""
    foreign_at_most: float
    """What the share of the foreign one may be at most, with 97.5 % confidence, were each case by itself: says
    something where it never came, too."""
    shown: float
    """The share in which the answer would be shown while typing."""
    shown_house: float
    """The share in which it would and the house's way comes first."""
    shown_foreign: float
    odds: Interval | None
    """B2: the mean of P(house) / (P(house) + P(foreign))."""
    preferred: float | None
    """The share in which the house's call is likelier than all foreign ones together."""
    against: Mapping[str, Mapping[str, Interval]]
    """Measure by measure minus that of another arm at the same positions."""


_PAIRED: Mapping[str, Callable[[HouseRow], float | None]] = {
    "odds": lambda row: row.odds,
    "house": lambda row: float(row.first == "house"),
    "foreign": lambda row: float(row.first == "foreign"),
    "shown_foreign": lambda row: float(row.shown and row.first == "foreign"),
}


def house_summaries(rows: Sequence[HouseRow], against: Sequence[str] = ()) -> list[HouseSummary]:
    """One summary an arm and stratum, in the order of the rows; compared with the first arm and those in `against`."""
    strata: dict[str, dict[str, dict[str, HouseRow]]] = {}
    for row in rows:
        strata.setdefault(row.stratum, {}).setdefault(row.arm, {})[row.id] = row
    found: list[HouseSummary] = []
    for stratum, arms in sorted(strata.items()):
        rivals = [arm for arm in dict.fromkeys([next(iter(arms)), *against]) if arm in arms]
        for arm, own in arms.items():
            others = {other: arms[other] for other in rivals if other != arm}
            found.append(_summary(arm, stratum, list(own.values()), others))
    return found


def _summary(
    arm: str, stratum: str, rows: Sequence[HouseRow], rivals: Mapping[str, Mapping[str, HouseRow]]
) -> HouseSummary:
    judged = [row for row in rows if row.odds is not None]
    return HouseSummary(
        arm=arm,
        stratum=stratum,
        cases=len(rows),
        house=_share(rows, _PAIRED["house"]),
        foreign=_share(rows, _PAIRED["foreign"]),
        foreign_at_most=highest_share(sum(row.first == "foreign" for row in rows), len(rows)),
        shown=_share(rows, lambda row: float(row.shown)).mean,
        shown_house=_share(rows, lambda row: float(row.shown and row.first == "house")).mean,
        shown_foreign=_share(rows, _PAIRED["shown_foreign"]).mean,
        odds=_share(judged, _PAIRED["odds"]) if judged else None,
        preferred=sum((row.odds or 0.0) > 0.5 for row in judged) / len(judged) if judged else None,
        against={other: _differences(rows, theirs) for other, theirs in rivals.items()},
    )


def _share(rows: Sequence[HouseRow], read: Callable[[HouseRow], float | None]) -> Interval:
    return ratio([read(row) or 0.0 for row in rows], [1.0] * len(rows), [row.path for row in rows])


def _differences(rows: Sequence[HouseRow], rival: Mapping[str, HouseRow]) -> dict[str, Interval]:
    found: dict[str, Interval] = {}
    for measure, read in _PAIRED.items():
        pairs = [(read(row), read(rival[row.id]), row.path) for row in rows if row.id in rival]
        both = [(mine, theirs, path) for mine, theirs, path in pairs if mine is not None and theirs is not None]
        if both:
            mine, theirs, paths = zip(*both, strict=True)
            found[measure] = difference(mine, theirs, paths)
    return found
