"""FILE:LINE:COL and the texts it may point into."""

from __future__ import annotations

from pathlib import Path

import pytest

from inhouse.cli.errors import WrongUse
from inhouse.cli.target import Target, cursor_at, decode, parse_target, read_text


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("/a/b.py:1:2", Target(Path("/a/b.py"), 1, 2)),
        ("/a/b:3.py:10:20", Target(Path("/a/b:3.py"), 10, 20)),
        ("/a/with blank.py:1:1", Target(Path("/a/with blank.py"), 1, 1)),
    ],
)
def test_a_target_is_read_from_its_end(text: str, target: Target) -> None:
    assert parse_target(text, None) == target


def test_a_relative_file_is_looked_for_in_the_root_too(tmp_path: Path) -> None:
    (tmp_path / "only_there.py").touch()
    assert parse_target("only_there.py:1:1", tmp_path).path == tmp_path / "only_there.py"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("é = 1\n".encode(), "é = 1\n"),
        (b"\xef\xbb\xbfx = 1", "x = 1"),
        ("é".encode("latin-1"), "é"),
        ("x = 'é'".encode("utf-16"), "x = 'é'"),
        (b"a\r\nb\r", "a\r\nb\r"),
        (b"", ""),
    ],
)
def test_encodings(data: bytes, text: str) -> None:
    assert decode(data, "x") == text


def test_a_binary_file_is_refused() -> None:
    with pytest.raises(WrongUse, match="binary"):
        decode(b"\x00\x01", "x")


@pytest.mark.parametrize(
    ("text", "line", "column", "offset"),
    [
        ("", 1, 1, 0),
        ("a", 1, 2, 1),
        ("a\nb", 2, 1, 2),
        ("a\r\nbc\r\n", 2, 3, 5),
        ("a\n", 2, 1, 2),  # an editor has this line, too
        ("s = '😀'.x", 1, 9, 8),  # columns are characters, whatever their width
        ("a\x0cb\nc", 2, 1, 4),
    ],
)
def test_where_the_cursor_is(text: str, line: int, column: int, offset: int) -> None:
    _, cursor = cursor_at(Target(Path("/a.py"), line, column), text)
    assert cursor.offset == offset


@pytest.mark.parametrize(("line", "column"), [(3, 1), (1, 3), (2, 2)])
def test_a_place_outside_of_the_file_is_refused(line: int, column: int) -> None:
    with pytest.raises(WrongUse, match="there is no"):
        cursor_at(Target(Path("/a.py"), line, column), "a\n")


def test_an_unreadable_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="no such file"):
        read_text(tmp_path / "none", from_stdin=False)
    with pytest.raises(WrongUse, match="is a directory"):
        read_text(tmp_path, from_stdin=True)
