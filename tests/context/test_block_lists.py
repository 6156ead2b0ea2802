"""Lists of blocks come back as they were, piece by piece, and what is not whole is found out."""

import sqlite3
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inhouse.context import Project, block_lists
from inhouse.context.block_lists import Piece, merged, pieces
from inhouse.context.terms import key, number

Tree = Callable[[Mapping[str, str | bytes]], Path]
Open = Callable[[Path], Project]

BLOCKS = st.sets(st.integers(0, 1 << 30), max_size=9).map(sorted)
LISTS = st.dictionaries(st.integers(0, 65**4), BLOCKS, max_size=30)


def told(lists: dict[int, list[int]]) -> list[tuple[int, block_lists.Blocks]]:
    return [(term, np.asarray(lists[term], dtype=np.int64)) for term in sorted(lists)]


@given(LISTS, st.integers(1, 40), st.integers(0, 65**4))
def test_every_list_comes_back(lists: dict[int, list[int]], size: int, other: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(block_lists, "_PIECE", size)
        stored = dict(pieces(told(lists)))
    found = [one for first, data in stored.items() for one in Piece(first, data)]

    assert {term: blocks.tolist() for term, blocks in found} == {term: list for term, list in lists.items() if list}
    assert [term for term, _ in found] == sorted(term for term, _ in found)
    for term in (*lists, other):
        first = max((first for first in stored if first <= term), default=None)
        at_once = Piece(first, stored[first]).of(term).tolist() if first is not None else []
        assert at_once == lists.get(term, [])


@given(LISTS, LISTS)
def test_merged_lists_are_those_of_both(one: dict[int, list[int]], other: dict[int, list[int]]) -> None:
    found = [(term, blocks.tolist()) for term, blocks in merged(told(one), told(other))]

    assert found == [(term, [*one.get(term, []), *other.get(term, [])]) for term in sorted({**one, **other})]


@given(LISTS.filter(lambda lists: any(lists.values())), st.data())
def test_what_is_not_whole_is_not_believed(lists: dict[int, list[int]], data: st.DataObject) -> None:
    first, piece = next(pieces(told(lists)))
    damaged = bytearray(piece)
    place = data.draw(st.integers(2, len(piece) - 1))
    damaged[place] ^= data.draw(st.integers(1, 255))

    with pytest.raises((ValueError, zlib.error)):
        Piece(first, bytes(damaged))
    with pytest.raises((ValueError, zlib.error)):
        Piece(first, piece[:place])
    with pytest.raises((ValueError, zlib.error)):
        Piece(first, zlib.compress(zlib.decompress(piece) + b"x"))


@given(st.lists(st.text(min_size=1, max_size=6), max_size=20))
def test_numbers_are_in_the_order_of_keys(words: list[str]) -> None:
    keys = {key(word) for word in words}

    assert all(name.isascii() for name in keys)
    assert sorted(keys, key=number) == sorted(keys)
    assert len({number(name) for name in keys}) == len(keys)


def test_a_damaged_list_is_damage(tree: Tree, open_project: Open) -> None:
    project = open_project(tree({"a.py": "first_word = second_word\n"}))
    project.refresh()
    assert project._index.store.blocks_with("first_word", 9).tolist() == [1]
    with project._index.store.writing() as connection:
        connection.execute("UPDATE lists SET bytes = x'0102'")

    with pytest.raises(sqlite3.DatabaseError, match="damaged"):
        project._index.store.blocks_with("first_word", 9)
