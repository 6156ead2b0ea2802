"""Answers that come too late are not shown, and those that come later are shown if they still fit."""

from __future__ import annotations

import pytest

from inhouse.completion import Item
from inhouse.model import CancelFlag
from inhouse.replay.arrival import Given, Measured, ghost_of


def test_an_answer_in_time_is_shown() -> None:
    assert Measured(lambda typed, _: typed + "!").ghost("abc", 10_000) == "abc!"


def test_the_rest_of_the_pause_is_used_while_something_is_on_the_screen() -> None:
    idle: list[CancelFlag] = []
    assert Measured(lambda typed, _: "x", idle.append).ghost("abc", 10_000) == "x"
    assert Measured(lambda typed, _: "", idle.append).ghost("abc", 10_000) == ""

    assert len(idle) == 1
    assert not idle[0].is_set


def test_the_next_key_takes_back_a_request() -> None:
    told: list[bool] = []

    def slow(typed: str, cancel: CancelFlag) -> str:
        while not cancel.is_set:
            pass
        told.append(True)
        return "late"

    assert Measured(slow).ghost("abc", 1) is None
    assert told == [True]


def test_a_given_latency_shorter_than_the_pause_shows_the_answer() -> None:
    assert Given(lambda typed, _: "def", 50).ghost("abc", 60) == "def"


def test_an_answer_during_later_keys_is_shown_as_far_as_it_is_not_typed() -> None:
    asked: list[str] = []

    def complete(typed: str, cancel: CancelFlag) -> str:
        asked.append(typed)
        return "abcdef"[len(typed) :]

    given = Given(complete, 150)

    assert [given.ghost("abcdef"[:at], 100) for at in range(3)] == [None, "bcdef", None]
    assert asked == ["", "ab"]


def test_an_answer_that_no_longer_fits_is_asked_for_again() -> None:
    asked: list[str] = []

    def complete(typed: str, cancel: CancelFlag) -> str:
        asked.append(typed)
        return "zzz"

    given = Given(complete, 150)

    assert [given.ghost("ab"[:at], 100) for at in range(3)] == [None, None, None]
    assert given.ghost("ab", 200) == "zzz"
    assert asked == ["", "a", "ab"]


@pytest.mark.parametrize(
    ("text", "start", "end", "ghost"),
    [("value", 3, 3, "value"), ("foo(x)", 0, 3, "(x)"), ("bar", 0, 3, ""), ("x)", 3, 4, "x")],
)
def test_a_ghost_is_what_the_item_adds_behind_the_cursor(text: str, start: int, end: int, ghost: str) -> None:
    assert ghost_of(Item(text, start, end, 0.5, "model"), "foo)", 3) == ghost
