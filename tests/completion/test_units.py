"""Where more than one line is wanted, and where a text's unit ends while it is being written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from places import cursor_at

from inhouse.completion.brackets import balance
from inhouse.completion.indent import habit, refit
from inhouse.completion.repeats import goes_round
from inhouse.completion.units import opens_block, over, wanted_lines


@pytest.mark.parametrize(
    ("marked", "empty"),
    [
        ("def f():\n    █\n", True),
        ("def f():\n█\n", True),
        ("def f():█\n", True),
        ("def f():\n\n    █\n\n\ndef g():\n", True),
        ("if (x) {\n\t█\n}\n", True),
        ("f(() => {█})", True),
        ("function f()\n  █\nend\n", True),
        ("if x then\n  █\nend\n", True),
        ("def f():\n    █\n    return 1\n", False),
        ("x = 1\n█\n", False),
        ("def f():\n    x = █\n", False),
        ("# such as:\n█\n", False),
        ("def f(█):\n", False),
        ("█", False),
    ],
)
def test_an_empty_block_is_seen(marked: str, empty: bool) -> None:
    assert opens_block(cursor_at(marked)) == empty


@pytest.mark.parametrize(
    ("marked", "asked", "lines"),
    [
        ("x = █\n", False, 1),
        ("x = █\n", True, 6),
        ("f(█)\n", True, 6),
        ("f(█, x)\n", True, 1),
        ("def f():\n    █\n", False, 6),
    ],
)
def test_one_line_unless_there_is_a_reason_for_more(marked: str, asked: bool, lines: int) -> None:
    assert wanted_lines(cursor_at(marked), 6, asked=asked) == lines


@pytest.mark.parametrize(
    ("marked", "text", "ended"),
    [
        ("def f():\n    █\n", "x = 1", False),
        ("def f():\n    █\n", "x = 1\n    y", False),
        ("def f():\n    █\n", "x = 1\ndef g", True),
        ("def f():\n    █\n", "x = 1\n\n\n", True),
        ("a = 1\n█\n", "b = (\n    2,", False),
        ("a = 1\n█\n", "b = (\n    2,\n)", False),
        ("a = 1\n█\n", "b = (\n    2,\n)\nc", True),
    ],
)
def test_the_decode_ends_with_its_unit(marked: str, text: str, ended: bool) -> None:
    assert over(cursor_at(marked))(text) == ended


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("a:\n\tb\n\tc:\n\t\td\n", "\t"),
        ("a:\n  b:\n    c\n", "  "),
        ("a:\n   b\na:\n   b\n", "   "),
        ("f(a,\n  b)\nf(a,\n  b)\n", None),
        ("a\nb\n", None),
        ("", None),
    ],
)
def test_the_habit_is_what_the_file_does(text: str, step: str | None) -> None:
    assert habit(text) == step


@given(st.text(alphabet="ab \t\n(:", max_size=60), st.sampled_from(["\t", "  ", "    ", None]))
def test_refitting_changes_blanks_only(text: str, step: str | None) -> None:
    assert refit(text, "    ", step).split() == text.split()


@pytest.mark.parametrize(
    ("text", "quote", "depth", "closers"),
    [
        ("a(b[c", "", 2, ()),
        ("a)", "", 0, (1,)),
        ('b") + "x', '"', 0, (1, 2)),
        ("it's\"", '"', 0, (4,)),
        ("'a\\'b('", "", 0, ()),
        ("'open\n(", "", 1, ()),
    ],
)
def test_what_a_text_leaves_open_and_what_it_closes(
    text: str, quote: str, depth: int, closers: tuple[int, ...]
) -> None:
    found = balance(text, quote)

    assert (found.depth, found.closers) == (depth, closers)


@pytest.mark.parametrize(
    ("tokens", "loop"),
    [([1] * 8, True), ([1] * 7, False), ([9, 8, 7, *([1, 2, 3] * 10)], True), (list(range(60)), False), ([], False)],
)
def test_loops_show_in_the_tokens(tokens: list[int], loop: bool) -> None:
    assert goes_round(tokens) == loop
