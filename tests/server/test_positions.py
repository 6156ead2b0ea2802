"""Columns in three encodings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types

from inhouse.server.positions import Encoding, content, encoding_of, to_characters, to_units

LINE = "aé漢😀b\r\n"
"""Characters of 1, 2, 3 and 4 bytes; the fourth takes two units of UTF-16."""

ENCODINGS: list[Encoding] = ["utf-8", "utf-16", "utf-32"]


@pytest.mark.parametrize(
    ("encoding", "units", "characters"),
    [
        ("utf-8", 0, 0),
        ("utf-8", 1, 1),
        ("utf-8", 2, 1),  # inside of é
        ("utf-8", 3, 2),
        ("utf-8", 6, 3),
        ("utf-8", 9, 3),  # inside of the emoji
        ("utf-8", 10, 4),
        ("utf-8", 11, 5),
        ("utf-8", 12, 5),  # past the end: before \r\n
        ("utf-16", 3, 3),
        ("utf-16", 4, 3),  # between the halves of a surrogate pair
        ("utf-16", 5, 4),
        ("utf-16", 6, 5),
        ("utf-16", 99, 5),
        ("utf-32", 4, 4),
        ("utf-32", 99, 5),
        ("utf-16", -1, 0),
    ],
)
def test_a_column_is_brought_to_the_start_of_a_character(encoding: Encoding, units: int, characters: int) -> None:
    assert to_characters(LINE, units, encoding) == characters


@pytest.mark.parametrize(("encoding", "units"), [("utf-8", [0, 1, 3, 6, 10, 11]), ("utf-16", [0, 1, 2, 3, 5, 6])])
def test_units_before_each_character(encoding: Encoding, units: list[int]) -> None:
    assert [to_units(LINE, characters, encoding) for characters in range(6)] == units


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n")), st.data())
def test_there_and_back_again(line: str, data: st.DataObject) -> None:
    characters = data.draw(st.integers(0, len(line)))
    for encoding in ENCODINGS:
        assert to_characters(line, to_units(line, characters, encoding), encoding) == characters


@pytest.mark.parametrize(("line", "expected"), [("a\r\n", "a"), ("a\n", "a"), ("a\r", "a"), ("a", "a"), ("\n", "")])
def test_content_leaves_the_terminator_out(line: str, expected: str) -> None:
    assert content(line) == expected


@pytest.mark.parametrize(
    ("negotiated", "expected"),
    [(types.PositionEncodingKind.Utf8, "utf-8"), ("utf-32", "utf-32"), (None, "utf-16"), ("utf-7", "utf-16")],
)
def test_utf16_unless_something_else_was_agreed_on(negotiated: object, expected: str) -> None:
    assert encoding_of(negotiated) == expected
