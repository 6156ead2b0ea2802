"""How close an answer comes to the truth, and how sure a difference between two arms is. Plain arithmetic."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_IDENTIFIER = re.compile(r"[A-Za-z_]\w*")
_RESAMPLES = 2000


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
    exact = blank_free(answer) == blank_free(target)
    told, true = _IDENTIFIER.findall(answer), _IDENTIFIER.findall(target)
    common = sum((Counter(told) & Counter(true)).values())
    f1 = 2 * common / (len(told) + len(true)) if told or true else float(exact)
    first = bool(told) and told[0] == true[0] if true else exact
    similarity = difflib.SequenceMatcher(None, answer.strip(), target.strip(), autojunk=False).ratio()
    return Score(exact, similarity, f1, first)


def blank_free(text: str) -> str:
    return "".join(text.split())


@dataclass(frozen=True, slots=True)
class Interval:
    mean: float
    low: float
    high: float


def difference(one: Sequence[float], other: Sequence[float], groups: Sequence[str], seed: int = 0) -> Interval:
    """The mean of one minus other, with a 95 % interval by resampling groups (files): cases of a file are alike."""
    deltas = np.asarray(one, float) - np.asarray(other, float)
    names = sorted(set(groups))
    members = [np.flatnonzero([group == name for group in groups]) for name in names]
    sums = np.array([deltas[rows].sum() for rows in members])
    sizes = np.array([len(rows) for rows in members])
    rng = np.random.default_rng(seed)
    picks = rng.integers(0, len(names), (_RESAMPLES, len(names)))
    means = sums[picks].sum(axis=1) / sizes[picks].sum(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return Interval(float(deltas.mean()), float(low), float(high))
