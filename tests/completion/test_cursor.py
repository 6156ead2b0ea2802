"""What the model sees of the document, and where nothing is suggested."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inhouse.completion.cursor import cursor_of, refusal
from inhouse.completion.request import CompletionRequest


def at(marked: str, selected: str | None = None, selected_start: int | None = None) -> CompletionRequest:
    """A request for a text whose cursor is marked by █."""
    offset = marked.index("█")
    text = marked[:offset] + marked[offset + 1 :]
    return CompletionRequest(
        Path("/p"), Path("/p/a.py"), text, offset, selected=selected, selected_start=selected_start
    )


def test_text_is_split_at_the_cursor() -> None:
    cursor = cursor_of(at("a = █\nb = 2\n"))

    assert (cursor.prefix, cursor.suffix) == ("a = ", "\nb = 2\n")
    assert (cursor.line_head, cursor.line_tail) == ("a = ", "")


def test_the_model_sees_lf_whatever_the_file_has() -> None:
    cursor = cursor_of(at("a = 1\r\nb = █\r\nc\r\n"))

    assert (cursor.prefix, cursor.suffix, cursor.newline) == ("a = 1\nb = ", "\nc\n", "\r\n")


def test_between_cr_and_lf_is_the_end_of_the_line() -> None:
    cursor = cursor_of(at("a = \r█\nb"))

    assert (cursor.prefix, cursor.suffix, cursor.offset) == ("a = ", "\nb", 4)


def test_a_selected_entry_stands_for_what_it_replaces() -> None:
    cursor = cursor_of(at("os.pa█\n", selected="path", selected_start=3))

    assert (cursor.prefix, cursor.lead, cursor.start, cursor.offset) == ("os.path", "path", 3, 5)


def test_a_long_document_is_cut_in_steps_at_lines() -> None:
    line = "x = 1234567\n"
    far = line * 20_000
    ends = {len(cursor_of(at(far + "y" * n + "█" + far)).prefix) - n for n in range(50)}

    assert len(ends) == 1
    assert ends.pop() <= 90_000
    assert cursor_of(at(far + "█")).prefix.startswith("x = ")


@pytest.mark.parametrize(
    ("marked", "why"),
    [
        ("foo(█)", None),
        ("foo(█):", None),
        ('x = "█"', None),
        ("x = █", None),
        ("if x█ :", None),
        ("na█me = 1", "inside a word"),
        ("x = █ + 1", "text follows on the line"),
        ("█import os", "inside a word"),
    ],
)
def test_places_for_a_suggestion(marked: str, why: str | None) -> None:
    assert refusal(cursor_of(at(marked)), invoked=False) == why


def test_a_key_press_asks_also_before_other_text() -> None:
    assert refusal(cursor_of(at("x = █ + 1")), invoked=True) is None


@given(text=st.text(max_size=200), offset=st.integers(-5, 300))
def test_any_offset_is_a_cursor(text: str, offset: int) -> None:
    cursor = cursor_of(CompletionRequest(Path("/p"), Path("/p/a.py"), text, offset))

    assert 0 <= cursor.start <= cursor.offset <= len(text)
    assert text.replace("\r\n", "\n").replace("\r", "\n") == cursor.prefix + cursor.suffix
