"""Types many texts through the pipeline and sums up: how many keys it saves, and how often it shows what is wrong.

The texts are holes of today's files or, for a history, what later commits added to an earlier state.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from inhouse.completion import Assistant, Settings
from inhouse.model import Engine
from inhouse.replay.arrival import Asking, Given, Measured
from inhouse.replay.cases import Case
from inhouse.replay.opened import opened
from inhouse.replay.score import Interval, ratio, ratio_difference
from inhouse.replay.typist import Typed, Typist, Watcher, pauses

WatcherOf = Callable[[Asking], Watcher | None]
"""Who is told what becomes of the suggestions in one text, if anybody."""


@dataclass(frozen=True, slots=True)
class TypedRow:
    """One text, typed through in one arm."""

    id: str
    arm: str
    path: str
    keys_by_hand: int
    keys: int
    shows: int
    false_shows: int
    shown_chars: int
    accepted_all: int
    accepted_line: int
    accepted_word: int
    accepted_chars: int
    chars: int
    ms: tuple[float, ...]
    """Of each request, until its answer or the next key."""

    def json(self) -> dict[str, object]:
        return asdict(self)

    @staticmethod
    def parse(raw: Mapping[str, Any]) -> TypedRow:
        values: dict[str, Any] = {**raw, "ms": tuple(raw["ms"])}
        return TypedRow(**values)


def type_through(
    assistant: Assistant, root: Path, case: Case, arm: str, latency_ms: float | None, watch: WatcherOf | None = None
) -> TypedRow:
    """Type one case's target. `latency_ms` None: as fast as the answers really come."""
    asking = Asking(assistant, root, case)
    suggester = Measured(asking, asking.look_ahead) if latency_ms is None else Given(asking, latency_ms)
    pause = pauses(case.id)
    typist = Typist(case.target, case.prefix, watch(asking) if watch else None)
    done = typist.type(suggester, lambda: next(pause))
    return _row(case, arm, done, asking.ms)


def type_cases(
    settings: Settings,
    open_engine: Callable[[], Engine],
    root: Path,
    cases: Sequence[Case],
    arms: Sequence[str],
    latency_ms: float | None,
    finished: Collection[tuple[str, str]],
    done: Callable[[TypedRow], None],
) -> None:
    """Type the targets of cases in a project as it is, arm by arm, but for what is finished: (arm, id).

    Each arm has an engine of its own, which is closed behind it: see history_run.py.
    """
    for arm in arms:
        left = [case for case in cases if (arm, case.id) not in finished]
        if not left:
            continue
        with closing(open_engine()) as engine, opened(arm, settings, engine, root, learning=False) as at_work:
            for case in left:
                at_work.files.left_out = case.exclude
                done(type_through(at_work.assistant, root, case, arm, latency_ms))


def _row(case: Case, arm: str, done: Typed, ms: Sequence[float]) -> TypedRow:
    return TypedRow(
        id=case.id,
        arm=arm,
        path=case.path,
        keys_by_hand=done.keys_by_hand,
        keys=done.keys,
        shows=done.shows,
        false_shows=done.false_shows,
        shown_chars=done.shown_chars,
        accepted_all=done.accepts["all"],
        accepted_line=done.accepts["line"],
        accepted_word=done.accepts["word"],
        accepted_chars=done.accepted_chars,
        chars=done.chars,
        ms=tuple(ms),
    )


@dataclass(frozen=True, slots=True)
class TypedSummary:
    """Of one arm over all texts; shares from 0 to 1."""

    arm: str
    texts: int
    keys_by_hand: int
    keys: int
    saved: Interval
    """Share of the keys by hand that were not needed, with its 95 % interval by file."""
    shows: int
    false_shows: float
    """Share of the shows that were false."""
    shows_per_100_keys: float
    accepted_chars: float
    """Share of the characters that were accepted rather than typed."""
    chars_per_show: float
    accepts: Mapping[str, int]
    requests: int
    ms_p50: float
    ms_p95: float
    against_first: Interval | None
    """Keys saved minus those of the first arm, paired; None for the first arm."""
    against: Mapping[str, Interval]
    """The same against other arms that were asked for."""


def typed_summaries(rows: Iterable[TypedRow], against: Sequence[str] = ()) -> list[TypedSummary]:
    """One summary an arm, in the order of the rows; compared with the first arm and with those in `against`."""
    by_arm: dict[str, dict[str, TypedRow]] = {}
    for row in rows:
        by_arm.setdefault(row.arm, {})[row.id] = row
    first = next(iter(by_arm.values()), None)
    rivals = {arm: by_arm[arm] for arm in dict.fromkeys(against) if arm in by_arm and by_arm[arm] is not first}
    return [_summary(arm, found, None if found is first else first, rivals) for arm, found in by_arm.items()]


def _summary(
    arm: str,
    found: Mapping[str, TypedRow],
    first: Mapping[str, TypedRow] | None,
    rivals: Mapping[str, Mapping[str, TypedRow]],
) -> TypedSummary:
    rows = list(found.values())
    ms = [value for row in rows for value in row.ms] or [0.0]
    p50, p95 = np.percentile(ms, [50, 95])
    by_hand, shows = sum(row.keys_by_hand for row in rows), sum(row.shows for row in rows)
    accepts = {kind: sum(getattr(row, f"accepted_{kind}") for row in rows) for kind in ("all", "line", "word")}
    return TypedSummary(
        arm=arm,
        texts=len(rows),
        keys_by_hand=by_hand,
        keys=sum(row.keys for row in rows),
        saved=ratio(*_saved(rows)),
        shows=shows,
        false_shows=round(sum(row.false_shows for row in rows) / max(1, shows), 4),
        shows_per_100_keys=round(100 * shows / max(1, by_hand), 2),
        accepted_chars=round(sum(row.accepted_chars for row in rows) / max(1, sum(row.chars for row in rows)), 4),
        chars_per_show=round(sum(row.shown_chars for row in rows) / max(1, shows), 2),
        accepts=accepts,
        requests=len(ms),
        ms_p50=round(float(p50), 1),
        ms_p95=round(float(p95), 1),
        against_first=_paired(found, first) if first is not None else None,
        against={name: _paired(found, rival) for name, rival in rivals.items() if name != arm},
    )


def _saved(rows: Sequence[TypedRow]) -> tuple[list[float], list[float], list[str]]:
    saved = [float(row.keys_by_hand - row.keys) for row in rows]
    return saved, [float(row.keys_by_hand) for row in rows], [row.path for row in rows]


def _paired(found: Mapping[str, TypedRow], first: Mapping[str, TypedRow]) -> Interval:
    common = [name for name in found if name in first]
    mine, keys, groups = _saved([found[name] for name in common])
    theirs, _, _ = _saved([first[name] for name in common])
    return ratio_difference(mine, theirs, keys, groups)
