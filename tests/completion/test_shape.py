"""From the model's text to what is inserted and what it replaces."""

from __future__ import annotations

from pathlib import Path

import pytest

from inhouse.completion.cursor import Cursor, cursor_of
from inhouse.completion.request import CompletionRequest
from inhouse.completion.shape import shape


def cursor_at(marked: str) -> Cursor:
    offset = marked.index("█")
    text = marked[:offset] + marked[offset + 1 :]
    return cursor_of(CompletionRequest(Path("/p"), Path("/p/a.py"), text, offset))


def accepted(marked: str, raw: str) -> str:
    """The document after accepting, or the reason for silence in angle brackets."""
    cursor = cursor_at(marked)
    shaped = shape(raw, cursor)
    text = marked.replace("█", "")
    return f"<{shaped.silent}>" if shaped.silent else text[: cursor.start] + shaped.text + text[shaped.end :]


@pytest.mark.parametrize(
    ("marked", "raw", "after"),
    [
        ("x = █", "load(path)", "x = load(path)"),
        ("x = █", "load(path)   ", "x = load(path)"),
        ("    █", "  load(path)", "    load(path)"),
        ("x = █", " load(path)", "x = load(path)"),
        ("if x:█", " pass", "if x: pass"),
        ("load(█)", "path)", "load(path)"),
        ("load(█)", "path", "load(path)"),
        ("load(█)", "name()", "load(name())"),
        ("load(█):", "path):", "load(path):"),
        ("load([█])", "1, 2])", "load([1, 2])"),
        ("load([█])", "1, 2]", "load([1, 2])"),
        ('open("█")', 'a.txt")', 'open("a.txt")'),
        ('open("█")', "a.txt", 'open("a.txt")'),
        ("open(█)", '"a.txt", "r")', 'open("a.txt", "r")'),
        ('say("█")', "don't\")", 'say("don\'t")'),
        ('say("█")', '\\"no\\"")', 'say("\\"no\\"")'),
        ("f(█ )", "x)", "f(x)"),
    ],
)
def test_brackets_and_quotes_are_not_doubled(marked: str, raw: str, after: str) -> None:
    assert accepted(marked, raw) == after


@pytest.mark.parametrize("raw", ["", "   ", "\n"])
def test_blank_text_is_nothing(raw: str) -> None:
    assert accepted("x = █", raw) == "<nothing to add>"


def test_the_next_line_is_not_said_again() -> None:
    assert accepted("    █\n    return total\n", "return total") == "<repeats what follows>"


def test_a_blank_line_between_does_not_hide_the_repetition() -> None:
    assert accepted("    █\n\n    return total\n", "return total") == "<repeats what follows>"


def test_the_rest_of_the_line_is_not_said_again() -> None:
    assert accepted("foo(█)", ")") == "<repeats what follows>"


def test_a_closing_bracket_may_stand_twice() -> None:
    assert accepted("f(g(\n█\n)", ")") == "f(g(\n)\n)"


def test_a_similar_line_is_legitimate() -> None:
    assert accepted("a.one = █\na.two = load()\n", "load()") == "a.one = load()\na.two = load()\n"


def test_line_ends_are_the_file_s_own() -> None:
    cursor = cursor_at("if x:█\r\n")

    assert shape("\n    y()", cursor).text == "\r\n    y()"
