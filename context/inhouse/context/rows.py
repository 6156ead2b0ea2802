"""How much each line of the nearest blocks is in the place of the cursor's: the lines above and below it compared.

A name is likely in the cursor's line where a line that stands between the like lines has it. Weighs nothing: the
weights of what is told of a line are fitted (likely.py).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inhouse.context import shapes
from inhouse.context.blocks import Block
from inhouse.context.reading import BLOCK_LINES
from inhouse.context.shapes import Marks
from inhouse.context.terms import split, words
from inhouse.context.vocabulary import Terms, Vocabulary
from inhouse.context.windows import PART_WEIGHT, Window

Values = NDArray[np.float64]

ROW_FEATURES = (
    "above", "above2", "above3", "below", "below2", "below3", "over", "under", "like_above", "like_below", "block",
    "nearest", "indent", "first_above", "first_below", "deeper", "prose", "home", "folder", "file",
)  # fmt: skip
"""What is told of a line.

above, above2, above3: what the line above it has of the one above the cursor, the second of the second, the third and
fourth of theirs; below...: the same downwards; over, under: what any six lines above have of any six, and below;
like_above, like_below: what the line itself has of the lines above the cursor, and below; block, nearest: its block's
share of the best score, and that to the sixth power; indent: whether it is as deep; first_above, first_below: whether
the line above, or below, begins with the same word or sign; deeper: whether the line below it is deeper, as deep or
less so as it is at the cursor; prose: whether it is a remark; home: whether the cursor's file imports from its file;
folder: whether its file is in the same folder; file: what all blocks of its file score.
"""

_LINES = 6
"""Lines above, and below, that are compared."""

_ENOUGH = 0.3
_FADING = 0.4
_QUERY_FADING = 0.5
_NEAREST_POWER = 6
_SCALE = 1e-4
"""What is added to a name's share, so that a name of no like line is not infinitely unlikely."""

_NO_WORD = -(1 << 20)
"""Begins no line."""


@dataclass(frozen=True, slots=True)
class Around:
    """The cursor as lines are compared with it."""

    above: Sequence[str]
    """The lines above the cursor's, the nearest first."""
    below: Sequence[str]
    head: str
    """What its own line has already."""
    tail: str
    indent: int
    """In characters."""
    rarity: Mapping[str, float]
    silent: Collection[str]
    """Words that tell nothing."""
    homes: Collection[str]
    """The files that the cursor's file imports from, or whose role is its own."""
    folder: str


@dataclass(frozen=True, slots=True)
class Rows:
    """The lines, a row of features for each, and whether anything stands there."""

    features: Values
    filled: NDArray[np.bool_]

    def told(self, weights: Values, names: int, name: Marks, row: Marks) -> Values:
        """Two features of each name from where the names stand: its share of the lines by their likeness, and by the
        root of it (both as logarithms)."""
        if not self.filled.any():
            return np.full((names, 2), np.log(_SCALE))
        merit = self.features @ weights
        merit[~self.filled] = -np.inf
        sharp = np.exp(merit - merit.max())
        columns = [
            np.bincount(name, weights=(share / share.sum())[row], minlength=names) for share in (sharp, np.sqrt(sharp))
        ]
        found: Values = np.log(_SCALE + np.stack(columns, axis=1))
        return found


def rows_of(
    windows: Sequence[Window],
    blocks: Sequence[Block],
    starts: Marks,
    vocabulary: Vocabulary,
    terms: Terms,
    around: Around,
    words_at: tuple[Marks, Marks],
) -> Rows:
    """What is told of the lines of some blocks. starts: the row of each one's first line; words_at: the place in
    terms and the row of each word."""
    count = int(starts.max()) + BLOCK_LINES + _LINES + 2 if len(starts) else 0
    if not count:
        return Rows(np.zeros((0, len(ROW_FEATURES))), np.zeros(0, dtype=np.bool_))
    above, below = _shared(terms, around, *words_at, count)
    columns = [
        _shifted(above[0], 1), _shifted(above[1], 2), _shifted(above[2], 3) + _shifted(above[3], 4),
        _shifted(below[0], -1), _shifted(below[1], -2), _shifted(below[2], -3) + _shifted(below[3], -4),
    ]  # fmt: skip
    fading = 1 / (1 + _QUERY_FADING * np.arange(_LINES))
    of_above, of_below = fading @ above[:_LINES], fading @ below[:_LINES]
    steps = range(1, _LINES + 1)
    columns += [
        np.sum([_shifted(of_above, step) / (1 + _FADING * (step - 1)) for step in steps], axis=0),
        np.sum([_shifted(of_below, -step) / (1 + _FADING * (step - 1)) for step in steps], axis=0),
        of_above,
        of_below,
    ]
    columns[0] += above[_LINES]
    columns[3] += below[_LINES]
    heads = np.full(count, shapes.head_of(_NO_WORD), dtype=np.int64)
    known = [block.heads for block in blocks]
    sizes = np.array(list(map(len, known)))
    heads[(starts - sizes.cumsum() + sizes).repeat(sizes) + np.arange(sizes.sum())] = np.concatenate(known)
    shares = np.array([window.score for window in windows]) / windows[0].score
    columns += [_spread(one, starts, count) for one in (shares, shares**_NEAREST_POWER)]
    columns += _of_heads(heads, around, vocabulary)
    columns += _of_files(windows, shares, around, starts, count)
    return Rows(np.stack(columns).T, shapes.is_filled(heads))


def _shared(terms: Terms, around: Around, which: Marks, row: Marks, count: int) -> tuple[Values, Values]:
    """What each row has of each of the nearest lines above the cursor, and below; last of its own line's parts."""
    lines = [*_padded(around.above), around.head, *_padded(around.below), around.tail]
    size = len(lines)
    table = terms.weights_each([_terms(text, around) for text in lines])
    says: NDArray[np.bool_] = np.any(table > 0, axis=1)
    some = np.flatnonzero(says[which])
    telling, row = which[some], row[some]
    sums = np.stack([np.bincount(row, weights=table[telling, place], minlength=count) for place in range(size)])
    shared: Values = sums / (1 + _ENOUGH * sums)
    return shared[: _LINES + 1], shared[_LINES + 1 :]


def _padded(lines: Sequence[str]) -> list[str]:
    return [*lines[:_LINES], *[""] * (_LINES - len(lines))]


def _terms(line: str, around: Around) -> dict[str, float]:
    found: dict[str, float] = {}
    for word in dict.fromkeys(words(line)):
        if word not in around.silent:
            for place, term in enumerate(split(word)):
                weight = around.rarity.get(term, 0.0) * (PART_WEIGHT if place else 1.0)
                found[term] = max(weight, found.get(term, 0.0))
    return found


def _shifted(values: Values, by: int) -> Values:
    """Each row's value so many rows further down."""
    found = np.zeros_like(values)
    if by > 0:
        found[by:] = values[:-by]
    else:
        found[:by] = values[-by:]
    return found


def _spread(values: Values, starts: Marks, count: int) -> Values:
    """A value of each block for all its rows."""
    found = np.zeros(count)
    found[starts[:, None] + np.arange(BLOCK_LINES)] = values[:, None]
    return found


def _of_heads(heads: Marks, around: Around, vocabulary: Vocabulary) -> list[Values]:
    filled, indent, first = shapes.is_filled(heads), shapes.depth_of(heads), shapes.first_of(heads)
    above, below = (_first(lines[0] if lines else "", vocabulary) for lines in (around.above, around.below))
    following = around.below[0] if around.below else ""
    deeper = np.zeros(len(heads))
    if following.strip():
        step = np.sign(len(following) - len(following.lstrip(" \t")) - around.indent)
        deeper[:-1] = filled[1:] & (np.sign(indent[1:] - indent[:-1]) == step)
    return [
        (filled & (indent == min(around.indent, 255))).astype(np.float64),
        _shifted((first == above).astype(np.float64), 1),
        _shifted((first == below).astype(np.float64), -1),
        deeper,
        shapes.is_remark(heads).astype(np.float64),
    ]


def _first(line: str, vocabulary: Vocabulary) -> int:
    """What the line begins with, as shapes.first_of() gives it."""
    stripped = line.lstrip(" \t")
    found = words(stripped)
    if found and stripped.startswith(found[0]):
        return vocabulary.get(found[0], _NO_WORD)
    return shapes.sign_of(stripped)


def _of_files(windows: Sequence[Window], shares: Values, around: Around, starts: Marks, count: int) -> list[Values]:
    paths = [window.path for window in windows]
    places = {path: place for place, path in enumerate(dict.fromkeys(paths))}
    file = np.array(list(map(places.__getitem__, paths)))
    home = np.array([path in around.homes for path in places], dtype=np.float64)
    folder = np.array([path.rpartition("/")[0] == around.folder for path in places], dtype=np.float64)
    total = np.log1p(np.bincount(file, weights=shares**2))
    return [_spread(one[file], starts, count) for one in (home, folder, total)]
