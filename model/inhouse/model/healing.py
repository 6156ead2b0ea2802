"""Token healing: which tokens at the end of a text are taken back, to be said again by whole tokens.

A name typed halfway is cut into tokens in another way than the whole name, and a space, dot or bracket at the cursor is
one token with the name that follows. So the tokens of the word at the cursor, or the one last token, are taken back,
and what comes next is chosen among tokens that begin with what they said. It chooses nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

MAX_HEALED_TOKENS = 4
"""A name typed halfway is at most this many tokens; a longer run is left as it is."""


def take_back(ids: Sequence[int], piece: Callable[[int], bytes], most: int) -> tuple[int, bytes]:
    """(how many of the last `most` ids are taken back, their bytes).

    Line breaks stay: no tokenizer in use joins them with what follows.
    """
    healed, count = b"", 0
    while count < min(MAX_HEALED_TOKENS, most):
        text = piece(ids[-1 - count])
        if text.endswith(b"\n") or (count and not (text and _is_word(text[-1:]))):
            break
        healed, count = text + healed, count + 1
        if not _is_word(text):
            break  # the word begins in this token, or it is no word
    return count, healed


def _is_word(piece: bytes) -> bool:
    return all(byte == 0x5F or byte >= 0x80 or chr(byte).isalnum() for byte in piece)
