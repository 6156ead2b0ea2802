"""What is told of each name that the cursor's line may need and its file does not have: features for likely.py.

The names are the words of the blocks nearest to the cursor's lines, and those that the imports bring. Weighs nothing.
"""

import keyword
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import cast

import numpy as np
from numpy.typing import NDArray

from inhouse.context import shapes
from inhouse.context.blocks import Block, Vocabulary
from inhouse.context.known import builtin_members
from inhouse.context.languages import LANGUAGES
from inhouse.context.reading import BLOCK_LINES
from inhouse.context.scope import builtin_names
from inhouse.context.shapes import Marks
from inhouse.context.terms import split, words
from inhouse.context.windows import PART_WEIGHT, Window

Values = NDArray[np.float64]

_POWER = 6
"""A block speaks for its words by this power of its share of the best score: one that is nearly the best says more than
many that are half as good."""

_LITTLE = 0.01
_DOUBT = 0.5
"""Added to the number of a name's places, so that a share of few places is small."""

_REACH = 6
"""Lines above a word that are compared with those above the cursor, and below it with those below."""

_FADING = 0.4
_QUERY_FADING = 0.5
"""A line at distance d counts 1 / (1 + this * d)."""

_ENOUGH = 0.3
"""A line's likeness x counts x / (1 + this * x): one long line alike is not as good as three."""

_APART = BLOCK_LINES + _REACH + 2
"""Rows from one block to the next that does not follow it in its file."""

FEATURES = (
    "evidence", "files", "called", "imported", "kin", "line", "code", "dot", "call", "keyword", "builtin", "member",
    "indent",
)  # fmt: skip
"""In the order of Evidence.features.

evidence: the sum of what its blocks say; files: in how many of the blocks' files it stands; called: how many files of
the project call it (these three as logarithms); imported: whether an import brings it; kin: the weight of the parts
that it shares with words near the cursor; line: how much the lines around its best place are like those around the
cursor, from 0 to 1; code, dot, call, keyword: the shares of its places that are no prose, behind a dot, before a
bracket, an argument's name; builtin, member: whether the language defines it, or its own types do; indent: the share
of its places that are as deep as the cursor.
"""


@dataclass(frozen=True, slots=True)
class Query:
    """The cursor as names are chosen for it."""

    above: Sequence[str]
    """The lines above the cursor, the nearest first; before them the head of its own line, if there is any."""
    below: Sequence[str]
    indent: int
    """In characters."""
    language: str
    imported: Sequence[str]
    """The names that imports bring, and their members."""
    known: Collection[str]
    """Names that need not be said."""
    near: Mapping[str, float]
    rarity: Mapping[str, float]
    """Both as in windows.Scored."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The names with a row of features for each, and the places where they stand: for each of these the name's row, the
    window's place in the list that was given, and the line in the block, from 0."""

    names: Sequence[str]
    features: Values
    name: Marks
    window: Marks
    line: Marks


def evidence(
    windows: Sequence[Window],
    blocks: Sequence[Block],
    vocabulary: Vocabulary,
    query: Query,
    callers: Callable[[Sequence[str]], list[int]],
) -> Evidence:
    """The names of some blocks, best first, and of the imports; callers: how many files of the project call each."""
    marks = np.concatenate([block.marks for block in blocks]) if blocks else np.empty(0, dtype=np.int64)
    window = np.repeat(np.arange(len(blocks)), [len(block.marks) for block in blocks])
    numbers, line = shapes.number_of(marks), shapes.line_of(marks)
    rows = _starts(windows)[window] + line
    distinct, inverse = _distinct(numbers, len(vocabulary.words))
    every = [vocabulary.words[number] for number in cast("list[int]", distinct.tolist())]
    silent = _silent(query.language)
    new = np.array([word not in query.known and word not in silent for word in every], dtype=np.bool_)
    names = [word for word, wanted in zip(every, new.tolist(), strict=True) if wanted]
    here = new[inverse]
    name = (new.cumsum() - 1)[inverse[here]]
    likeness = _likeness(vocabulary, query, numbers, rows)[rows[here]] if len(rows) else np.empty(0)
    places = _Places(len(names), name, window[here], likeness, marks[here])
    kin = _by_number(len(vocabulary.words), query.near, (vocabulary.parts,))[distinct[new]]
    columns = [*places.of_blocks(windows), kin, *places.of_lines(query.indent)]
    unseen = _unseen(query, names)
    columns = [
        np.concatenate((column, np.full(len(unseen), low))) for column, low in zip(columns, _LOWEST, strict=True)
    ]
    names += unseen
    features = np.stack(_ordered(columns, names, query, callers), axis=1)
    return Evidence(names, features, name, window[here], line[here])


def _distinct(numbers: Marks, end: int) -> tuple[Marks, Marks]:
    """The different ones among numbers below `end`, ascending, and each number's place in them (no sorting)."""
    met = np.zeros(end, dtype=np.bool_)
    met[numbers] = True
    found = met.nonzero()[0]
    places = np.empty(end, dtype=np.int64)
    places[found] = np.arange(len(found))
    return found, places[numbers]


_LOWEST = (np.log(_LITTLE), 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
"""What is told of an imported name that stands in no block."""


def _unseen(query: Query, names: Iterable[str]) -> list[str]:
    said = {*names, *query.known}
    return [name for name in dict.fromkeys(query.imported) if name not in said]


def _ordered(
    columns: Sequence[Values], names: Sequence[str], query: Query, callers: Callable[[Sequence[str]], list[int]]
) -> list[Values]:
    """All features in their order: those of places, and those of the names alone."""
    told, files, kin, line, code, dot, call, argument, indent = columns
    called = np.log1p(np.maximum(callers(names), 0)) if names else np.empty(0)
    among = (frozenset(query.imported), *_of_language(query.language))
    imported, builtin, member = (np.array([name in known for name in names], dtype=np.float64) for known in among)
    return [told, files, called, imported, kin, line, code, dot, call, argument, builtin, member, indent]


@cache
def _of_language(language: str) -> tuple[frozenset[str], frozenset[str]]:
    """The names that need no definition, and the members of the language's own types."""
    if language not in LANGUAGES:
        return frozenset(), frozenset()
    return frozenset(builtin_names(language)), frozenset(builtin_members(language))


@cache
def _silent(language: str) -> frozenset[str]:
    """Words that are no names."""
    found = LANGUAGES[language].unsearched if language in LANGUAGES else frozenset[str]()
    return found | frozenset(keyword.kwlist) if language == "python" else found


@dataclass(frozen=True, slots=True)
class _Places:
    """The places of some names, numbered from 0: their windows, the likeness of the lines around them, their marks."""

    names: int
    name: Marks
    window: Marks
    likeness: Values
    marks: Marks

    def of_blocks(self, windows: Sequence[Window]) -> tuple[Values, Values]:
        """What the blocks say for each name, and how many files have it."""
        if not windows:
            return np.zeros(self.names), np.zeros(self.names)
        shares = (np.array([window.score for window in windows]) / windows[0].score) ** _POWER
        numbers = {path: number for number, path in enumerate(dict.fromkeys(window.path for window in windows))}
        files = np.array([numbers[window.path] for window in windows])
        size = self.names * len(windows)
        name, window = np.divmod(_distinct(self.name * len(windows) + self.window, size)[0], len(windows))
        told = np.bincount(name, weights=shares[window], minlength=self.names)
        having = _distinct(name * len(numbers) + files[window], size)[0] // len(numbers)
        return np.log(_LITTLE + told), np.log1p(np.bincount(having, minlength=self.names)) - _ONE_FILE

    def of_lines(self, indent: int) -> list[Values]:
        """How the names stand in their lines."""
        best = np.zeros(self.names)
        np.maximum.at(best, self.name, self.likeness)
        count = np.bincount(self.name, minlength=self.names) + _DOUBT
        shape = self.marks & 255
        as_deep = shapes.indent_of(self.marks) == min(indent, 255)
        told = (shape & shapes.CODE, shape & shapes.DOT, shape & shapes.CALL, shape & shapes.KEYWORD, as_deep)
        return [best, *(np.bincount(self.name, weights=one > 0, minlength=self.names) / count for one in told)]


_ONE_FILE = float(np.log(2))


def _starts(windows: Sequence[Window]) -> Marks:
    """The row of each block's first line, where the rows of blocks that follow each other do so too."""
    order = sorted(range(len(windows)), key=lambda place: windows[place].block)
    starts = np.zeros(len(windows), dtype=np.int64)
    row, last = _REACH, None
    for place in order:
        window = windows[place]
        if last is not None:
            row += BLOCK_LINES if window.block == last.block + 1 and window.path == last.path else _APART
        starts[place], last = row, window
    return starts


def _likeness(vocabulary: Vocabulary, query: Query, numbers: Marks, rows: Marks) -> Values:
    """How much the lines around each row are like those around the cursor; 1: the one that is most so."""
    count = int(rows.max()) + _REACH + 2
    silent = _silent(query.language)
    groups = (vocabulary.spelled, vocabulary.parts)
    above, below = (
        _line_weights(
            _by_number(len(vocabulary.words), _terms(lines, query.rarity, silent), groups)[numbers], rows, count
        )
        for lines in (query.above, query.below)
    )
    found = above + below
    for step in range(1, _REACH + 1):
        fading = 1 / (1 + _FADING * (step - 1))
        found[step:] += fading * above[:-step]
        found[:-step] += fading * below[step:]
    return found / max(float(found.max()), 1e-9)


def _line_weights(weights: Values, rows: Marks, count: int) -> Values:
    found = np.bincount(rows, weights=weights, minlength=count)
    return found / (1 + _ENOUGH * found)


def _terms(lines: Sequence[str], rarity: Mapping[str, float], silent: Collection[str]) -> dict[str, float]:
    """What it says of a line to have a term of these: the nearer and the rarer, the more."""
    found: dict[str, float] = {}
    for distance, line in enumerate(lines):
        near = 1 / (1 + _QUERY_FADING * distance)
        for word in dict.fromkeys(words(line)):
            if word not in silent:
                for place, term in enumerate(split(word)):
                    weight = near * rarity.get(term, 0.0) * (PART_WEIGHT if place else 1.0)
                    found[term] = max(weight, found.get(term, 0.0))
    return found


def _by_number(count: int, terms: Mapping[str, float], groups: Sequence[Mapping[str, Sequence[int]]]) -> Values:
    """For each word of the vocabulary the sum over its terms."""
    numbers: list[int] = []
    weights: list[float] = []
    for term, weight in terms.items():
        for group in groups:
            having = group.get(term, ())
            numbers += having
            weights += [weight] * len(having)
    return np.bincount(np.array(numbers, dtype=np.int64), weights=weights, minlength=count).astype(
        np.float64, copy=False
    )
