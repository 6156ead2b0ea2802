"""Documents under edits, against a model that works on the whole text."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types

from inhouse.completion import CompletionRequest
from inhouse.completion.cursor import cursor_of
from inhouse.model import CancelFlag, FillRequest
from inhouse.model.engine import LlamaEngine
from inhouse.model.store import embedded_core
from inhouse.server.documents import EXCERPT_CHARACTERS, Document, clean, split_lines


def document(text: str) -> Document:
    return Document("file:///a.py", "python", text, 1, "utf-16")


def replace(line: int, start: int, end_line: int, end: int, text: str) -> types.TextDocumentContentChangePartial:
    return types.TextDocumentContentChangePartial(
        range=types.Range(types.Position(line, start), types.Position(end_line, end)), text=text
    )


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("a", ["a"]),
        ("a\n", ["a\n", ""]),
        ("a\nb", ["a\n", "b"]),
        ("a\r\nb\r\n", ["a\r\n", "b\r\n", ""]),
        ("a\rb\r\n\nc", ["a\r", "b\r\n", "\n", "c"]),
        ("a\x0cb\u2028c\x85d\x1ce", ["a\x0cb\u2028c\x85d\x1ce"]),  # line ends for str.splitlines(), not for editors
        ("\r\r\n\r", ["\r", "\r\n", "\r", ""]),
    ],
)
def test_lines_end_where_the_protocol_says(text: str, lines: list[str]) -> None:
    assert split_lines(text) == lines


@given(st.text("ab\r\n\x0c"))
def test_no_character_is_lost_in_lines(text: str) -> None:
    assert "".join(split_lines(text)) == text


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [
        ("x = 1\n", replace(0, 5, 0, 5, "0"), "x = 10\n"),
        ("a\nb\nc\n", replace(0, 1, 2, 0, ""), "ac\n"),
        ("a\r\nb\r\n", replace(1, 0, 1, 1, "x\ny"), "a\r\nx\ny\r\n"),
        ("a\x0cb\nc\n", replace(1, 0, 1, 1, "d"), "a\x0cb\nd\n"),
        ("s = '😀'\n", replace(0, 7, 0, 8, '"'), "s = '😀\"\n"),  # UTF-16: the emoji is two
        ("a", replace(0, 99, 0, 99, "b"), "ab"),
        ("a\n", replace(7, 3, 9, 0, "b"), "a\nb"),
        ("abc", replace(0, 2, 0, 1, "x"), "abxc"),  # an end before the start is empty, not a deletion
        ("a\rb", replace(1, 0, 1, 0, "\n"), "a\r\nb"),
    ],
)
def test_a_change_of_a_range(before: str, change: types.TextDocumentContentChangePartial, after: str) -> None:
    changed = document(before)
    changed.change(change)
    assert changed.text == after


def test_a_change_without_a_range_replaces_everything() -> None:
    changed = document("old\n")
    changed.change(types.TextDocumentContentChangeWholeDocument("new"))
    assert (changed.text, changed.revision) == ("new", 1)


@given(st.text("ab\r\n😀é\x0c"), st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.text("xy\r\n😀"))))
def test_edits_do_what_they_do_to_the_whole_text(text: str, edits: list[tuple[int, int, str]]) -> None:
    kept, expected = document(text), text
    for start, length, new in edits:
        first, last = (min(place, len(expected)) for place in (start, start + length))
        ends = [place(expected, offset) for offset in (first, last)]
        first, last = (offset_of(expected, end) for end in ends)
        kept.change(types.TextDocumentContentChangePartial(range=types.Range(*ends), text=new))
        expected = expected[:first] + new + expected[last:]
        assert kept.text == expected
        again = document(expected)
        assert [kept.cursor(types.Position(line, 0)).line_text for line in range(5)] == [
            again.cursor(types.Position(line, 0)).line_text for line in range(5)
        ]


def place(text: str, offset: int) -> types.Position:
    """The position of an offset in UTF-16, never between a carriage return and its newline."""
    if text[offset - 1 : offset + 1] == "\r\n" and offset:
        offset -= 1
    lines = split_lines(text[:offset])
    return types.Position(len(lines) - 1, len(lines[-1].encode("utf-16-le")) // 2)


def offset_of(text: str, position: types.Position) -> int:
    lines = split_lines(text)
    line = lines[position.line].encode("utf-16-le")[: position.character * 2].decode("utf-16-le")
    return sum(map(len, lines[: position.line])) + len(line)


def test_the_cursor_knows_its_line_and_offset() -> None:
    cursor = document("a\r\n  b = 😀.\r\nc").cursor(types.Position(1, 9))
    assert (cursor.text, cursor.offset, cursor.line) == ("a\r\n  b = 😀.\r\nc", 11, 1)
    assert (cursor.line_text, cursor.line_start) == ("  b = 😀.", 3)


@pytest.mark.parametrize(("line", "character", "offset"), [(0, 99, 1), (1, 99, 3), (99, 0, 3)])
def test_a_cursor_outside_is_brought_inside(line: int, character: int, offset: int) -> None:
    assert document("a\nb").cursor(types.Position(line, character)).offset == offset


def test_of_a_large_document_the_surroundings_are_seen() -> None:
    large = document("".join(f"line_{number} = {number}\n" for number in range(200_000)))
    cursor = large.cursor(types.Position(100_000, 5))
    assert cursor.text[cursor.line_start :].startswith("line_100000 = 100000\n")
    assert cursor.text[cursor.line_start : cursor.offset] == "line_"
    assert len(cursor.text) <= EXCERPT_CHARACTERS


def test_a_line_larger_than_an_excerpt_is_cut() -> None:
    cursor = document("x" * 3_000_000 + "y" * 100).cursor(types.Position(0, 3_000_000))
    assert cursor.text[cursor.offset :] == "y" * 100
    assert cursor.offset - cursor.line_start == 3_000_000


@pytest.mark.parametrize("width", [2, 40, 900])
def test_typing_far_down_in_a_large_document_moves_its_excerpt_seldom(width: int) -> None:
    large = document(f"{'x' * (width - 1)}\n" * (600_000 // width))
    line = large.line_count - 1
    starts: list[int] = []
    for key in "value = 1\n    other = 2\n" * 20:
        place = types.Position(line, len(large.line(line)))
        large.change(types.TextDocumentContentChangePartial(types.Range(place, place), key))
        line += key == "\n"
        cursor = large.cursor(types.Position(line, len(large.line(line))))
        starts.append(large.characters - cursor.offset)

        assert EXCERPT_CHARACTERS // 4 < cursor.offset <= EXCERPT_CHARACTERS
        assert large.text.endswith(cursor.text)

    assert len(set(starts)) <= 3


@pytest.mark.integration
def test_the_model_reads_only_what_is_typed_far_down_in_a_large_document() -> None:
    large = document("".join(f"    value_{number} = compute({number})\n" for number in range(9_000)))
    line, fresh = large.line_count - 1, list[int]()
    engine = LlamaEngine(embedded_core().path, threads=1)
    for key in ("", *"    a = 1", "\n", *"    b = 2", "\n", "\n", *"c = 3", "\n"):
        place = types.Position(line, len(large.line(line)))
        large.change(types.TextDocumentContentChangePartial(types.Range(place, place), key))
        line += key == "\n"
        seen = large.cursor(types.Position(line, len(large.line(line))))
        hole = cursor_of(CompletionRequest(Path("/p"), Path("/p/a.py"), seen.text, seen.offset))
        answer = engine.fill(FillRequest("a.py", hole.prefix, hole.suffix, max_tokens=1), CancelFlag())
        fresh.append(answer.prompt_tokens - answer.reused_tokens)
    engine.close()

    assert fresh[0] > 500
    assert max(fresh[1:]) <= 8


def test_half_a_surrogate_pair_is_replaced_and_moves_nothing() -> None:
    assert clean("a\ud83d.b\udc00") == "a\ufffd.b\ufffd"
    assert clean("😀") == "😀"


TEXTS = st.text(alphabet="ab\n", max_size=12)
PLACES = st.tuples(st.integers(0, 4), st.integers(0, 5))


@given(TEXTS, PLACES, PLACES, TEXTS, st.booleans())
def test_a_change_says_what_it_came_to(
    text: str, one: tuple[int, int], two: tuple[int, int], new: str, whole: bool
) -> None:
    document = Document("file:///a.py", "python", text, 1, "utf-16")
    start, end = sorted((one, two))
    where = types.Range(types.Position(*start), types.Position(*end))
    if whole:
        edit = document.change(types.TextDocumentContentChangeWholeDocument(new))
    else:
        edit = document.change(types.TextDocumentContentChangePartial(where, new))

    before = Document("file:///a.py", "python", text, 1, "utf-16")
    head, tail = before.between((0, 0), edit.start), before.between(edit.end, (99, 0))
    assert head + edit.text + tail == document.text


def test_text_between_two_places_has_lf_line_ends() -> None:
    document = Document("file:///a.py", "python", "one\r\ntwo\r\nthree", 1, "utf-16")

    assert document.between((0, 1), (1, 2)) == "ne\ntw"
    assert document.between((1, 1), (9, 0)) == "wo\nthree"
    assert document.between((9, 0), (10, 0)) == ""


def test_a_whole_text_comes_to_the_lines_that_differ() -> None:
    document = Document("file:///a.py", "python", "a\nb\nc\n", 1, "utf-16")
    edit = document.change(types.TextDocumentContentChangeWholeDocument("a\nB\nc\n"))

    assert (edit.start, edit.end, edit.text) == ((1, 0), (1, 1), "B")
