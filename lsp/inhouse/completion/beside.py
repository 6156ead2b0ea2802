"""What stands beside the best answer where several are wanted: which lines are thought of, and in what order.

Beside the answers that were compared for the best one: the model's likeliest lines (inhouse.model.beam) and lines of
the project with a name replaced (adapted). Two different answers are never both right, so the best choice of several is
those with the highest chances, given that the first answer is wrong: for that the order is fitted
(tests/benchmarks/fit_ranking.py --alternatives; alternatives.json says how it did). The first answer is not touched.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath

from inhouse.completion.adapted import FEATURES, Adapted, adapt
from inhouse.completion.cursor import Cursor
from inhouse.completion.ranking import (
    Candidate,
    Ranked,
    Ranker,
    Surroundings,
    Written,
    features_of,
    fitted,
    surroundings,
)
from inhouse.completion.repeats import bare
from inhouse.context import language_of
from inhouse.model import CancelFlag, Engine, FillRequest, Judged, Line

_OF_CHANGE = ("at_all", "score", "gain", "base_share", "mean_log_probability", "lowest_log_probability")
_LEAST = -20.0
"""Log probability below which a line is no less likely."""


class Beside:
    """Finds and orders what stands behind the best answer. Used from the thread that completes."""

    def __init__(self, ranker: Ranker | None = None) -> None:
        """`ranker`: in place of the one that travels with the program."""
        self._ranker = ranker or fitted("alternatives")

    def ordered(
        self,
        ranked: Sequence[Ranked],
        cursor: Cursor,
        hole: FillRequest,
        engine: Engine,
        cancel: CancelFlag,
        lines: Sequence[Line],
        adapted: int,
    ) -> list[Ranked]:
        """The best of the ranked, and behind it all others, likeliest first. `lines`: the model's likeliest ones;
        `adapted`: how many lines with a name replaced are wanted. Where there is no time to judge these, without them.
        """
        first, own = ranked[0], [one.candidate for one in ranked]
        known = {bare(one.text) for one in own}
        searched = {bare(one.text): (rank, one) for rank, one in enumerate(lines)}
        changed = {
            name: one
            for one in adapt(own, cursor.prefix, language_of(PurePath(hole.path)), adapted)
            if (name := bare(one.text)) not in searched
        }
        own += _judged(
            [line.text for name, (_, line) in searched.items() if name not in known],
            list(changed.values()),
            lambda texts: engine.score(hole, texts, cancel),
            surroundings(cursor.prefix, cursor.suffix),
        )
        best = lines[0].log_probability if lines else 0.0
        others: list[Candidate] = []
        for one in own:
            if one.text != first.candidate.text:
                features = {**one.features, **_of_change(one.features, changed.get(name := bare(one.text)))}
                features |= _of_search(searched.get(name), best)
                others.append(replace(one, features=features))
        left, chances = 1 - first.probability, self._ranker.chances(others)
        behind = [Ranked(one, left * chance) for one, chance in zip(others, chances, strict=True)]
        return [first, *sorted(behind, key=lambda one: -one.probability)]


def _judged(
    lines: Sequence[str],
    changed: Sequence[Adapted],
    score: Callable[[Sequence[str]], Sequence[Judged]],
    around: Surroundings,
) -> list[Candidate]:
    """The model's lines and the changed ones, judged together; none where there was no time for it."""
    texts = [*lines, *(one.text for one in changed)]
    judged = list(zip(texts, score(texts) if texts else (), strict=False))
    features = [features_of(text, one, None, False, around) for text, one in judged]
    found = [
        Candidate(text, one.tokens, of_it, written=Written(text, text, ()))
        for (text, one), of_it in zip(judged[: len(lines)], features, strict=False)
    ]
    return found + [
        Candidate(text, one.tokens, of_it, base=line.change.base)
        for (text, one), of_it, line in zip(judged[len(lines) :], features[len(lines) :], changed, strict=False)
    ]


def _of_change(features: Mapping[str, float], adapted: Adapted | None) -> dict[str, float]:
    """Of a line with a name replaced, what it was made of."""
    found = dict.fromkeys((*FEATURES, *_OF_CHANGE), 0.0)
    if adapted is not None:
        base = adapted.change.base.features
        found |= dict(zip(FEATURES, adapted.change.features, strict=True))
        gained = features["log_probability"] - base["log_probability"]
        values = (1.0, adapted.score, gained, base["share"], features["mean_log_probability"])
        found |= dict(zip(_OF_CHANGE, (*values, features["lowest_log_probability"]), strict=True))
    return {f"adapted_{name}": value for name, value in found.items()}


def _of_search(found: tuple[int, Line] | None, best: float) -> dict[str, float]:
    """Of a line that is among the model's likeliest: which one, and how likely with the project's say."""
    rank, log = (found[0], max(_LEAST, found[1].log_probability)) if found else (0, 0.0)
    return {
        "searched_at_all": float(found is not None),
        "searched_log_probability": log,
        "searched_gap": log - max(_LEAST, best) if found else 0.0,
        "searched_log_rank": math.log1p(rank) if found else 0.0,
    }
