"""Finds the windows of project lines that are most like the lines around a cursor (BM25 over blocks of 10 lines).

A block keeps which terms it has, not how often: in 10 lines nearly every term stands once, and blocks are of one
length, so BM25 comes down to a sum of the terms' rarities, weighed by how often the query has them.
"""

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from inhouse.context.catalogue import Catalogue
from inhouse.context.postings import Postings
from inhouse.context.reading import BLOCK_LINES
from inhouse.context.store import Blocks, FileRow
from inhouse.context.terms import split, words

Scores = NDArray[np.float64]

LINES_BEFORE = 20
LINES_AFTER = 8
"""The query's lines. With weights that fall with the distance a few more lines help; without, 15 and 5 were best."""

PART_WEIGHT = 0.5
"""What a part of a word (get of getUser) counts beside the whole word."""

_QUERY_TERMS = 60
"""The rarest terms of the query that are looked up; the time of a query is proportional to it."""


class Window(NamedTuple):
    """Some lines of a file, counted from 1: mostly a block of the index. A tuple, for a query has 160 of them made."""

    path: str
    start_line: int
    end_line: int
    score: float
    block: int = 0
    """The number of the block in the index."""


def query_terms(lines_before: list[str], lines_after: list[str]) -> dict[str, float]:
    """The terms around the cursor with their weights: a line at distance d counts 1 / (1 + d)."""
    weights: dict[str, float] = {}
    for lines in (lines_before[-LINES_BEFORE:][::-1], lines_after[:LINES_AFTER]):
        for distance, line in enumerate(lines):
            near = 1.0 / (1 + distance)
            for word in words(line):
                for index, term in enumerate(split(word)):
                    weights[term] = weights.get(term, 0.0) + (near if index == 0 else near * PART_WEIGHT)
    return {term: weight if weight < 1 else 1.0 + math.log(weight) for term, weight in weights.items()}


@dataclass(frozen=True, slots=True)
class Scored:
    """The blocks that share a term with a query, ascending, with their scores and their files' places."""

    blocks: Blocks
    scores: Scores
    files: Blocks
    near: Mapping[str, float]
    """How much each of the query's rarest terms tells: how near it stands, and how rare it is, from 0 to 2."""
    rarity: Mapping[str, float]
    """How rare each of the query's terms is, from 0 to 1."""


def scores(
    postings: Postings,
    catalogue: Catalogue,
    query: dict[str, float],
    exclude: Collection[str],
    check: Callable[[], None] = lambda: None,
) -> Scored:
    """Scores every block that has any of the query's terms, but for those of files that are left out.

    `check` is called before each term is looked up: what it raises ends it.
    """
    blocks, found, near, rarity = _block_scores(postings, catalogue, query, check)
    files = catalogue.files_of(blocks)
    alive = files >= 0
    if exclude:
        alive &= ~np.isin(files, catalogue.indices(exclude))
    return Scored(blocks[alive], found[alive], files[alive], near, rarity)


def best(scored: Scored, catalogue: Catalogue, most: int) -> list[Window]:
    """The best blocks, best first."""
    return [
        block_window(catalogue.rows[int(scored.files[place])], int(scored.blocks[place]), float(scored.scores[place]))
        for place in _best(scored.scores, most)
        if scored.scores[place] > 0
    ]


def block_window(row: FileRow, block: int, score: float) -> Window:
    """A block of a file by its number in the index."""
    first = (block - row.first_block) * BLOCK_LINES
    return Window(row.path, first + 1, min(first + BLOCK_LINES, row.lines), score, block)


def _best(scores: Scores, most: int) -> list[int]:
    """The places of the highest scores, best first; equal ones in the order of the index."""
    kept = np.sort(np.argpartition(-scores, most)[:most]) if len(scores) > most else np.arange(len(scores))
    best: list[int] = kept[np.argsort(-scores[kept], kind="stable")].tolist()
    return best


def _block_scores(
    postings: Postings, catalogue: Catalogue, query: dict[str, float], check: Callable[[], None]
) -> tuple[Blocks, Scores, dict[str, float], dict[str, float]]:
    """The blocks with any of the query's rarer terms, the sums of their weighted rarities; near and rarity."""
    lists: list[tuple[str, float, Blocks]] = []
    for term, weight in query.items():
        check()
        if len(found := postings.of(term, catalogue)):
            lists.append((term, weight, found))
    if not lists:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float64), {}, {}
    lists.sort(key=lambda item: len(item[2]))
    total = max(catalogue.blocks, 1)
    most = math.log(1 + total)
    rarity = {term: _rarity(len(blocks), total) / most for term, _, blocks in lists}
    lists = lists[:_QUERY_TERMS]
    near = {term: min(weight, 2.0) * rarity[term] for term, weight, _ in lists}
    weights = [weight * rarity[term] * most for term, weight, _ in lists]
    joined = np.concatenate([blocks for _, _, blocks in lists])
    return *_summed(joined, np.repeat(np.asarray(weights), [len(blocks) for _, _, blocks in lists])), near, rarity


def _rarity(blocks: int, total: int) -> float:
    return math.log(1 + (total - blocks + 0.5) / (blocks + 0.5)) if blocks < total else 0.01


_SPAN = 4_000_000
"""Numbers of blocks between the first and the last one, up to which they are summed by number, not by sorting. Numbers
are never used again, so after years they can lie far apart."""


def _summed(blocks: Blocks, weights: Scores) -> tuple[Blocks, Scores]:
    """The distinct blocks, ascending, each with the sum of its weights, all above 0."""
    first = int(blocks.min())
    if int(blocks.max()) - first < _SPAN:
        sums = _sums(blocks - first, weights)
        distinct: Blocks = sums.nonzero()[0]
        return distinct + first, sums[distinct]
    distinct, inverse = np.unique(blocks, return_inverse=True)
    return distinct, _sums(inverse, weights)


def _sums(places: Blocks, weights: Scores) -> Scores:
    return np.bincount(places, weights=weights).astype(np.float64, copy=False)
