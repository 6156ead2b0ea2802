"""The simulated user pays for each key, takes what is right and counts what was wrong."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inhouse.replay.keys import Keys
from inhouse.replay.typist import Kind, Typed, Typist, pauses


@pytest.mark.parametrize(
    ("text", "before", "keys"),
    [
        ("abc", "", 3),
        ("a:\n    b", "if ", 4),  # the editor indents behind a colon
        ("a\n        b", "    ", 4),  # it does not know why this line is deeper
        ("a:\n    b\nc", "", 7),  # one level less is one key more
        ("a {\n  b\n}", "", 7),  # a closer finds its place
        ("a\n\n\nb", "", 5),
        ("a:\n\tb\n\tc", "", 6),
        ("", "", 0),
    ],
)
def test_keys_by_hand(text: str, before: str, keys: int) -> None:
    assert Keys(text, before).total == keys


@given(st.text(alphabet="ab:{}\n \t", max_size=40), st.text(alphabet="ab:\n  ", max_size=20))
def test_every_character_is_typed_once(text: str, before: str) -> None:
    keys = Keys(text, before)

    assert keys.between(0, len(text)) == keys.total
    assert "".join(text[key.start : key.end] for key in keys.keys) == text


@dataclass
class Script:
    """Suggests `ghosts[what was typed]`, else nothing."""

    ghosts: dict[str, str]
    asked: list[str] = field(default_factory=list)

    def ghost(self, typed: str, pause_ms: float) -> str | None:
        self.asked.append(typed)
        return self.ghosts.get(typed)


@dataclass
class Notes:
    """A watcher that writes down what it is told."""

    told: list[tuple[str, int, str]] = field(default_factory=list)

    def shown(self, at: int, ghost: str) -> None:
        self.told.append(("shown", at, ghost))

    def accepted(self, at: int, text: str, kind: Kind) -> None:
        self.told.append((kind, at, text))

    def left(self, at: int, ghost: str) -> None:
        self.told.append(("left", at, ghost))


def typed(text: str, ghosts: dict[str, str], notes: Notes | None = None) -> Typed:
    return Typist(text, "", notes).type(Script(ghosts), lambda: 100.0)


def test_without_suggestions_every_key_is_pressed() -> None:
    done = typed("value = compute()\n", {})

    assert (done.keys, done.keys_by_hand, done.shows) == (17, 17, 0)


def test_a_right_suggestion_costs_one_key() -> None:
    done = typed("value = compute()", {"val": "ue = compute()"})

    assert (done.keys, done.accepts["all"], done.accepted_chars, done.false_shows) == (4, 1, 14, 0)


def test_the_right_first_line_is_taken_without_the_wrong_second() -> None:
    done = typed("a = one\nb = two", {"": "a = one\nc = three"})

    assert done.accepts == {"line": 1}
    assert done.keys == 1 + 8


def test_the_right_word_is_taken_and_the_rest_stays_until_it_is_wrong() -> None:
    notes = Notes()
    done = typed("result.fetch(x)", {"": "result.fetch_all(y)"}, notes)

    assert done.accepts == {"word": 1}
    assert done.false_shows == 0  # part of it was right
    assert done.keys == 1 + len(".fetch(x)")
    assert notes.told == [("shown", 0, "result.fetch_all(y)"), ("word", 6, "result")]


def test_a_wrong_suggestion_is_a_false_show() -> None:
    notes = Notes()
    done = typed("abc def", {"": "xyz", "abc ": "dog house"}, notes)

    assert (done.shows, done.false_shows, done.keys) == (2, 2, 7)
    assert notes.told[-1] == ("left", 6, "og house")


def test_what_is_typed_along_stays_and_nobody_is_asked() -> None:
    script = Script({"a": "bc"})
    done = Typist("abcd", "").type(script, lambda: 100.0)

    assert (done.shows, done.false_shows) == (1, 0)  # too short to be worth a key, and right to its end
    assert script.asked == ["", "a", "abc"]


def test_half_a_word_is_not_taken() -> None:
    assert typed("computed()", {"": "compute"}).accepts == {}


@given(st.text(alphabet="ab (\n", min_size=1, max_size=30), st.dictionaries(st.text("ab (\n"), st.text("ab (\n")))
def test_no_suggestion_makes_typing_longer(text: str, ghosts: dict[str, str]) -> None:
    done = typed(text, ghosts)

    assert done.keys <= done.keys_by_hand
    assert done.false_shows <= done.shows


def test_pauses_are_those_of_a_real_session() -> None:
    drawn = sorted(islice(pauses("seed"), 4000))

    assert statistics.median(drawn) == pytest.approx(93, rel=0.1)
    assert drawn[3600] == pytest.approx(250, rel=0.1)
    assert list(islice(pauses("a"), 5)) == list(islice(pauses("a"), 5))
