"""Which tokens begin with a text, and the file that remembers all texts."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inhouse.model.vocabulary import Vocabulary, cached_pieces

PIECES = [b"", b"a", b"ab", b"abc", b"b", b"\xff", b"\xff\xff", b"ab"]


def test_finds_the_tokens_that_begin_with_a_text() -> None:
    words = Vocabulary(PIECES)

    assert set(words.starting_with(b"ab").tolist()) == {2, 3, 7}
    assert set(words.starting_with(b"\xff").tolist()) == {5, 6}
    assert words.starting_with(b"abcd").tolist() == []


def test_finds_the_tokens_that_are_its_beginning() -> None:
    assert set(Vocabulary(PIECES).beginning_of(b"abc")) == {1, 2, 7}


def test_control_tokens_have_no_text_and_begin_nothing() -> None:
    words = Vocabulary(PIECES, frozenset([0]))

    assert words.is_end(0)
    assert 0 not in words.within(b"").tolist()


@pytest.mark.parametrize(
    "other",
    [
        Vocabulary([*PIECES[:1], b"ab", b"a", *PIECES[3:]]),  # the same texts under other numbers
        Vocabulary([*PIECES[:1], b"aa", b"b", *PIECES[3:]]),  # the same bytes, parted otherwise
        Vocabulary(PIECES[:-1]),
        Vocabulary(PIECES, frozenset([0])),
    ],
)
def test_another_numbering_has_another_digest(other: Vocabulary) -> None:
    assert Vocabulary(list(PIECES)).digest == Vocabulary(PIECES).digest
    assert other.digest != Vocabulary(PIECES).digest


@given(pieces=st.lists(st.binary(max_size=4), max_size=30), text=st.binary(max_size=5))
def test_within_is_what_its_definition_says(pieces: list[bytes], text: bytes) -> None:
    expected = {n for n, piece in enumerate(pieces) if piece and (piece.startswith(text) or text.startswith(piece))}
    found = Vocabulary(pieces).within(text).tolist()

    assert set(found) == expected
    assert len(found) == len(expected)


def never() -> list[bytes]:
    raise AssertionError("read again")


def test_texts_are_read_once(tmp_path: Path) -> None:
    file = tmp_path / "folder" / "v.bin"

    assert cached_pieces(file, "model 1", lambda: PIECES) == PIECES
    assert cached_pieces(file, "model 1", never) == PIECES


def test_another_model_s_file_is_replaced(tmp_path: Path) -> None:
    file = tmp_path / "v.bin"
    cached_pieces(file, "model 1", lambda: PIECES)

    assert cached_pieces(file, "model 2", lambda: [b"x"]) == [b"x"]
    assert cached_pieces(file, "model 2", never) == [b"x"]


@pytest.mark.parametrize("cut", [0, 3, 8, 15, 25, -1])
def test_a_damaged_file_is_replaced(tmp_path: Path, cut: int) -> None:
    file = tmp_path / "v.bin"
    cached_pieces(file, "model 1", lambda: PIECES)
    file.write_bytes(file.read_bytes()[:cut])

    assert cached_pieces(file, "model 1", lambda: PIECES) == PIECES


def test_an_unwritable_folder_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    assert cached_pieces(tmp_path / "file" / "v.bin", "model 1", lambda: PIECES) == PIECES
