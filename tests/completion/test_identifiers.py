"""Where names stand in a line: not in strings, comments, definitions and imports."""

from __future__ import annotations

import pytest
from places import cursor_at

from inhouse.completion.identifiers import in_text, spots


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


def test_only_names_that_reach_beyond_the_start() -> None:
    assert [spot.name for spot in spots("load(path)", 5, "#")] == ["path"]
    assert [spot.name for spot in spots("load(path)", 4, "#")] == ["path"]
    assert [spot.name for spot in spots("load(path)", 2, "#")] == ["load", "path"]


def test_other_languages_comment_in_other_ways() -> None:
    assert [spot.name for spot in spots("x // y", 0, "//")] == ["x"]
    assert [spot.name for spot in spots("x // y", 0, "#")] == ["x", "y"]


@pytest.mark.parametrize(
    ("marked", "text"),
    [
        ('"""\nabout█', True),
        ('"""a"""\nx = █', False),
        ("/* a\n * █", True),
        ("/* a */ x = █", False),
        ("x = █", False),
    ],
)
def test_docstrings_and_block_comments_are_text(marked: str, text: bool) -> None:
    assert in_text(cursor_at(marked)) == text
