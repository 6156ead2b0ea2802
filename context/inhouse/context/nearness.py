"""How much the lines around the places of words in some blocks are like the lines around the cursor.

Compares by the terms of the lines and how rare these are; knows no names and no files.
"""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from inhouse.context.reading import BLOCK_LINES
from inhouse.context.terms import split, words
from inhouse.context.vocabulary import Numbers, Terms
from inhouse.context.windows import PART_WEIGHT, Window

Values = NDArray[np.float64]

_REACH = 6
"""Lines above a word that are compared with those above the cursor, and below it with those below."""

_FADING = 0.4
_QUERY_FADING = 0.5
"""A line at distance d counts 1 / (1 + this * d)."""

_ENOUGH = 0.3
"""A line's likeness x counts x / (1 + this * x): one long line alike is not as good as three."""

_APART = BLOCK_LINES + _REACH + 2
"""Rows from one block to the next that does not follow it in its file."""


def starts(windows: Sequence[Window]) -> Numbers:
    """The row of each block's first line, where the rows of blocks that follow each other do so too."""
    order = sorted(range(len(windows)), key=lambda place: windows[place].block)
    found = np.zeros(len(windows), dtype=np.int64)
    row, last = _REACH, None
    for place in order:
        window = windows[place]
        if last is not None:
            row += BLOCK_LINES if window.block == last.block + 1 and window.path == last.path else _APART
        found[place], last = row, window
    return found


def likeness(
    terms: Terms, which: Numbers, rows: Numbers, above: Mapping[str, float], below: Mapping[str, float]
) -> Values:
    """How much the lines around each row are like those around the cursor; 1: the one that is most so.

    which: for each word of the rows its place in terms; above and below: what the lines there say (see told).
    """
    count = int(rows.max()) + _REACH + 2
    over, under = (_by_line(terms.weights(weights, whole=True)[which], rows, count) for weights in (above, below))
    found = over + under
    for step in range(1, _REACH + 1):
        fading = 1 / (1 + _FADING * (step - 1))
        found[step:] += fading * over[:-step]
        found[:-step] += fading * under[step:]
    return found / max(float(found.max()), 1e-9)


def _by_line(weights: Values, rows: Numbers, count: int) -> Values:
    found = np.bincount(rows, weights=weights, minlength=count)
    return found / (1 + _ENOUGH * found)


def told(lines: Sequence[str], rarity: Mapping[str, float], silent: Collection[str]) -> dict[str, float]:
    """What it says of a line to have a term of these lines, the nearest first: the nearer and the rarer, the more."""
    found: dict[str, float] = {}
    for distance, line in enumerate(lines):
        near = 1 / (1 + _QUERY_FADING * distance)
        for word in dict.fromkeys(words(line)):
            if word not in silent:
                for place, term in enumerate(split(word)):
                    weight = near * rarity.get(term, 0.0) * (PART_WEIGHT if place else 1.0)
                    found[term] = max(weight, found.get(term, 0.0))
    return found
