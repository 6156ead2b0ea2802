"""What a segment remembers of the ends of contexts is what it would find again."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inhouse.context import Ngram, matches
from inhouse.context.segments import Segment, wanted_before

TEXT = st.lists(st.integers(1, 4), min_size=1, max_size=60)


def segment(*texts: list[int]) -> Segment:
    return Segment({str(number): np.asarray(text, np.int32) for number, text in enumerate(texts)})


@given(st.lists(TEXT, min_size=1, max_size=3), st.lists(TEXT, min_size=2, max_size=8))
def test_what_is_remembered_is_what_is_found(texts: list[list[int]], contexts: list[list[int]]) -> None:
    used = segment(*texts)
    for context in (*contexts, *contexts):
        nearest_first = context[::-1]
        wanted = wanted_before(np.asarray(context, np.int32))
        found, fresh = matches.matches(used, nearest_first), matches.matches(segment(*texts), nearest_first)
        assert (found is None) == (fresh is None)
        if found and fresh:
            assert found.places.tolist() == fresh.places.tolist()
            assert found.exactly(used, wanted).tolist() == fresh.exactly(used, wanted).tolist()
            assert found.following.all(), "the end of a file follows nothing"
            assert used.tokens[found.places].tolist() == found.following.tolist()


def test_contexts_that_end_alike_still_match_as_far_as_each_does() -> None:
    used = segment([1, 2, 3, 4, 5, 6, 7, 9])

    def lengths(context: list[int]) -> list[int]:
        found = matches.matches(used, context[::-1])
        assert found is not None
        return [int(length) for length in found.exactly(used, wanted_before(np.asarray(context, np.int32)))]

    assert lengths([1, 2, 3, 4, 5, 6, 7]) == [7]
    assert lengths([8, 8, 8, 4, 5, 6, 7]) == [4]


def test_places_that_do_not_count_here_count_where_they_do() -> None:
    ngram = Ngram()
    ngram.update_many({"a.py": [1, 2, 5], "b.py": [1, 2, 6]})

    assert ngram.at([1, 2], exclude=["b.py"]).next_tokens(9).ids.tolist() == [5]
    assert ngram.at([1, 2], exclude=["a.py"]).next_tokens(9).ids.tolist() == [6]
    assert sorted(ngram.at([1, 2]).next_tokens(9).ids.tolist()) == [5, 6]


def test_no_more_is_remembered_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matches, "_REMEMBERED", 2)
    used = segment([1, 2, 3, 1, 2, 4])

    for context in ([1], [2, 1], [3, 2, 1], [4]):
        matches.matches(used, context)
        assert len(used.remembered) <= 2
