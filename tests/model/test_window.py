"""Windows begin and end at lines and do not slide while typing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inhouse.model.window import PrefixWindows, SuffixWindows, closers_came, suffix_window


def letters(text: str) -> list[int]:
    """A tokenizer small enough to reason about: one token a character."""
    return [ord(letter) for letter in text]


def text_of(ids: list[int]) -> str:
    return "".join(map(chr, ids))


LINES = "".join(f"line {number:03}\n" for number in range(100))


def test_a_short_prefix_is_taken_whole() -> None:
    assert text_of(PrefixWindows(letters).cut("a.py", "one\ntwo", 100)) == "one\ntwo"


def test_a_long_prefix_is_cut_at_a_line_with_room_to_grow() -> None:
    window = text_of(PrefixWindows(letters).cut("a.py", LINES, 200))

    assert LINES.endswith(window)
    assert window.startswith("line ")
    assert 100 <= len(window) <= 0.7 * 200


def test_typing_only_appends_until_the_window_is_full() -> None:
    windows, text = PrefixWindows(letters), LINES
    before = text_of(windows.cut("a.py", text, 200))
    moves = 0
    for letter in "some = typed + text\n" * 20:
        text += letter
        window = text_of(windows.cut("a.py", text, 200))
        moves += window != before + letter
        before = window

    assert moves <= 8  # 400 characters typed; each cut frees at least 30 % of 200


def test_moving_up_takes_a_window_that_is_worth_it() -> None:
    windows = PrefixWindows(letters)
    windows.cut("a.py", LINES, 200)

    window = text_of(windows.cut("a.py", LINES[: 9 * 92], 200))

    assert len(window) > 100


def test_files_do_not_share_windows() -> None:
    windows = PrefixWindows(letters)
    windows.cut("a.py", LINES, 200)

    assert text_of(windows.cut("b.py", "x = 1\n", 200)) == "x = 1\n"


def test_one_endless_line_is_cut_inside() -> None:
    assert len(PrefixWindows(letters).cut("a.py", "x" * 10_000, 50)) <= 50


def test_the_suffix_ends_at_a_line() -> None:
    assert text_of(suffix_window("rest\n" + LINES, letters, 50)) == "rest\n" + LINES[:45]


def test_an_endless_suffix_is_cut_inside() -> None:
    assert text_of(suffix_window("y" * 1000, letters, 50)) == "y" * 50


@given(prefix=st.text("ab\n", max_size=400), suffix=st.text("ab\n", max_size=400), room=st.integers(1, 80))
def test_windows_fit_and_touch_the_hole(prefix: str, suffix: str, room: int) -> None:
    before = text_of(PrefixWindows(letters).cut("a", prefix, room))
    after = text_of(suffix_window(suffix, letters, room))

    assert len(before) <= room
    assert len(after) <= room
    assert prefix.endswith(before)
    assert suffix.startswith(after)
    assert bool(before) == bool(prefix)
    assert bool(after) == bool(suffix)


def test_a_closer_that_the_editor_adds_leaves_the_suffix_as_it_was() -> None:
    windows = SuffixWindows(letters)
    plain = windows.cut("a", "\nnext\n", 50)

    assert windows.cut("a", ")\nnext\n", 50) == plain
    assert windows.cut("a", '")\nnext\n', 50) == plain
    assert windows.cut("a", "\nnext\n", 50) == plain


@pytest.mark.parametrize("changed", ["x\nnext\n", "\nother\n", "", ")\nother\n", "\nnext\nmore\n", ")))))\nnext\n"])
def test_any_other_change_of_the_suffix_is_seen(changed: str) -> None:
    windows = SuffixWindows(letters)
    windows.cut("a", "\nnext\n", 50)

    assert windows.cut("a", changed, 50) == suffix_window(changed, letters, 50)


def test_a_closer_that_was_typed_over_is_gone_from_the_suffix() -> None:
    windows = SuffixWindows(letters)
    windows.cut("a", ")\nnext\n", 50)

    assert windows.cut("a", "\nnext\n", 50) == suffix_window("\nnext\n", letters, 50)


def test_each_file_and_room_has_its_own_suffix() -> None:
    windows = SuffixWindows(letters)
    windows.cut("a", "\nnext\n", 50)

    assert windows.cut("b", ")\nnext\n", 50) == suffix_window(")\nnext\n", letters, 50)
    assert windows.cut("a", ")\nnext\n", 40) == suffix_window(")\nnext\n", letters, 40)


@given(rest=st.text("ab\n)", max_size=400), count=st.integers(1, 4))
def test_closers_are_recognised_in_texts_cut_at_the_same_length(rest: str, count: int) -> None:
    cut = 250
    assert closers_came(rest[:cut], (")" * count + rest)[:cut])
