"""Runs cases through the pipeline, arm by arm, and sums up.

An arm is the pipeline with a part switched off, on the same weights; the case's own file is never looked up.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from inhouse.completion import Assistant, Completion, CompletionRequest, Settings
from inhouse.model import CancelFlag, Engine
from inhouse.replay.arms import settings_of
from inhouse.replay.cases import Case
from inhouse.replay.score import Interval, difference, score


@dataclass(frozen=True, slots=True)
class Row:
    """One answer."""

    id: str
    arm: str
    kind: str
    path: str
    text: str
    alternatives: tuple[str, ...]
    probability: float
    shown: bool
    ms: float
    tokens: Mapping[str, int]
    exact: bool
    similarity: float
    identifier_f1: float
    first_identifier: bool
    any_exact: bool
    """Whether the text or one of its alternatives is exact."""
    features: Mapping[str, float]

    def json(self) -> dict[str, object]:
        return asdict(self)


def run(
    settings: Settings,
    engine: Engine,
    root: Path,
    cases: Sequence[Case],
    arms: Iterable[str],
    *,
    alternatives: int = 1,
    progress: Callable[[Row], None] | None = None,
) -> list[Row]:
    """Answer every case in every arm. The engine is used for all arms and stays open."""
    rows: list[Row] = []
    for arm in arms:
        assistant = Assistant(settings_of(arm, settings), engine)
        assistant.project(root).refresh()
        assistant.learn(root)
        for case in cases:
            row = _answer(assistant, root, case, arm, alternatives)
            rows.append(row)
            if progress:
                progress(row)
        assistant.close(keep_engine=True)
    return rows


def _answer(assistant: Assistant, root: Path, case: Case, arm: str, alternatives: int) -> Row:
    request = CompletionRequest(
        root,
        root / case.path,
        case.prefix + case.suffix,
        len(case.prefix),
        invoked=True,  # a hole may stand anywhere; whether to ask there is not what is measured
        lines=case.target.count("\n") + 1,
        alternatives=alternatives,
        exclude=case.exclude,
    )
    started = time.perf_counter()
    completion = assistant.complete(request, CancelFlag())
    return _row(case, arm, completion, (time.perf_counter() - started) * 1000, assistant.settings.show_above)


def _row(case: Case, arm: str, completion: Completion, ms: float, show_above: float) -> Row:
    texts = [item.text for item in completion.items] or [""]
    scores = [score(text, case.target) for text in texts]
    return Row(
        id=case.id,
        arm=arm,
        kind=case.kind,
        path=case.path,
        text=texts[0],
        alternatives=tuple(texts[1:]),
        probability=completion.items[0].probability if completion.items else 0.0,
        shown=bool(completion.items) and completion.items[0].probability >= show_above,
        ms=round(ms, 2),
        tokens=asdict(completion.tokens),
        exact=scores[0].exact,
        similarity=round(scores[0].similarity, 4),
        identifier_f1=round(scores[0].identifier_f1, 4),
        first_identifier=scores[0].first_identifier,
        any_exact=any(found.exact for found in scores),
        features=dict(completion.items[0].features) if completion.items else {},
    )


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
    calibration_error: float
    """Expected calibration error over ten equal bins of the probability, of all that was suggested."""
    ms_p50: float
    ms_p95: float
    against_first: Interval | None
    """Exact match minus that of the first arm, with its 95 % interval; None for the first arm."""


def summaries(rows: Sequence[Row]) -> list[Summary]:
    """One summary an arm, in the order of the rows."""
    arms = list(dict.fromkeys(row.arm for row in rows))
    by_arm = {arm: [row for row in rows if row.arm == arm] for arm in arms}
    return [_summary(arm, by_arm[arm], by_arm[arms[0]] if arm != arms[0] else None) for arm in arms]


def _summary(arm: str, rows: Sequence[Row], first: Sequence[Row] | None) -> Summary:
    kinds = sorted({row.kind for row in rows})
    p50, p95 = np.percentile([row.ms for row in rows], [50, 95])
    against = None
    if first is not None:
        exact, others = [float(row.exact) for row in rows], [float(row.exact) for row in first]
        against = difference(exact, others, [row.path for row in rows])
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
        precision_shown=_share(row.exact for row in rows if row.shown),
        calibration_error=round(calibration_error([row for row in rows if row.text]), 4),
        ms_p50=round(float(p50), 1),
        ms_p95=round(float(p95), 1),
        against_first=against,
    )


def calibration_error(rows: Sequence[Row]) -> float:
    """Expected calibration error: the mean gap between stated and true share, over ten equal bins."""
    bins: dict[int, list[Row]] = {}
    for row in rows:
        bins.setdefault(min(9, int(row.probability * 10)), []).append(row)
    gaps = (
        abs(sum(row.exact for row in members) - sum(row.probability for row in members)) for members in bins.values()
    )
    return sum(gaps) / len(rows) if rows else 0.0


def _share(values: Iterable[float]) -> float:
    numbers = [float(value) for value in values]
    return round(sum(numbers) / len(numbers), 4) if numbers else 0.0
