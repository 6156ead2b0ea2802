"""Chunks are as large as pay, and so small that a cancel is heeded within about a token's time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inhouse.model.chunks import CHUNK_TOKENS, Chunks

CORE, HALF_BILLION = Chunks(5_245_216, 256, 8192), Chunks(494_000_000, 896, 151_936)


@pytest.mark.parametrize(
    ("model", "cells", "tokens"),
    [(CORE, 0, 64), (CORE, 300, 64), (CORE, 500, 40), (CORE, 1800, 16), (CORE, 4000, 16), (HALF_BILLION, 4000, 64)],
)
def test_a_small_model_reads_in_small_chunks_behind_a_long_prompt(model: Chunks, cells: int, tokens: int) -> None:
    assert model.tokens(cells) == tokens


def test_fewer_rows_are_compared_with_the_whole_vocabulary_at_once() -> None:
    assert (CORE.rows(100), HALF_BILLION.rows(100)) == (16, 24)


@given(st.integers(1, 10**11), st.integers(1, 10**4), st.integers(1, 300_000), st.integers(0, 10**5))
def test_no_chunk_is_empty_or_larger_than_the_batch(parameters: int, width: int, vocabulary: int, cells: int) -> None:
    model = Chunks(parameters, width, vocabulary)

    assert 16 <= model.rows(cells) <= model.tokens(cells) <= CHUNK_TOKENS
