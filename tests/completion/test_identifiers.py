"""Where names stand in a line: not in strings, comments, definitions and imports."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from places import cursor_at

from inhouse.completion.identifiers import NAME, ends_in_name, in_text, spots
from inhouse.completion.reserved import Reserved


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("x = load(path", ["first x", "value load", "argument path…"]),
        ("self.shelf.put(book)", ["member shelf of self", "member put of self.shelf", "argument book"]),
        ("a().b", ["first a", "member b… of a()"]),
        ("a[0].b", ["first a", "member b…"]),
        ("p->next::last", ["first p", "member next of p", "member last… of p->next"]),
        ("say('no names', f\"{here}\") # nor here", ["first say"]),
        ("def load(path): ", []),
        ("class Box(Base): ", []),
        ("from a import b", []),
        ("for x, y in z", ["value z…"]),
        ("return [x for x in z]", ["value x", "value z"]),
        ("with a as b: ", ["value a"]),
        ("const x = y;", ["value y"]),
        ("lambda x: y ", ["value y"]),
        ("f(...rest)", ["first f", "value rest"]),
        ("for x in 0..last ", ["value last"]),
        ("x.function()", ["first x"]),
        ("1e5 + 0x1f ", []),
        ("if not None: ", []),
        ("async def go(x): ", []),
        ("pub fn go(x: i32) {", []),
    ],
)
def test_names_and_their_roles(line: str, found: list[str]) -> None:
    told = [
        f"{spot.role} {spot.name}{'' if spot.whole else '…'}{f' of {spot.receiver}' if spot.receiver else ''}"
        for spot in spots(line, 0, "#")
    ]

    assert told == found


def test_words_of_the_language_behind_a_dot_where_they_are_asked_for() -> None:
    line = "return x.function(this.const, function (y) { z.delete "
    found = [(spot.role, spot.name) for spot in spots(line, 0, "//", reserved=Reserved(Path("a.ts"), "this.const"))]

    assert found == [("value", "x"), ("reserved", "function"), ("argument", "y"), ("value", "z")]


def test_only_names_that_reach_beyond_the_start() -> None:
    assert [spot.name for spot in spots("load(path)", 5, "#")] == ["path"]
    assert [spot.name for spot in spots("load(path)", 4, "#")] == ["path"]
    assert [spot.name for spot in spots("load(path)", 2, "#")] == ["load", "path"]


@given(st.text("xy1 .,(\\\"'`#/$=-", max_size=24), st.integers(0, 24), st.sampled_from(["#", "//", "--"]))
def test_what_lies_in_strings_and_comments_is_found_as_by_reading_letter_by_letter(
    line: str, start: int, comment: str
) -> None:
    code, quote, escaped = [False] * len(line), "", False
    for index, letter in enumerate(line):
        if escaped:
            escaped = False
        elif quote:
            escaped = letter == "\\"
            quote = "" if letter == quote else quote
        elif letter in "\"'`":
            quote = letter
        elif line.startswith(comment, index):
            break
        else:
            code[index] = True

    start = min(start, len(line))
    names = [found for found in NAME.finditer(line) if code[found.start()]]
    wanted = [found.span() for found in names if not line[: found.start()][-1:].isdigit()]

    assert [(spot.start, spot.start + len(spot.name)) for spot in spots(line, 0, comment)] == wanted
    assert [spot.start for spot in spots(line, start, comment)] == [first for first, end in wanted if end > start]

    assert [spot.start for spot in spots(line, start, comment, touching=True)] == [
        first for first, end in wanted if end >= start
    ]


def test_other_languages_comment_in_other_ways() -> None:
    assert [spot.name for spot in spots("x // y", 0, "//")] == ["x"]
    assert [spot.name for spot in spots("x // y", 0, "#")] == ["x", "y"]


@pytest.mark.parametrize(
    ("marked", "comment", "text"),
    [
        ('"""\nabout█', "#", True),
        ('"""a"""\nx = █', "#", False),
        ("/* a\n * █", "//", True),
        ("/* a */ x = █", "//", False),
        ('glob("src/*.py")\nx = █', "#", False),
        ("x = █", "#", False),
    ],
)
def test_docstrings_and_block_comments_are_text(marked: str, comment: str, text: bool) -> None:
    assert in_text(cursor_at(marked), comment) == text


CODE = st.text(alphabet="ab_$1é ².('\"#=", max_size=12)


@given(line=CODE, said=CODE)
def test_without_a_name_at_the_end_or_behind_it_there_is_nothing_to_find(line: str, said: str) -> None:
    if not ends_in_name(line) and not NAME.search(said):
        assert not list(spots(line + said, len(line), "#", touching=True))
    if not ends_in_name(line):
        assert not list(spots(line, len(line), "#", touching=True))
