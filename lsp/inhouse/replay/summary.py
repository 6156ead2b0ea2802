"""Sums up rows, arm by arm, and compares them case by case. It runs nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from inhouse.replay.replay import Row
from inhouse.replay.score import Interval, difference


@dataclass(frozen=True, slots=True)
class Summary:
    """Of one arm over all cases; shares from 0 to 1, times in milliseconds."""

    arm: str
    cases: int
    exact: float
    exact_by_kind: Mapping[str, float]
    any_exact: float
    similarity: float
    identifier_f1: float
    first_identifier: float
    shown: float
    precision_shown: float
    """Of what is shown, the share that is exact."""
    right_shown: float
    """Of what is shown, the share of which all is right: also the first lines of longer blocks."""
    calibration_error: float
    """Expected calibration error over ten equal bins of the probability, of all that was suggested. Of a block's first
    lines these count: nobody says that there are no more."""
    intrusion: float
    """Of the cases whose truth has a house name, the share in which the foreign name stands in its place."""
    house_cases: int
    house_kept: float
    """Of them, the share in which the house name stands in the answer."""
    invented_shown: float
    """Of the names in what is shown, the share that is known nowhere."""
    invented: float
    """The same, of all that was suggested."""
    ms_p50: float
    ms_p95: float
    against: Mapping[str, Mapping[str, Interval]]
    """Measure by measure minus that of another arm on the same cases, with 95 % intervals by file."""


_PAIRED: Mapping[str, Callable[[Row], float]] = {
    "exact": lambda row: float(row.exact),
    "any_exact": lambda row: float(row.any_exact),
    "similarity": lambda row: row.similarity,
    "identifier_f1": lambda row: row.identifier_f1,
    "first_identifier": lambda row: float(row.first_identifier),
    "right_shown": lambda row: float(row.shown and row.exact),
    "invented": lambda row: float(row.invented > 0),
}


def summaries(rows: Sequence[Row], against: Sequence[str] = ()) -> list[Summary]:
    """One summary an arm, in the order of the rows; compared with the first arm and with those in `against`."""
    by_arm: dict[str, dict[str, Row]] = {}
    for row in rows:
        by_arm.setdefault(row.arm, {})[row.id] = row
    rivals = [arm for arm in dict.fromkeys([*list(by_arm)[:1], *against]) if arm in by_arm]
    return [
        _summary(arm, list(found.values()), {other: by_arm[other] for other in rivals if other != arm})
        for arm, found in by_arm.items()
    ]


def _summary(arm: str, rows: Sequence[Row], rivals: Mapping[str, Mapping[str, Row]]) -> Summary:
    kinds = sorted({row.kind for row in rows})
    shown = [row for row in rows if row.shown]
    house = [row for row in rows if row.house]
    p50, p95 = np.percentile([row.ms for row in rows], [50, 95])
    return Summary(
        arm=arm,
        cases=len(rows),
        exact=_share(row.exact for row in rows),
        exact_by_kind={kind: _share(row.exact for row in rows if row.kind == kind) for kind in kinds},
        any_exact=_share(row.any_exact for row in rows),
        similarity=_share(row.similarity for row in rows),
        identifier_f1=_share(row.identifier_f1 for row in rows),
        first_identifier=_share(row.first_identifier for row in rows),
        shown=_share(row.shown for row in rows),
        precision_shown=_share(row.exact for row in shown),
        right_shown=_share(row.right for row in shown),
        calibration_error=round(calibration_error([row for row in rows if row.text]), 4),
        intrusion=_share(row.intruded for row in house),
        house_cases=len(house),
        house_kept=_share(row.house in row.text for row in house),
        invented_shown=_invented(shown),
        invented=_invented(rows),
        ms_p50=round(float(p50), 1),
        ms_p95=round(float(p95), 1),
        against={name: _paired(rows, rival) for name, rival in rivals.items()},
    )


def _paired(rows: Sequence[Row], rival: Mapping[str, Row]) -> dict[str, Interval]:
    pairs = [(row, rival[row.id]) for row in rows if row.id in rival]
    groups = [row.path for row, _ in pairs]
    measures = {name: read for name, read in _PAIRED.items() if pairs}
    found = {
        name: difference([read(row) for row, _ in pairs], [read(other) for _, other in pairs], groups)
        for name, read in measures.items()
    }
    house = [(row, other) for row, other in pairs if row.house]
    if house:
        mine, theirs = [float(row.intruded) for row, _ in house], [float(other.intruded) for _, other in house]
        found["intrusion"] = difference(mine, theirs, [row.path for row, _ in house])
    return found


def calibration_error(rows: Sequence[Row]) -> float:
    """Expected calibration error: the mean gap between stated and true share, over ten equal bins."""
    bins: dict[int, list[Row]] = {}
    for row in rows:
        bins.setdefault(min(9, int(row.probability * 10)), []).append(row)
    gaps = (
        abs(sum(row.right for row in members) - sum(row.probability for row in members)) for members in bins.values()
    )
    return sum(gaps) / len(rows) if rows else 0.0


def _invented(rows: Sequence[Row]) -> float:
    return round(sum(row.invented for row in rows) / max(1, sum(row.names for row in rows)), 4)


def _share(values: Iterable[float]) -> float:
    numbers = [float(value) for value in values]
    return round(sum(numbers) / len(numbers), 4) if numbers else 0.0
