"""What followed elsewhere is found with its place, cut at the line's end, the longest match first."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from inhouse.context.ngram import Ngram

END = 9
ENDS = np.array([token == END for token in range(10)])
FILES = st.dictionaries(st.sampled_from(["a.py", "b.py", "d/c.py"]), st.lists(st.integers(1, 9), max_size=40))
CONTEXT = st.lists(st.integers(1, 9), max_size=12)


def known(files: dict[str, list[int]]) -> Ngram:
    ngram = Ngram(clock=lambda: 0.0)
    ngram.update_many(files, recent=False)
    return ngram


def test_the_longest_match_comes_first() -> None:
    ngram = known({"a.py": [1, 2, 3, 4, END], "b.py": [7, 2, 3, 5, END]})

    found = ngram.at([1, 2, 3]).continuations(ENDS, 8)

    assert [one.ids for one in found] == [(4, END), (5, END)]
    assert [one.order for one in found] == [3, 2]
    assert (found[0].best.file, found[0].best.position) == ("a.py", 3)


def test_equal_continuations_are_one_with_all_their_places() -> None:
    ngram = known({"a.py": [1, 2, 4, END, 1, 2, 4, END], "b.py": [3, 2, 4, END]})

    found = ngram.at([1, 2]).continuations(ENDS, 8)

    assert [(one.ids, one.places) for one in found] == [((4, END), 3)]


def test_the_current_files_own_text_counts_from_the_cursor() -> None:
    found = known({}).at([1, 2, 4, END, 1, 2], [3, 2, 5, END, 6]).continuations(ENDS, 8)

    assert [(one.ids, one.own, one.best.position) for one in found] == [((4, END), True, -4), ((5, END), True, 2)]


def test_what_has_no_end_in_reach_is_left_out() -> None:
    ngram = known({"a.py": [1, 2, 3, 4, 5, END]})

    assert ngram.at([1]).continuations(ENDS, 4) == []
    assert len(ngram.at([1]).continuations(ENDS, 5)) == 1


def test_the_stale_copy_of_the_file_itself_does_not_count() -> None:
    ngram = known({"a.py": [1, 2, END]})

    assert ngram.at([1], own="a.py").continuations(ENDS, 4) == []
    assert ngram.at([1], exclude=["a.py"]).continuations(ENDS, 4) == []


def test_what_was_learnt_is_no_place() -> None:
    ngram = known({})
    ngram.reinforce([1, 2, END], 4.0, 1)

    assert ngram.at([1]).continuations(ENDS, 4) == []


@given(FILES, CONTEXT)
def test_each_one_stands_where_it_says(files: dict[str, list[int]], context: list[int]) -> None:
    for one in known(files).at(context).continuations(ENDS, 8):
        place = one.best
        assert one.ids[-1] == END
        assert END not in one.ids[:-1]
        if place.file is None:
            start = len(context) + place.position
            stood, before = context[start:], context[:start]
        else:
            stood, before = files[place.file][place.position :], files[place.file][: place.position]
        assert tuple(stood[: len(one.ids)]) == one.ids
        assert before[len(before) - one.order :] == context[len(context) - one.order :]
