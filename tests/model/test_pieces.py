"""Long texts in pieces: the same ids as in one go, most of them remembered, and an early end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inhouse.model.cancel import CancelFlag, Cancelled
from inhouse.model.native import Weights
from inhouse.model.pieces import Pieces
from inhouse.model.store import embedded_core

LINES = st.sampled_from(
    [
        "",
        "    ",
        "\t",
        "x = 1",
        "    y = f(2)",
        "\tz",
        "def f():",
        "    '''é",
        "})",
        "  # 漢字",
        "a\t",
        "\r",
        "\f",
        '"""',
    ]
)


@pytest.fixture(scope="module")
def core() -> Iterator[Weights]:
    weights = Weights(embedded_core().path, vocabulary_only=True)
    yield weights
    weights.close()


@given(lines=st.lists(LINES, max_size=120))
def test_the_ids_are_those_of_the_whole_text(core: Weights, lines: list[str]) -> None:
    text = "\n".join(lines)

    assert Pieces(core.tokenize)(text) == core.tokenize(text)


def counted(encode: Callable[[str], list[int]]) -> tuple[list[str], Callable[[str], list[int]]]:
    """(the texts that were tokenised, the same tokenizer)."""
    seen: list[str] = []

    def noting(text: str) -> list[int]:
        seen.append(text)
        return encode(text)

    return seen, noting


CODE = "".join(f"    value_{number} = compute({number})\n" for number in range(200))


def test_typing_tokenises_the_last_piece_only(core: Weights) -> None:
    seen, encode = counted(core.tokenize)
    pieces = Pieces(encode)
    pieces(CODE)
    seen.clear()

    assert pieces(CODE + "    more = 1") == core.tokenize(CODE + "    more = 1")
    assert sum(map(len, seen)) < 1000


def test_a_cancel_is_noticed_between_two_pieces(core: Weights) -> None:
    flag = CancelFlag()
    seen, encode = counted(core.tokenize)

    def cancelling(text: str) -> list[int]:
        if len(seen) == 3:
            flag.set()
        return encode(text)

    pieces = Pieces(core.tokenize)
    pieces._remembered = cancelling  # type: ignore[assignment]
    pieces.cancel = flag

    with pytest.raises(Cancelled):
        pieces(CODE)
    assert len(seen) == 4


def test_a_call_may_have_a_flag_of_its_own(core: Weights) -> None:
    flag = CancelFlag()
    pieces = Pieces(core.tokenize)
    flag.set()

    with pytest.raises(Cancelled):
        pieces(CODE, flag)
    assert pieces(CODE) == core.tokenize(CODE)


def gpt2(text: str) -> list[int]:
    """Joins a line break with the blanks behind it, as GPT-2's rule does."""
    return [hash(part) for part in re.findall(r"\s+(?!\S)|\s+| ?\S+", text)]


def joining(text: str) -> list[int]:
    """Joins everything."""
    return [hash(text)]


@pytest.mark.parametrize("encode", [gpt2, joining])
def test_a_tokenizer_that_joins_more_is_left_whole_there(encode: Callable[[str], list[int]]) -> None:
    assert Pieces(encode)(CODE) == encode(CODE)
