"""Words as numbers: terms that are summed at once are those of each word, and sets are known of later words too."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inhouse.context.terms import split, split_each, words
from inhouse.context.vocabulary import Names, Vocabulary

NAMES = st.lists(st.text("aBcD1_é", min_size=2, max_size=9).filter(lambda text: words(text) == [text]), max_size=30)


@given(NAMES)
def test_many_words_are_split_as_each_is(names: list[str]) -> None:
    assert list(split_each(names)) == [split(name) for name in names]


def test_what_is_no_name_has_no_term() -> None:
    assert list(split_each(["x" * 65, "getUser"])) == [("",), split("getUser")]


@given(NAMES, NAMES, st.dictionaries(st.sampled_from(["abc", "ab", "cd", "bcd", "é"]), st.floats(0.1, 2)))
def test_weights_are_those_of_the_terms_of_each_word(
    first: list[str], later: list[str], weights: dict[str, float]
) -> None:
    vocabulary = Vocabulary()
    for names in (first, first + later):
        numbers = np.array([vocabulary[name] for name in names], dtype=np.int64)
        terms = vocabulary.terms_of(numbers)
        for whole in (True, False):
            expected = [sum(weights.get(term, 0) for term in split(name)[not whole :]) for name in names]
            assert terms.weights(weights, whole=whole).tolist() == pytest.approx(expected)


def test_a_set_is_known_of_words_that_came_later() -> None:
    vocabulary, some = Vocabulary(), frozenset({"one", "two"})
    assert vocabulary.among(some, np.array([vocabulary["one"], vocabulary["three"]])).tolist() == [True, False]
    assert vocabulary.among(some, np.array([vocabulary["two"], vocabulary["one"]])).tolist() == [True, True]


def test_more_words_than_there_was_room_for() -> None:
    vocabulary = Vocabulary()
    numbers = np.array([vocabulary[f"name_{number}"] for number in range(9000)])
    assert vocabulary.terms_of(numbers).weights({"name": 1.0}, whole=True).tolist() == [1.0] * 9000


def test_sets_are_known_however_late_their_words_come() -> None:
    vocabulary, some = Vocabulary(), frozenset(f"name_{number}" for number in range(0, 60, 3))
    for count in (1, 2, 30, 60, 61):
        numbers = np.array([vocabulary[f"name_{number}"] for number in range(count)])
        assert vocabulary.among(some, numbers).tolist() == [number % 3 == 0 and number < 60 for number in range(count)]


def test_names_are_told_by_their_places_and_found_again() -> None:
    vocabulary = Vocabulary()
    numbers = np.array(sorted(vocabulary[name] for name in ("one", "two", "three", "four")))[1:]
    names = Names(vocabulary, numbers, ["five", "six"])

    assert list(names) == names.at(np.arange(len(names))) == ["two", "three", "four", "five", "six"]
    assert names.at(np.array([4, 0])) == ["six", "two"]
    assert sorted(names.places(["six", "one", "four", "seven"])) == [2, 4]
    assert list(Names(vocabulary, numbers[:0], ["five"])) == ["five"]


@given(
    NAMES, st.lists(st.dictionaries(st.sampled_from(["abc", "ab", "cd", "bcd", "zz"]), st.floats(0.1, 2)), min_size=1)
)
def test_weights_of_many_lines_are_those_of_each(names: list[str], lines: list[dict[str, float]]) -> None:
    vocabulary = Vocabulary()
    terms = vocabulary.terms_of(np.array([vocabulary[name] for name in names], dtype=np.int64))
    found = terms.weights_each(lines)
    for place, weights in enumerate(lines):
        assert found[:, place].tolist() == pytest.approx(terms.weights(weights, whole=True).tolist())
