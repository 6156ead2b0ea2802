"""What is shown: the whole line, a part of it or nothing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from inhouse.completion.display import Kind, Offer, features_of, least, worth, would_show

CHANCES = st.floats(0.0, 1.0)
KINDS = st.sampled_from(["line", "cut", "word"])


def line(probability: float, first: float | None = 0.9, characters: int = 20) -> Offer:
    return Offer("line", characters, probability, first, 5)


def test_a_line_needs_more_than_its_length() -> None:
    assert worth(line(0.55), 0.25) is not None
    assert worth(line(0.3), 0.25) is None, "wrong more often than right"
    assert worth(line(0.55, first=0.45), 0.25) is None, "its first word is as unsure"
    assert worth(line(0.55, first=None), 0.25) is not None, "nobody judged its first word"


def test_what_saves_no_key_is_not_shown() -> None:
    assert worth(Offer("line", 1, 1.0), 0.25) is None
    assert worth(Offer("line", 2, 1.0), 0.25) is None
    assert worth(Offer("word", 3, 1.0, 1.0, 3), 0.25) is not None


def test_a_sure_part_beats_an_unsure_whole_and_a_sure_whole_its_parts() -> None:
    part = worth(Offer("cut", 15, 0.85, 0.95, 5), 0.25)
    doubted, trusted = worth(line(0.55, 0.95), 0.25), worth(line(0.8, 0.95), 0.25)
    assert part is not None
    assert doubted is not None
    assert trusted is not None
    assert doubted < part < trusted


@given(KINDS, CHANCES, st.integers(0, 200), st.floats(0.01, 0.99))
def test_more_chance_is_never_worth_less(kind: Kind, chance: float, characters: int, show_above: float) -> None:
    low = worth(Offer(kind, characters, chance / 2, chance / 2, 4), show_above)
    high = worth(Offer(kind, characters, chance, chance, 4), show_above)
    assert low is None or (high is not None and high >= low - 1e-9)


@given(KINDS, CHANCES, st.integers(0, 200), st.floats(0.01, 0.98))
def test_a_quieter_user_is_shown_no_more(kind: Kind, chance: float, characters: int, show_above: float) -> None:
    offer = Offer(kind, characters, chance, chance, 4)
    quieter = worth(offer, min(0.99, show_above * 1.5))
    now = worth(offer, show_above)
    assert quieter is None or (now is not None and now >= quieter)


@given(CHANCES, st.one_of(st.none(), CHANCES), st.integers(0, 99), st.floats(0.0, 1.0), st.floats(0.0, 50.0))
def test_the_features_tell_what_was_decided(
    chance: float, first: float | None, characters: int, show_above: float, rival: float
) -> None:
    offer = line(chance, first, characters)
    value = worth(offer, show_above)

    assert would_show(chance, features_of(offer, rival), show_above) == (value is not None and value >= rival)


def test_without_rivals_the_threshold_decides() -> None:
    assert would_show(0.3, {}, 0.25)
    assert not would_show(0.2, {}, 0.25)


def test_at_no_threshold_whole_lines_are_shown_and_at_the_highest_only_what_is_certain() -> None:
    assert would_show(0.0, features_of(line(0.0, 0.0, 1), 0.0), 0.0)
    everything = worth(Offer("cut", 30, 1.0, 1.0, 5), 0.0)
    assert everything is not None
    assert everything < (worth(line(0.0), 0.0) or 0.0)
    assert worth(line(1.0, 1.0), 1.0) is not None
    assert worth(line(0.94, 1.0), 1.0) is None
    assert least("line", 0.9) < 1.0
