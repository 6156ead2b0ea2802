"""The best blocks are those with the highest sums of rarities, whatever is kept between two queries."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inhouse.context.catalogue import Catalogue
from inhouse.context.modules import Modules
from inhouse.context.scoring import Scoring
from inhouse.context.store import Blocks, FileRow
from inhouse.context.windows import QueryTerms, query_terms

TERMS = ("one", "two", "three", "four", "five")


class Told:
    """Says which blocks have a term."""

    def __init__(self, lists: Sequence[Sequence[int]]) -> None:
        self._lists = {term: np.array(blocks, dtype=np.int64) for term, blocks in zip(TERMS, lists, strict=False)}

    def of(self, term: str, catalogue: Catalogue) -> Blocks:
        """As Postings.of()."""
        return self._lists.get(term, np.empty(0, dtype=np.int64))


def catalogue_of(files: int, blocks: int, generation: int = 1) -> Catalogue:
    """Files of so many blocks; between them as many that are in use no more."""
    rows = [
        FileRow(number, f"m{number}.py", "python", 1, 1, b"", 10 * blocks, 1, 1 + 2 * blocks * number, blocks)
        for number in range(files)
    ]
    return Catalogue(rows, generation, Modules((), lambda _: None))


def expected(
    catalogue: Catalogue, lists: Sequence[Sequence[int]], query: QueryTerms, exclude: Sequence[str]
) -> dict[int, float]:
    """The score of each block that counts."""
    total = catalogue.blocks
    found: dict[int, float] = {}
    for term, blocks in zip(TERMS, lists, strict=False):
        rare = math.log(1 + (total - len(blocks) + 0.5) / (len(blocks) + 0.5)) if len(blocks) < total else 0.01
        for block in blocks if term in query.weights else ():
            file = int(catalogue.files_of(np.array([block]))[0])
            if file >= 0 and catalogue.rows[file].path not in exclude:
                found[block] = found.get(block, 0.0) + query.weights[term] * rare
    return found


LISTS = st.lists(st.sets(st.integers(1, 120)).map(sorted), min_size=1, max_size=len(TERMS))
WEIGHTS = st.dictionaries(st.sampled_from(TERMS), st.floats(0.1, 3), min_size=1)


@given(LISTS, st.lists(st.tuples(WEIGHTS, st.sets(st.sampled_from(TERMS))), min_size=1, max_size=4), st.integers(1, 30))
def test_the_best_blocks_have_the_highest_sums(
    lists: list[list[int]], queries: list[tuple[dict[str, float], set[str]]], most: int
) -> None:
    catalogue = catalogue_of(10, 5)
    asked = Scoring(Told(lists))
    for weights, typed in queries:
        query = QueryTerms(weights, frozenset(typed))
        wanted = expected(catalogue, lists, query, ["m3.py"])

        found = asked.nearest(catalogue, query, ["m3.py"], most).windows

        assert [window.score for window in found] == pytest.approx(sorted(wanted.values(), reverse=True)[:most])
        assert all(window.score == pytest.approx(wanted[window.block]) for window in found)
        assert list(asked.nearest(catalogue, query, ["m3.py"], most).windows) == list(found)
        assert list(Scoring(Told(lists)).nearest(catalogue, query, ["m3.py"], most).windows) == list(found)


@given(LISTS, WEIGHTS, st.integers(1, 30))
def test_blocks_whose_numbers_lie_far_apart_are_summed_as_well(
    lists: list[list[int]], weights: dict[str, float], most: int
) -> None:
    query = QueryTerms(weights, frozenset())
    near = catalogue_of(10, 5)
    far = Catalogue(
        [*near.rows, near.rows[0]._replace(path="far.py", first_block=10_000_000, blocks=0)], 1, near.modules
    )
    found = Scoring(Told(lists)).nearest(near, query, (), most).windows
    other = Scoring(Told(lists)).nearest(far, query, (), most).windows
    assert [window.score for window in found] == pytest.approx([window.score for window in other])


def test_only_the_highest_of_many_blocks_are_sorted_and_equal_ones_come_in_their_order() -> None:
    catalogue = catalogue_of(100, 100)
    live = [row.first_block + block for row in catalogue.rows for block in range(row.blocks)]
    rare, common = live[5000:5040], live[::3]
    asked = Scoring(Told([common, rare]))

    found = asked.nearest(catalogue, QueryTerms({"one": 1.0, "two": 1.0}, frozenset({"two"})), (), 60).windows

    assert [window.block for window in found[:40]] == sorted(rare, key=lambda block: (block not in common, block))
    assert [window.block for window in found[40:]] == [block for block in common if block not in rare][:20]


def test_another_state_of_the_index_is_summed_anew() -> None:
    lists = Told([[1, 2, 3], [101]])
    asked = Scoring(lists)
    query = QueryTerms({"one": 1.0, "two": 1.0}, frozenset())
    assert len(asked.nearest(catalogue_of(1, 5), query, (), 9).windows) == 3
    assert len(asked.nearest(catalogue_of(20, 5, 2), query, (), 9).windows) == 4


def test_the_terms_of_the_cursors_line_are_told_apart() -> None:
    found = query_terms(["above()", "    readLine(bo"], ["ok)", "below()"])
    assert found.typed == {"readline", "read", "line", "bo", "ok"}
    assert found.weights["above"] == found.weights["below"] == 0.5
    assert found.weights["readline"] == 1.0
    assert found.weights["read"] == 0.5
