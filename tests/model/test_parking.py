"""What is kept of the files besides the one in use: few, the last ones, and never more tokens than promised."""

from __future__ import annotations

import ctypes

from hypothesis import given
from hypothesis import strategies as st

from inhouse.model.parking import Parked, Parking, common_length


def parked(*tokens: int, stale_from: int | None = None) -> Parked:
    return Parked(list(tokens), stale_from, (ctypes.c_uint8 * 1)())


def test_a_file_is_given_back_once() -> None:
    parking = Parking(3, 100)
    parking.put("a", parked(1, 2))

    found = parking.take("a")

    assert found is not None
    assert found.tokens == [1, 2]
    assert parking.take("a") is None


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.integers(0, 12)), max_size=20))
def test_the_last_ones_stay_as_far_as_they_fit(put: list[tuple[str, int]]) -> None:
    parking, held = Parking(3, 20), dict[str, int]()
    for key, size in put:
        parking.put(key, parked(*range(size)))
        held.pop(key, None)
        held[key] = size
        while len(held) > 3 or sum(held.values()) > 20:
            del held[next(iter(held))]

    kept = {key: found for key in "abcde" if (found := parking.take(key))}
    assert {key: len(found.tokens) for key, found in kept.items()} == held


def test_the_likest_begins_with_most_of_it_and_is_exact() -> None:
    parking = Parking(3, 100)
    parking.put("a", parked(1, 2, 9))
    parking.put("b", parked(1, 2, 3, stale_from=1))

    found, length = parking.likest([1, 2, 3, 4])

    assert found is not None
    assert (found.tokens, length) == ([1, 2, 9], 2)
    assert parking.take("a") is found, "it is kept all the same"
    assert Parking(3, 100).likest([1]) == (None, 0)


@given(st.lists(st.integers(0, 2)), st.lists(st.integers(0, 2)))
def test_common_length(left: list[int], right: list[int]) -> None:
    length = common_length(left, right)

    assert left[:length] == right[:length]
    assert left[length : length + 1] != right[length : length + 1] or length == min(len(left), len(right))
