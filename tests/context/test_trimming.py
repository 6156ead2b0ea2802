"""The ends of chosen windows: moved to where names stand, never for more lines than there is room for."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from inhouse.context.trimming import Ground, Span, joined, trimmed

LENGTH = 30
"""Half blocks of each of the two files of a ground."""

FILES = ("a.py", "b.py")


def ground(standing: dict[tuple[str, int], set[int]], worth: list[float]) -> Ground:
    """One where these names stand in these half blocks."""
    table = np.zeros((len(FILES) * LENGTH, len(worth)), dtype=np.bool_)
    for (path, half), names in standing.items():
        table[FILES.index(path) * LENGTH + half, list(names)] = True
    return Ground(lambda path, half: FILES.index(path) * LENGTH + half, lambda path: LENGTH, table, np.array(worth))


def test_an_end_that_brings_nothing_pays_for_one_that_does() -> None:
    found = trimmed(
        ground({("a.py", 5): {0}, ("b.py", 3): {1}}, [1.0, 0.5]), [Span("a.py", 4, 8), Span("b.py", 4, 8)], 8
    )

    assert sum(span.end - span.start for span in found) == 8
    assert {span.path for span in found} == {"a.py", "b.py"}
    assert any(span.path == "b.py" and span.start == 3 for span in found)
    assert any(span.path == "a.py" and span.start <= 5 < span.end for span in found)


def test_room_that_is_left_is_used() -> None:
    assert trimmed(ground({("a.py", 11): {0}}, [1.0]), [Span("a.py", 4, 8)], 20) == [Span("a.py", 4, 12)]


def test_nothing_moves_for_a_name_that_is_there_already() -> None:
    spans = [Span("a.py", 4, 8), Span("b.py", 4, 8)]

    assert trimmed(ground({("a.py", 5): {0}, ("b.py", 3): {0}}, [1.0]), spans, 8) == spans


def test_a_name_is_not_lost_with_the_last_half_block_that_has_it() -> None:
    """Both ends of the first span have the name: each alone could go, not both."""
    found = trimmed(
        ground({("a.py", 4): {0}, ("a.py", 7): {0}, ("b.py", 9): {1}}, [1.0, 0.9]),
        [Span("a.py", 4, 8), Span("b.py", 4, 8)],
        8,
    )

    assert any(span.path == "a.py" and (span.start <= 4 < span.end or span.start <= 7 < span.end) for span in found)


def test_nowhere_is_nothing() -> None:
    assert trimmed(ground({}, [1.0]), [], 20) == []


halves = st.tuples(st.sampled_from(FILES), st.integers(0, LENGTH - 1))
spans = st.tuples(st.sampled_from(FILES), st.integers(0, LENGTH - 4), st.integers(1, 4)).map(
    lambda one: Span(one[0], one[1], one[1] + one[2])
)


@given(
    st.dictionaries(halves, st.sets(st.integers(0, 5)), max_size=40),
    st.lists(st.floats(0, 1), min_size=6, max_size=6),
    st.lists(spans, max_size=5),
)
def test_never_worth_less_nor_longer_nor_more(
    standing: dict[tuple[str, int], set[int]], worth: list[float], chosen: list[Span]
) -> None:
    where = ground(standing, worth)

    found = trimmed(where, chosen, 20)

    assert where.brought(found) >= where.brought(chosen) - 1e-9
    assert sum(span.end - span.start for span in found) <= 20
    assert len(found) <= len(chosen)
    assert found == joined(found)
    assert all(0 <= span.start < span.end <= LENGTH for span in found)
