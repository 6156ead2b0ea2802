"""Excerpts of files are the same as cutting all lines; a block's file is found by its number."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inhouse.context import files
from inhouse.context.catalogue import Catalogue
from inhouse.context.excerpts import Excerpts
from inhouse.context.modules import Modules
from inhouse.context.store import FileRow

CONTENTS = [
    b"", b"\n", b"one", b"one\n", b"one\ntwo\n\nthree", b"a\r\nb\rc\n", b"\xef\xbb\xbfone\ntwo\n",
    "grüß\nüber\n".encode(), "grüß\nüber\n".encode("latin-1"), b"# coding: cp1251\n\xe4\xf6\n",
    "one\ntwo".encode("utf-16"), b"one\0two\n",
]  # fmt: skip


@pytest.mark.parametrize("content", CONTENTS)
def test_an_excerpt_is_a_part_of_the_lines(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.py").write_bytes(content)
    lines = (files.read(tmp_path / "a.py") or "").split("\n")
    excerpts = Excerpts(tmp_path)
    for first in range(1, 6):
        for last in range(first, 8):
            assert excerpts.of("a.py", first, last) == "\n".join(lines[first - 1 : last]), (first, last)
    assert excerpts.of("gone.py", 1, 10) == ""


def test_what_has_changed_is_read_again_after_forgetting(tmp_path: Path) -> None:
    excerpts = Excerpts(tmp_path)
    for text in ("one", "two"):
        (tmp_path / "a.py").write_text(text)
        excerpts.forget()
        assert excerpts.of("a.py", 1, 1) == text


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4))), st.lists(st.integers(0, 50)), st.booleans())
def test_a_block_s_file_is_found(parts: list[tuple[int, int]], asked: list[int], shifted: bool) -> None:
    """parts: the numbers left out before each file, and those it has."""
    rows: list[FileRow] = []
    owner: dict[int, int] = {}
    number = 1
    for index, (gap, blocks) in enumerate(parts):
        number += gap
        rows.append(FileRow(index, f"m{index}.py", "python", 1, 1, b"", 1, 1, number, blocks))
        owner |= {number + one: index for one in range(blocks)}
        number += blocks
    if shifted:
        rows.append(FileRow(99, "far.py", "python", 1, 1, b"", 1, 1, 5_000_000, 1))
    catalogue = Catalogue(rows, 1, Modules((), lambda _: None))
    places = catalogue.files_of(np.asarray(asked, dtype=np.int64)).tolist()
    assert [catalogue.rows[place].id if place >= 0 else -1 for place in places] == [
        owner.get(block, -1) for block in asked
    ]
