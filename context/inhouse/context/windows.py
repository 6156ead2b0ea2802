"""Windows of project lines, and which terms of the lines around a cursor they are compared by.

Which of them are most like these lines, scoring.py finds.
"""

import math
from typing import NamedTuple

from inhouse.context.reading import BLOCK_LINES
from inhouse.context.store import FileRow
from inhouse.context.terms import split, words

LINES_BEFORE = 20
LINES_AFTER = 8
"""The query's lines. With weights that fall with the distance a few more lines help; without, 15 and 5 were best."""

PART_WEIGHT = 0.5
"""What a part of a word (get of getUser) counts beside the whole word."""


class Window(NamedTuple):
    """Some lines of a file, counted from 1: mostly a block of the index. A tuple, for a query has 160 of them made."""

    path: str
    start_line: int
    end_line: int
    score: float
    block: int = 0
    """The number of the block in the index."""


class QueryTerms(NamedTuple):
    """The terms around a cursor with their weights, and which of them stand in its own line."""

    weights: dict[str, float]
    typed: frozenset[str]


def query_terms(lines_before: list[str], lines_after: list[str]) -> QueryTerms:
    """A line at distance d counts 1 / (1 + d)."""
    weights: dict[str, float] = {}
    typed: set[str] = set()
    for lines in (lines_before[-LINES_BEFORE:][::-1], lines_after[:LINES_AFTER]):
        for distance, line in enumerate(lines):
            near = 1.0 / (1 + distance)
            for word in words(line):
                terms = split(word)
                if not distance:
                    typed.update(terms)
                for index, term in enumerate(terms):
                    weights[term] = weights.get(term, 0.0) + (near if index == 0 else near * PART_WEIGHT)
    found = {term: weight if weight < 1 else 1.0 + math.log(weight) for term, weight in weights.items()}
    return QueryTerms(found, frozenset(typed))


def block_window(row: FileRow, block: int, score: float) -> Window:
    """A block of a file by its number in the index."""
    first = (block - row.first_block) * BLOCK_LINES
    return Window(row.path, first + 1, min(first + BLOCK_LINES, row.lines), score, block)
