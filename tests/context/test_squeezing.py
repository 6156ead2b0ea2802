"""What the index keeps of files comes back whole, whatever it was compressed with, and changes one file at a time."""

import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inhouse.context import Project
from inhouse.context.outline import Outline
from inhouse.context.squeezing import (
    PIECE_BYTES,
    SAMPLE_BYTES,
    joined,
    outline_in,
    pieces,
    sample,
    sampled,
    squeeze,
    unsampled,
    uses_in,
)
from inhouse.context.terms import key

Tree = Callable[[Mapping[str, str | bytes]], Path]
Open = Callable[[Path], Project]

BYTES = st.binary(max_size=400)


@given(BYTES, BYTES, BYTES)
def test_both_parts_come_back(outline: bytes, uses: bytes, beside: bytes) -> None:
    data = squeeze(joined(outline, uses), beside)

    assert outline_in(data, beside) == outline
    assert uses_in(data, beside) == uses


@pytest.mark.parametrize("length", [0, 1, PIECE_BYTES, PIECE_BYTES + 1, PIECE_BYTES * 4096 + 99])
def test_pieces_are_the_whole(length: int) -> None:
    data = bytes(range(256)) * (length // 256 + 1)
    parts = list(pieces(data[:length], 7 * PIECE_BYTES))

    assert b"".join(part for _, part in parts) == data[:length]
    assert [number for number, _ in parts] == list(range(7, 7 + len(parts)))


def test_a_sample_is_of_files_from_all_over() -> None:
    texts = [b"%04d" % n + b"x" * 5000 for n in range(1000)]
    found = sample(texts)

    assert len(found) == SAMPLE_BYTES
    assert b"0000x" in found
    assert found.count(b"x0") == SAMPLE_BYTES // 2000


def test_a_sample_of_short_texts_is_as_long() -> None:
    found = sample([b"%0100d" % n for n in range(1000)])

    assert SAMPLE_BYTES * 0.9 < len(found) <= SAMPLE_BYTES


def test_a_sample_is_stored_whole() -> None:
    texts = [b"%d def weigh(box)" % n for n in range(30)]

    assert unsampled(sampled(texts)) == b"".join(texts)


@given(st.text(min_size=1, max_size=30))
def test_keys_are_short_and_always_the_same(term: str) -> None:
    assert len(key(term)) <= 4
    assert key(term) == key(term)


def test_a_key_is_one_word_of_the_search_table(tree: Tree, open_project: Open) -> None:
    words = [f"some_word_number_{n}" for n in range(400)]
    project = open_project(tree({"a.py": "".join(f"{word} = 1\n" for word in words)}))
    project.refresh()

    assert [project._index.store.blocks_with(word, 9).tolist() for word in words] == [[1 + n // 10] for n in range(400)]


def names_of(project: Project) -> dict[str, list[str]]:
    found = {row.path: project._index.store.outline(row.id) or Outline() for row in project._index.store.files()}
    return {path: [symbol.name for symbol in outline.symbols] for path, outline in found.items()}


def test_files_are_stored_with_samples_and_one_by_one(tree: Tree, open_project: Open) -> None:
    project = open_project(tree({f"m{n}.py": f"def weigh_{n}(box):\n    return put_{n}(box)\n" for n in range(40)}))
    project.refresh()
    for n in range(3):
        (project.root / f"m{n}.py").write_text(f"def other_{n}(box):\n    return box\n")
        project.refresh()
    for n in range(20, 40):
        (project.root / f"m{n}.py").write_text(f"def late_{n}(box):\n    return box\n")
    project.refresh()

    wanted = {f"m{n}.py": [f"{'other' if n < 3 else 'weigh' if n < 20 else 'late'}_{n}"] for n in range(40)}
    assert names_of(project) == wanted
    assert {use.path for use in project.callers("put_7")} == {"m7.py"}
    rows = project._index.store.connection().execute("SELECT id FROM samples").fetchall()
    assert len(rows) == 2
    assert project._index.store.files_defining("weigh_1", 9) == []


def test_what_is_kept_of_changed_files_leaves_no_gaps_for_good(tree: Tree, open_project: Open) -> None:
    project = open_project(tree({f"m{n}.py": f"def weigh_{n}(box):\n    return put_{n}(box)\n" for n in range(20)}))
    project.refresh()
    store = project._index.store
    for turn in range(6):
        for n in range(20):
            body = "".join(f"def word_{turn}_{n}_{part}(box):\n    return {part * 7919}\n" for part in range(turn * 9))
            (project.root / f"m{n}.py").write_text(f"def other_{turn}_{n}(box):\n    return box\n{body}")
        project.refresh()
    before = names_of(project)

    store.tidy(everything=True)

    assert names_of(project) == before
    assert all(names[0] == f"other_5_{path[1:-3]}" for path, names in before.items())
    kept = store.connection().execute("SELECT sum(length(bytes)) FROM pieces").fetchone()[0]
    used = store.connection().execute("SELECT sum(length) FROM files").fetchone()[0]
    assert kept <= 1.25 * used + PIECE_BYTES


def test_a_sample_that_is_gone_is_damage(tree: Tree, open_project: Open) -> None:
    project = open_project(tree({f"m{n}.py": f"def weigh_{n}(box):\n    return box\n" for n in range(40)}))
    project.refresh()
    row = project._index.store.files()[0]
    project._index.store.close()
    with project._index.store.writing() as connection:
        connection.execute("DELETE FROM samples")

    with pytest.raises(sqlite3.DatabaseError, match="damaged"):
        project._index.store.outline(row.id)


def test_outlines_are_read_of_what_is_stored(tree: Tree, open_project: Open) -> None:
    project = open_project(tree({"a.py": "def weigh(box):\n    return box\n"}))
    project.refresh()

    assert [symbol.name for symbol in (project._index.store.outline(1) or Outline()).symbols] == ["weigh"]
    assert project._index.store.outline(2) is None
    assert project._index.store.uses(2) == b""
