"""How many tokens are evaluated in one call: as many as pay, and so few that a cancel is heeded within a token's time.

llama.cpp looks at the cancel flag between two operations of its graph. The longest of a chunk are where each of its
tokens attends to all cells in use and where each of its rows is compared with the whole vocabulary; a single token
takes about as many multiplications in all as the model has weights. So for a small model chunks are small behind a long
prompt, where larger ones win nothing either (the embedded core reads 2,000 tokens in 414 to 448 ms with 24 to 64 at a
time); at 0.5B they are never smaller than CHUNK_TOKENS.
It evaluates nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

CHUNK_TOKENS = 64
"""Most tokens evaluated in one call. An aborted call loses its own chunk only, so small chunks keep what was done."""
_LEAST = 16
"""Fewer cost more than they win: 2,000 tokens take 589 ms in chunks of 8."""
_STEP = 8
"""The kernels work in fours and eights."""
_ROWS_FACTOR = 8
"""The vocabulary's matrix is quantised, and its products are so many times as fast as those with the cells."""


@dataclass(frozen=True, slots=True)
class Chunks:
    """The rule for one model."""

    parameters: int
    width: int
    """Numbers in an embedding."""
    vocabulary: int

    def tokens(self, cells: int) -> int:
        """For a prompt behind so many cells in use."""
        return _rounded(self.parameters / (self.width * max(1, cells)))

    def rows(self, cells: int) -> int:
        """For tokens whose logits are all wanted."""
        return min(self.tokens(cells), _rounded(_ROWS_FACTOR * self.parameters / (self.width * self.vocabulary)))


def _rounded(tokens: float) -> int:
    return max(_LEAST, min(CHUNK_TOKENS, int(tokens) // _STEP * _STEP))
