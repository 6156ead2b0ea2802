"""Names that the lines like those around the cursor use and the current file has not: a list says more than windows.

A window spends three quarters of its characters on what the file already has. On development repositories 2,500
characters of windows had half of the names that a line needs from other files, a list of names three quarters.
"""

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray

from inhouse.context.blocks import Block, Vocabulary
from inhouse.context.chunk import Chunk
from inhouse.context.languages import LANGUAGES
from inhouse.context.terms import split
from inhouse.context.windows import Window

Places = NDArray[np.int64]
Shares = NDArray[np.float64]

BLOCKS = 160
"""Blocks whose names are counted: 60 found 3 points less, 200 as much."""

_POWER = 6.0
_MASS_POWER = 0.4
_LITTLE = 0.01
"""What the blocks say for a name: the sum of their shares of the best score, to the sixth, and of the sum the root. So
one block that is nearly the best says more than many that are half as good (5 points more than squares and no root)."""

_FILES_POWER = 0.5
"""A word of more of the files counts more: it is the project's, not one function's. Without, 2 points less."""

_CALLED_POWER = 0.3
"""A name that more of the project's files call counts more: without, 4 points less."""

_IMPORTED = 1.65
"""What it counts to be a symbol of a module that the file imports, or a member of such a class."""

_KIN = 1.6
"""In the exponent: a name that shares rare parts with the lines near the cursor (send_packet near packet), 3 points."""

_MOST_CALLERS = 1000
_OF_FILES = np.arange(1, BLOCKS + 2) ** _FILES_POWER
_OF_CALLERS = np.arange(1, _MOST_CALLERS + 2) ** _CALLED_POWER
"""The powers by the count."""

_MOST_NAMES = 500
"""Twice what fits into the longest list."""

_LINE_CHARS = 100


def worths(
    windows: Sequence[Window],
    blocks: Sequence[Block],
    vocabulary: Vocabulary,
    imported: Iterable[str],
    known: Collection[str],
    near: Mapping[str, float],
    callers: Callable[[Sequence[str]], list[int]] = lambda names: [0] * len(names),
) -> dict[str, float]:
    """The likeliest words of the windows' blocks and of what is imported, less what is known, with what each is worth.

    near: how much each part of a word near the cursor tells (see windows.Scored); callers: how many files of the
    project call each of some names.
    """
    left_out = frozenset(known)
    brought = dict.fromkeys(name for name in imported if name not in left_out)
    numbers, weights, files = _evidence(windows, blocks)
    names = [vocabulary.words[number] for number in cast("list[int]", numbers.tolist())]
    factors = np.asarray([0.0 if name in left_out else _IMPORTED if name in brought else 1.0 for name in names])
    called = np.asarray(callers(names), dtype=np.int64).clip(0, _MOST_CALLERS)
    worth = (_LITTLE + weights) ** _MASS_POWER * _OF_FILES[files] * _OF_CALLERS[called] * factors
    worth = worth.round(12)  # numpy's power can differ in the last bit from place to place, and ties go by the alphabet
    best: list[int] = (-worth).argsort(kind="stable")[:_MOST_NAMES].tolist()
    found: dict[str, float] = {names[place]: float(worth[place]) for place in best if factors[place]}
    unseen = [name for name in brought if name not in found]
    little = _LITTLE**_MASS_POWER * _IMPORTED
    for name, count in zip(unseen, callers(unseen), strict=True):
        found[name] = little * float(_OF_CALLERS[min(max(count, 0), _MOST_CALLERS)])
    kept = sorted(found, key=found.__getitem__, reverse=True)[:_MOST_NAMES] if unseen else found
    return {name: found[name] * _kinship(name, near) for name in kept}


def _evidence(windows: Sequence[Window], blocks: Sequence[Block]) -> tuple[Places, Shares, Places]:
    """The distinct words of the blocks by number, what the windows say for each, and how many files have it."""
    sizes = [len(block.numbers) for block in blocks]
    if not sum(sizes):
        return np.empty(0, dtype=np.int64), np.empty(0), np.empty(0, dtype=np.int64)
    shares = [(window.score / windows[0].score) ** _POWER for window in windows]
    places = {path: place for place, path in enumerate(dict.fromkeys(window.path for window in windows))}
    distinct, inverse = np.unique(np.concatenate([block.numbers for block in blocks]), return_inverse=True)
    weights = np.bincount(inverse, weights=np.repeat(shares, sizes)).astype(np.float64, copy=False)
    having = np.zeros((len(places), len(distinct)), dtype=np.bool_)
    having[np.repeat([places[window.path] for window in windows], sizes), inverse] = True
    return distinct.astype(np.int64), weights, np.count_nonzero(having, axis=0).astype(np.int64)


def _kinship(name: str, near: Mapping[str, float]) -> float:
    """How much more a name is worth for the parts that it shares with the lines near the cursor."""
    parts = split(name)
    told = sum([near[part] for part in parts[1:] if part in near]) if len(parts) > 1 else 0.0
    return math.exp(_KIN * told) if told else 1.0


def ranked(worth: Mapping[str, float], old: Collection[str] = ()) -> list[str]:
    """The words, those that are worth most first; old: names not to be used any more, which come last."""
    return sorted(worth, key=lambda word: (word in old, -worth[word], word))


def names_chunk(language: str, windows: Sequence[Window], names: Sequence[str], budget: int) -> list[Chunk]:
    """As many of the names as fit, as lines of a comment; its place is that of the best window."""
    if not windows:
        return []
    mark = LANGUAGES[language].comment if language in LANGUAGES else "//"
    lines: list[str] = []
    left = budget - len(windows[0].path)
    for name in names:
        cost = len(name) + 2
        begins = not lines or len(lines[-1]) + cost > _LINE_CHARS
        cost += len(mark) + 2 if begins else 0
        if cost > left:
            break
        left -= cost
        if begins:
            lines.append(f"{mark} {name}")
        else:
            lines[-1] += f", {name}"
    if not lines:
        return []
    best = windows[0]
    return [Chunk(best.path, best.start_line, best.end_line, "\n".join(lines), "names", best.score, False)]
