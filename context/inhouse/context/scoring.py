"""Finds the blocks that are most like the lines around a cursor (BM25 over blocks of 10 lines).

A block keeps which terms it has, not how often: in 10 lines nearly every term stands once, and blocks are of one
length, so BM25 comes down to a sum of the terms' rarities, weighed by how often the query has them. Sums of the lines
that nobody types in are kept between keystrokes.
"""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from inhouse.context.catalogue import Catalogue
from inhouse.context.store import Blocks
from inhouse.context.windows import QueryTerms, Window, block_window

Scores = NDArray[np.float64]

_QUERY_TERMS = 60
"""The rarest terms of the query that are looked up; the time of a query is proportional to it."""

_SPARSE = 4
_SPAN = 400_000
"""Numbers of blocks, for each one in use or in all, up to which they are summed by number, not by sorting (2 ms for
30,000). Numbers are never used again: somebody who edits all day uses up half a million."""

_SAMPLED = 8
"""Of so many blocks one is looked at to find a score that enough others reach."""

_SHARES = (0.5, 0.25, 0.125)
"""Of the highest score: only what is above is sorted. All of them take ten times as long."""

_MOST_NEAR = 2.0

_List = tuple[str, float, Blocks]
"""A term, its weight in the query, and the blocks that have it."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """The blocks most like a query, and what its terms tell."""

    windows: Sequence[Window]
    """Best first; equal ones in the order of the index."""
    near: Mapping[str, float]
    """How much each of the query's rarest terms tells: how near it stands, and how rare it is, from 0 to 2."""
    rarity: Mapping[str, float]
    """How rare each of the query's terms is, from 0 to 1."""


class PostingsOf(Protocol):
    """What tells the blocks of a term (postings.py)."""

    def of(self, term: str, catalogue: Catalogue) -> Blocks:
        """The blocks that hold the term; none of a common one."""
        ...


class Scoring:
    """Asks for the terms' blocks and sums what they say; safe from several threads."""

    def __init__(self, postings: PostingsOf) -> None:
        self._postings = postings
        self._kept: tuple[tuple[object, ...], Scores] = (), np.empty(0)

    def nearest(
        self,
        catalogue: Catalogue,
        query: QueryTerms,
        exclude: Collection[str],
        most: int,
        check: Callable[[], None] = lambda: None,
    ) -> Nearest:
        """The best blocks that have any of the query's rarer terms, but for those of files that are left out.

        `check` is called before terms are looked up: what it raises ends it.
        """
        lists: list[_List] = []
        for term, weight in query.weights.items():
            check()
            if len(found := self._postings.of(term, catalogue)):
                lists.append((term, weight, found))
        lists.sort(key=lambda item: len(item[2]))
        total = max(catalogue.blocks, 1)
        rarity = {term: _rarity(len(blocks), total) for term, _, blocks in lists}
        lists = lists[:_QUERY_TERMS]
        near = {term: min(weight, _MOST_NEAR) * rarity[term] for term, weight, _ in lists}
        weighed = [(term, weight * rarity[term] * math.log(1 + total), blocks) for term, weight, blocks in lists]
        return Nearest(self._best(catalogue, weighed, query.typed, exclude, most), near, rarity)

    def _best(
        self, catalogue: Catalogue, lists: Sequence[_List], typed: Collection[str], exclude: Collection[str], most: int
    ) -> list[Window]:
        if not lists or not catalogue.rows:
            return []
        if catalogue.end > max(_SPAN, _SPARSE * catalogue.blocks):
            blocks, sums = _sorted_sums(lists)
        else:
            blocks, sums = None, self._sums(catalogue, lists, typed)
        places, files = _alive(catalogue, blocks, sums, exclude, most)
        best = (-sums[places]).argsort(kind="stable")[:most]
        places = places[best]
        numbers: list[int] = (places if blocks is None else blocks[places]).tolist()
        scores: list[float] = sums[places].tolist()
        rows = map(catalogue.rows.__getitem__, files[best].tolist())
        return list(map(block_window, rows, numbers, scores))

    def _sums(self, catalogue: Catalogue, lists: Sequence[_List], typed: Collection[str]) -> Scores:
        """By number of block. What stands in the cursor's own line comes last, so that the rest need not be summed at
        every key; in whichever order it was typed, the same query gives the same sums to the last bit."""
        resting = [item for item in lists if item[0] not in typed]
        key = (catalogue.generation, *((term, weight) for term, weight, _ in resting))
        kept, sums = self._kept
        if kept != key:
            sums = _added(resting, catalogue.end)
            self._kept = key, sums
        return sums + _added([item for item in lists if item[0] in typed], catalogue.end)


def _added(lists: Sequence[_List], end: int) -> Scores:
    """For each block below `end` the sum of its weights."""
    if not lists:
        return np.zeros(end)
    joined = np.concatenate([blocks for _, _, blocks in lists])
    weights = np.repeat([weight for _, weight, _ in lists], [len(blocks) for _, _, blocks in lists])
    return np.bincount(joined, weights=weights, minlength=end)[:end].astype(np.float64, copy=False)


def _sorted_sums(lists: Sequence[_List]) -> tuple[Blocks, Scores]:
    """The distinct blocks, ascending, each with the sum of its weights."""
    joined = np.concatenate([blocks for _, _, blocks in lists])
    weights = np.repeat([weight for _, weight, _ in lists], [len(blocks) for _, _, blocks in lists])
    distinct, inverse = np.unique(joined, return_inverse=True)
    return distinct, np.bincount(inverse, weights=weights).astype(np.float64, copy=False)


def _alive(
    catalogue: Catalogue, blocks: Blocks | None, sums: Scores, exclude: Collection[str], most: int
) -> tuple[Blocks, Blocks]:
    """The places in `sums` of blocks in use with the highest scores, so many of them at least, ascending; their files'
    places."""
    left_out = catalogue.indices(exclude)
    for bound in (_bound(sums, most), 0.0):
        places = (sums > bound).nonzero()[0]
        files = catalogue.files_of(places if blocks is None else blocks[places])
        alive = files >= 0
        for file in left_out.tolist():
            alive &= files != file
        if alive.sum() >= most:
            break
    return places[alive], files[alive]


def _bound(sums: Scores, most: int) -> float:
    """A score that is likely to be below that of so many blocks, and of not many more."""
    sample = sums[::_SAMPLED]
    wanted = 2 * most // _SAMPLED + 1
    for share in _SHARES if len(sample) else ():
        high = sample[sample > share * sample.max()]
        if len(high) >= wanted:
            return float(np.partition(high, -wanted)[-wanted])
    return 0.0


@lru_cache(maxsize=65536)
def _rarity(blocks: int, total: int) -> float:
    """How rare a term of so many blocks is, from 0 to 1."""
    found = math.log(1 + (total - blocks + 0.5) / (blocks + 0.5)) if blocks < total else 0.01
    return found / math.log(1 + total)
