"""From the model's text to what is inserted and what it replaces."""

from __future__ import annotations

import pytest
from places import cursor_at

from inhouse.completion.shape import shape


def accepted(marked: str, raw: str, *, cut_off: bool = False) -> str:
    """The document after accepting, or the reason for silence in angle brackets."""
    cursor = cursor_at(marked)
    shaped = shape(raw, cursor, cut_off=cut_off)
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
        ("load(█)", "path) + rest", "load(path) + rest"),
        ("load(█):", "path) -> int:", "load(path) -> int:"),
        ("load(█):", "path) -> int", "load(path) -> int:"),
        ("load({█})", '"a": 1}, 2)', 'load({"a": 1}, 2)'),
        ("load(g(█))", "x), y)", "load(g(x), y)"),
        ("load(█);", "path);", "load(path);"),
        ("open('█')", 'a.txt\', "r")', "open('a.txt', \"r\")"),
        ("say(`█`)", "${name}`)", "say(`${name}`)"),
        ("if x█:", " and y:", "if x and y:"),
        ("x = [█]", "f(y) for y in z]", "x = [f(y) for y in z]"),
        ("f(█)", "lambda x: (x, 1)", "f(lambda x: (x, 1))"),
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


@pytest.mark.parametrize(
    ("marked", "raw", "after"),
    [
        ("a = 1\n█\nb = 2\nc = 3\n", "x = 0\nb = 2\nc = 3", "a = 1\nx = 0\nb = 2\nc = 3\n"),
        ("a = 1\n█\n\n\nb = 2\n", "b  =  2", "<repeats what follows>"),
        ("    a.one()\n    █\n    a.three()\n", "a.two()", "    a.one()\n    a.two()\n    a.three()\n"),
        ("x = 1\nx = 1\n█\n", "x = 1", "<repeats the lines above>"),
        ("x = 1\n█\n", "x = 1", "x = 1\nx = 1\n"),
        ("{\n}\n}\n█\n", "}", "{\n}\n}\n}\n"),
    ],
)
def test_what_stands_around_is_not_said_again(marked: str, raw: str, after: str) -> None:
    assert accepted(marked, raw) == after


def test_a_line_that_comes_round_again_ends_the_text() -> None:
    assert accepted("def f():\n    █\n", "go()\n    go()\n    go()\n    go()") == "def f():\n    go()\n    go()\n"


def test_one_token_for_ever_is_nothing() -> None:
    assert shape("((((((((((", cursor_at("x = █"), tokens=[5] * 10).silent == "goes round in circles"


@pytest.mark.parametrize(
    ("marked", "raw", "after"),
    [
        ("def f():\n█\n", "    x = 1\n    return x\n\n\ndef g():\n", "def f():\n    x = 1\n    return x\n"),
        ("def f():\n    █\n", "if x:\n        y()\nz()", "def f():\n    if x:\n        y()\n"),
        ("def f():█\n", "\n    return 1\n\nx = 2", "def f():\n    return 1\n"),
        ("a = 1\n█\n", "b = f(\n    1,\n)\nc = 2", "a = 1\nb = f(\n    1,\n)\n"),
        ("a = 1\n█\n", "if a:\n    b()\nc = 2", "a = 1\nif a:\n    b()\n"),
        ("if (x) {\n\t█\n}\n", "y();\n\tz();\n}\nw();", "if (x) {\n\ty();\n\tz();\n}\n"),
        ("a = 1█\n", "\nb = 2\nc = 3", "a = 1\nb = 2\n"),
    ],
)
def test_several_lines_end_where_the_unit_ends(marked: str, raw: str, after: str) -> None:
    assert accepted(marked, raw) == after


@pytest.mark.parametrize(
    ("raw", "after"),
    [
        ("a = f(\n        1,\n        2", "a = f("),
        ("a = 1\n    b = f(\n        1,\n        2", "a = 1"),
        ("a = 1\n    b = 2\n    c = lon", "a = 1\n    b = 2"),
        ("a = lon", "a = lon"),
    ],
)
def test_what_a_limit_cut_off_goes_back_to_a_whole_line(raw: str, after: str) -> None:
    assert accepted("def f():\n    █\n", raw, cut_off=True) == f"def f():\n    {after}\n"


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("step", ["\t", *(" " * width for width in range(1, 9))])
@pytest.mark.parametrize("written", ["\t", "  ", "    "])
def test_lines_take_the_file_s_own_indentation(step: str, written: str, newline: str) -> None:
    above = f"def a():\n{step}if b:\n{step}{step}c()\n\n\ndef d():\n{step}if e:\n{step}{step}f()\n\n\n"
    marked = above + f"def g():\n{step}█\n"
    raw = f"if h:\n{step}{written}i()\n{step}{written}{written}.j()\n{step}return k"
    expected = above + f"def g():\n{step}if h:\n{step}{step}i()\n{step}{step}{step}.j()\n{step}return k\n"

    assert accepted(marked.replace("\n", newline), raw) == expected.replace("\n", newline)


def test_aligned_brackets_stay_aligned() -> None:
    above = "def a():\n  b()\n\ndef c():\n  d()\n\n"

    assert accepted(above + "█\n", "e = f(1,\n      2)") == above + "e = f(1,\n      2)\n"


def test_only_so_many_lines_are_kept() -> None:
    assert shape("a()\n    b()\n    c()", cursor_at("def f():\n    █\n"), lines=2).text == "a()\n    b()"


@pytest.mark.parametrize(
    ("marked", "raw", "after"),
    [
        ("import os\nimport █\n", "os", "<imported already>"),
        ("import █\nimport re\nimport os\n", "os", "<imported already>"),
        ("from a import b\n\nfrom a █\n", "import b", "<imported already>"),
        ("from a import b\nfrom a █\n", "import b, c", "from a import b\nfrom a import b, c\n"),
        ("import os\n\ndef f():\n    import █\n", "os", "<imported already>"),
        (
            "def f():\n    import os\n\ndef g():\n    import █\n",
            "os",
            "def f():\n    import os\n\ndef g():\n    import os\n",
        ),
        ("use std::io;\nuse █\n", "std::io;", "<imported already>"),
        ("#include <a.h>\n#include █\n", "<a.h>", "<imported already>"),
        ("imported = 1\nx = 2\n█\n", "imported = 1", "imported = 1\nx = 2\nimported = 1\n"),
    ],
)
def test_what_is_imported_already_is_not_imported_again(marked: str, raw: str, after: str) -> None:
    assert accepted(marked, raw) == after
