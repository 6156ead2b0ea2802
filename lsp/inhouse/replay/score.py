"""How close an answer comes to the truth, and how sure a difference between two arms is. Plain arithmetic."""

from __future__ import annotations

import difflib
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inhouse.completion.repeats import bare

_IDENTIFIER = re.compile(r"[A-Za-z_]\w*")
_RESAMPLES = 2000
_SIDES = 1.96
"""Standard deviations to either side of a 95 % interval."""


@dataclass(frozen=True, slots=True)
class Score:
    """Of one answer against the true rest of the line."""

    exact: bool
    """Equal but for blanks."""
    similarity: float
    """Edit similarity, 0 to 1."""
    identifier_f1: float
    first_identifier: bool
    """Whether the first name is right; where the truth has none, whether the whole is."""


def score(answer: str, target: str) -> Score:
    exact = bare(answer) == bare(target)
    told, true = _IDENTIFIER.findall(answer), _IDENTIFIER.findall(target)
    common = sum((Counter(told) & Counter(true)).values())
    f1 = 2 * common / (len(told) + len(true)) if told or true else float(exact)
    first = bool(told) and told[0] == true[0] if true else exact
    similarity = difflib.SequenceMatcher(None, answer.strip(), target.strip(), autojunk=False).ratio()
    return Score(exact, similarity, f1, first)


def begins(answer: str, target: str) -> bool:
    """Whether the answer's lines are the target's first ones, but for blanks."""
    told = answer.strip().split("\n")
    true = target.strip().split("\n")
    return len(told) <= len(true) and all(map(lambda one, other: bare(one) == bare(other), told, true))


@dataclass(frozen=True, slots=True)
class Interval:
    mean: float
    low: float
    high: float


def difference(one: Sequence[float], other: Sequence[float], groups: Sequence[str], seed: int = 0) -> Interval:
    """The mean of one minus other, with a 95 % interval by resampling groups (files): cases of a file are alike."""
    return ratio_difference(one, other, [1.0] * len(groups), groups, seed)


def ratio_difference(
    one: Sequence[float], other: Sequence[float], whole: Sequence[float], groups: Sequence[str], seed: int = 0
) -> Interval:
    """The sum of one minus other, as a share of `whole`, with its interval."""
    return ratio(np.asarray(one, float) - np.asarray(other, float), whole, groups, seed)


def ratio(
    part: Sequence[float] | NDArray[np.float64], whole: Sequence[float], groups: Sequence[str], seed: int = 0
) -> Interval:
    """The sum of `part` over that of `whole`, with a 95 % interval by resampling groups. No cases: 0."""
    names, members = np.unique(np.asarray(groups), return_inverse=True)
    if not len(names):
        return Interval(0.0, 0.0, 0.0)
    parts = np.bincount(members, weights=np.asarray(part, float))
    wholes = np.bincount(members, weights=np.asarray(whole, float))
    picks = np.random.default_rng(seed).integers(0, len(names), (_RESAMPLES, len(names)))
    low, high = np.percentile(_over(parts[picks].sum(axis=1), wholes[picks].sum(axis=1)), [2.5, 97.5])
    return Interval(float(_over(parts.sum(), wholes.sum())), float(low), float(high))


def highest_share(hits: int, cases: int) -> float:
    """The upper end of Wilson's 95 % interval of a share; above 0 also where nothing was hit. No cases: 1."""
    if not cases:
        return 1.0
    share, square = hits / cases, _SIDES**2 / cases
    return (share + square / 2 + math.sqrt(square * (share * (1 - share) + square / 4))) / (1 + square)


def _over(part: NDArray[np.float64] | np.float64, whole: NDArray[np.float64] | np.float64) -> NDArray[np.float64]:
    """A share that is 0 where there is nothing."""
    return np.asarray(part / np.maximum(whole, 1e-9))
