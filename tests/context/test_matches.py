"""What a segment remembers of the ends of contexts is what it would find again."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inhouse.context import Ngram, matches
from inhouse.context.segments import Places, Segment, Tokens

TEXT = st.lists(st.integers(1, 4), min_size=1, max_size=60)


class Same:
    """Numbers that need no translation."""

    def local(self, ids: Tokens) -> Tokens:
        return ids

    def original(self, local: Tokens | Places) -> Tokens:
        return local.astype(np.int32)


def segment(*texts: list[int]) -> Segment:
    return Segment({str(number): np.asarray(text, np.int32) for number, text in enumerate(texts)})


@given(st.lists(TEXT, min_size=1, max_size=3), st.lists(TEXT, min_size=2, max_size=8))
def test_what_is_remembered_is_what_is_found(texts: list[list[int]], contexts: list[list[int]]) -> None:
    used = segment(*texts)
    for context in (*contexts, *contexts):
        nearest_first = context[::-1]
        whole = np.asarray(context, np.int32)
        found = matches.matches(used, nearest_first, Same())
        fresh = matches.matches(segment(*texts), nearest_first, Same())
        assert (found is None) == (fresh is None)
        if found and fresh:
            assert found.places.tolist() == fresh.places.tolist()
            assert found.exactly(whole).tolist() == fresh.exactly(whole).tolist()
            assert used.tokens[found.places].tolist() == found.following.tolist()
            inside = used.tokens[found.places] > 0
            assert used.files_of(found.places)[inside].tolist() == found.files[inside].tolist()
            assert set(found.files[~inside].tolist()) <= {len(texts)}, "what follows a file's end is of no file"


@given(TEXT, st.lists(st.integers(1, 4), min_size=1, max_size=5), st.lists(st.integers(1, 6), min_size=4, max_size=4))
def test_samples_are_spread_evenly_over_the_places_of_each_depth(
    text: list[int], context: list[int], most: list[int]
) -> None:
    used = segment(text)
    spans = used.ranges(context[::-1])
    if not spans:
        return
    sample = used.sampled(spans, most)
    positions = np.asarray([*sample.chosen, *range(*sample.stretch)])

    for span, inner in zip(spans, [*spans[1:], None], strict=True):
        every = [at for at in range(span.start, span.end) if inner is None or not inner.start <= at < inner.end]
        size = min(len(every), most[span.depth - 1])
        wanted = [every[index * len(every) // size] for index in range(size)]
        here = sample.depths == span.depth
        assert positions[here].tolist() == wanted
        assert set(sample.shares[here].tolist()) <= {len(every) / max(1, size)}
    places = used.places_of(sample, slice(0, len(positions)))
    assert used.tokens[places].tolist() == used.following(sample)[0].tolist()
    assert [text[place - 2] for place in places.tolist()] == context[-1:] * len(places)
    assert set(sample.depths[sample.deepest].tolist()) == {len(spans)}


def test_contexts_that_end_alike_still_match_as_far_as_each_does() -> None:
    used = segment([1, 2, 3, 4, 5, 6, 7, 9])

    def lengths(context: list[int]) -> list[int]:
        found = matches.matches(used, context[::-1], Same())
        assert found is not None
        return [int(length) for length in found.exactly(np.asarray(context, np.int32))]

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
        matches.matches(used, context, Same())
        assert len(used.remembered) <= 2
