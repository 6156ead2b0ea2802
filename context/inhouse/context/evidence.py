"""What is told of each name that the cursor's line may need and its file does not have: features for likely.py.

The names are the words of the blocks nearest to the cursor's lines, and those that the imports bring. Weighs nothing.
"""

import keyword
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from inhouse.context import nearness, shapes
from inhouse.context.blocks import Block
from inhouse.context.known import builtin_members
from inhouse.context.languages import LANGUAGES
from inhouse.context.rows import Around, Rows, rows_of
from inhouse.context.scope import builtin_names
from inhouse.context.shapes import Marks
from inhouse.context.vocabulary import Names, Terms, Vocabulary
from inhouse.context.windows import Window

Values = NDArray[np.float64]

_POWER = 6
"""A block speaks for its words by this power of its share of the best score: one that is nearly the best says more than
many that are half as good."""

_LITTLE = 0.01
_DOUBT = 0.5
"""Added to the number of a name's places, so that a share of few places is small."""

FEATURES = (
    "evidence", "files", "imported", "kin", "line", "code", "dot", "call", "keyword", "builtin", "member",
    "indent",
)  # fmt: skip
"""In the order of Evidence.features.

evidence: the sum of what its blocks say; files: in how many of the blocks' files it stands (both as logarithms);
imported: whether an import brings it; kin: the weight of the parts that it shares with words near the cursor; line: how
much the lines around its best place are like those around the cursor, from 0 to 1; code, dot, call, keyword: the shares
of its places that are no prose, behind a dot, before a bracket, an argument's name; builtin, member: whether the
language defines it, or its own types do; indent: the share of its places that are as deep as the cursor.
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
    known: Sequence[frozenset[str]]
    """Names that need not be said; those that stay the same from key to key as sets of their own."""
    near: Mapping[str, float]
    rarity: Mapping[str, float]
    """Both as in scoring.Nearest."""
    headed: bool = False
    """Whether the first of the lines above is the head of the cursor's own line, """
    tailed: bool = False
    """and the first below the rest of it."""
    homes: Collection[str] = ()
    folder: str = ""
    """Both as in rows.Around."""

    def around(self) -> Around:
        """The cursor as lines are compared with it."""
        return Around(
            self.above[self.headed :],
            self.below[self.tailed :],
            self.above[0] if self.headed else "",
            self.below[0] if self.tailed else "",
            self.indent,
            self.rarity,
            _of_language(self.language)[0],
            self.homes,
            self.folder,
        )


@dataclass(frozen=True)
class Evidence:
    """The names with a row of features for each, and the places where they stand: for each of these the name's row, the
    window's place in the list that was given, the line in the block, from 0, and the row of that line in `rows`."""

    names: Names
    features: Values
    name: Marks
    window: Marks
    line: Marks
    row: Marks
    read_rows: Callable[[], Rows]

    @cached_property
    def rows(self) -> Rows:
        """What is told of the lines of the blocks: looked at where it is asked for (half as long again as the rest)."""
        return self.read_rows()


def evidence(windows: Sequence[Window], blocks: Sequence[Block], vocabulary: Vocabulary, query: Query) -> Evidence:
    """The names of some blocks, best first, and of the imports."""
    marks = np.concatenate([block.marks for block in blocks]) if blocks else np.empty(0, dtype=np.int64)
    window = np.arange(len(blocks)).repeat([len(block.marks) for block in blocks])
    numbers, lines = shapes.number_of(marks), shapes.line_of(marks)
    starts = nearness.starts(windows)[: len(blocks)]
    rows = starts[window] + lines
    distinct, inverse = _distinct(numbers, len(vocabulary.words))
    terms = vocabulary.terms_of(distinct)
    silent, *of_language = _of_language(query.language)
    new = ~vocabulary.among_any((*query.known, silent), distinct)
    names = Names(vocabulary, distinct[new], _unseen(query, vocabulary, distinct[new]))
    here = new[inverse]
    name = (new.cumsum() - 1)[inverse[here]]
    likeness = _likeness(terms, inverse, rows, query)[rows[here]] if len(rows) else np.empty(0)
    places = _Places(len(names.numbers), name, window[here], likeness, marks[here])
    kin = terms.weights(query.near, whole=False)[new]
    sets = (frozenset(query.imported), *of_language)
    imported, builtin, member = (vocabulary.among(some, names.numbers).astype(np.float64) for some in sets)
    told, files = places.of_blocks(windows)
    line, code, dot, call, argument, indent = places.of_lines(query.indent)
    seen = [told, files, imported, kin, line, code, dot, call, argument, builtin, member, indent]
    features = np.concatenate((np.stack(seen, axis=1), _of_unseen(query, names.others)))

    def read_rows() -> Rows:
        return rows_of(windows, blocks, starts, vocabulary, terms, query.around(), (inverse, rows))

    return Evidence(names, features, name, window[here], lines[here], rows[here], read_rows)


def _met(numbers: Marks, end: int) -> Marks:
    """The different ones among numbers below `end`, ascending (no sorting)."""
    met = np.zeros(end, dtype=np.bool_)
    met[numbers] = True
    return met.nonzero()[0]


def _distinct(numbers: Marks, end: int) -> tuple[Marks, Marks]:
    """The different ones, and each number's place in them."""
    found = _met(numbers, end)
    places = np.empty(end, dtype=np.int64)
    places[found] = np.arange(len(found))
    return found, places[numbers]


def _likeness(terms: Terms, which: Marks, rows: Marks, query: Query) -> Values:
    silent = _of_language(query.language)[0]
    above, below = (nearness.told(lines, query.rarity, silent) for lines in (query.above, query.below))
    return nearness.likeness(terms, which, rows, above, below)


def _unseen(query: Query, vocabulary: Vocabulary, seen: Marks) -> list[str]:
    """The imported names that stand in no block."""
    flags = np.zeros(len(vocabulary.words), dtype=np.bool_)
    flags[seen] = True
    numbers = (vocabulary.get(name, len(flags)) for name in dict.fromkeys(query.imported))
    return [
        name
        for name, number in zip(dict.fromkeys(query.imported), numbers, strict=True)
        if not (number < len(flags) and flags[number]) and not any(name in some for some in query.known)
    ]


def _of_unseen(query: Query, unseen: Sequence[str]) -> Values:
    """The features of names that only imports bring."""
    _, builtin, member = _of_language(query.language)
    found = np.zeros((len(unseen), len(FEATURES)))
    found[:, _EVIDENCE] = np.log(_LITTLE)
    found[:, _IMPORTED] = 1
    found[:, _BUILTIN] = [name in builtin for name in unseen]
    found[:, _MEMBER] = [name in member for name in unseen]
    return found


_EVIDENCE, _IMPORTED, _BUILTIN, _MEMBER = map(FEATURES.index, ("evidence", "imported", "builtin", "member"))


@cache
def _of_language(language: str) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """The words that are no names, the names that need no definition, and the members of the language's own types."""
    if language not in LANGUAGES:
        return frozenset(), frozenset(), frozenset()
    silent = LANGUAGES[language].unsearched | frozenset(keyword.kwlist if language == "python" else ())
    return silent, frozenset(builtin_names(language)), frozenset(builtin_members(language))


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
        name, window = np.divmod(_met(self.name * len(windows) + self.window, size), len(windows))
        told = np.bincount(name, weights=shares[window], minlength=self.names)
        having = _met(name * len(numbers) + files[window], size) // len(numbers)
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
