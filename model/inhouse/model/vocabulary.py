"""The tokens' texts: what each stands for, and which ones begin with, or are the beginning of, a given text.

For token healing and for following names. A sorted list searched by halves does what a trie would, in a fifth of the
memory. It knows nothing about probabilities.
"""

from __future__ import annotations

import hashlib
import struct
from bisect import bisect_left
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int32]

_MAGIC = b"IHVOC1\n"


class Vocabulary:
    """Texts of all tokens of one model."""

    def __init__(self, pieces: Sequence[bytes], ends: frozenset[int] = frozenset()) -> None:
        self._pieces = pieces
        self._ends = ends
        order = sorted((token for token, piece in enumerate(pieces) if piece), key=pieces.__getitem__)
        self._sorted = [pieces[token] for token in order]
        self._order: Ids = np.array(order, np.int32)
        self._longest = max(map(len, self._sorted), default=0)
        self._line_ends: Ids | None = None
        self._digest = ""

    def __len__(self) -> int:
        return len(self._pieces)

    @property
    def digest(self) -> str:
        """The same for the same texts under the same numbers, else another one. 3 ms for 152,000 tokens, once."""
        if not self._digest:
            found = hashlib.blake2b(_lengths(self._pieces), digest_size=10)
            found.update(b"".join(self._pieces))
            found.update(np.array(sorted(self._ends), np.uint32).tobytes())
            self._digest = found.hexdigest()
        return self._digest

    def piece(self, token: int) -> bytes:
        """The bytes that a token stands for; empty for control tokens."""
        return self._pieces[token]

    def is_end(self, token: int) -> bool:
        """Whether the token ends generation."""
        return token in self._ends

    def line_ends(self) -> Ids:
        """Ids of the tokens that can only come behind a complete line: line breaks, and those that end generation."""
        if self._line_ends is None:
            self._line_ends = np.concatenate([self.starting_with(b"\n"), np.array(sorted(self._ends), np.int32)])
        return self._line_ends

    def starting_with(self, text: bytes) -> Ids:
        """Ids of the tokens whose text begins with `text`, in the order of their texts."""
        low = bisect_left(self._sorted, text)
        following = _successor(text)
        high = bisect_left(self._sorted, following) if following is not None else len(self._sorted)
        return self._order[low:high]

    def beginning_of(self, text: bytes) -> list[int]:
        """Ids of the tokens whose text is a proper beginning of `text`, shortest first."""
        found: list[int] = []
        for length in range(1, min(len(text), self._longest + 1)):
            start = text[:length]
            at = bisect_left(self._sorted, start)
            while at < len(self._sorted) and self._sorted[at] == start:
                found.append(int(self._order[at]))
                at += 1
        return found

    def within(self, text: bytes) -> Ids:
        """Ids of the tokens that can begin a sequence whose text begins with `text`."""
        return np.concatenate([self.starting_with(text), np.array(self.beginning_of(text), np.int32)])


def _successor(text: bytes) -> bytes | None:
    """The smallest byte string greater than all that begin with `text`; None if there is none."""
    stripped = text.rstrip(b"\xff")
    return stripped[:-1] + bytes([stripped[-1] + 1]) if stripped else None


def cached_pieces(file: Path, key: str, read: Callable[[], list[bytes]]) -> list[bytes]:
    """`read()`, remembered in `file`. Reading 152,000 texts from llama.cpp takes 0.2 s, from the file 0.03 s.

    `key` names the model and its version: a file written for another one, damaged or unreadable is replaced.
    """
    known = _load(file, key)
    if known is not None:
        return known
    pieces = read()
    name = key.encode()
    head = _MAGIC + struct.pack("<II", len(name), len(pieces)) + name
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        partial = file.with_suffix(".partial")
        partial.write_bytes(head + _lengths(pieces) + b"".join(pieces))
        partial.replace(file)
    except OSError:
        pass  # a read-only or full cache costs 0.2 s at each start, nothing more
    return pieces


def _lengths(pieces: Sequence[bytes]) -> bytes:
    return np.array([len(piece) for piece in pieces], np.uint32).tobytes()


def _load(file: Path, key: str) -> list[bytes] | None:
    """The texts in `file`, or None if it is not there, not whole, or another model's."""
    try:
        data = file.read_bytes()
    except OSError:
        return None
    name = key.encode()
    begin = len(_MAGIC) + 8 + len(name)
    if not data.startswith(_MAGIC) or len(data) < begin:
        return None
    name_length, count = struct.unpack_from("<II", data, len(_MAGIC))
    if name_length != len(name) or data[begin - len(name) : begin] != name or len(data) < begin + 4 * count:
        return None
    ends = np.cumsum(np.frombuffer(data, np.uint32, count, begin), dtype=np.int64) + begin + 4 * count
    if count and ends[-1] != len(data):
        return None
    starts = [begin + 4 * count, *ends[:-1].tolist()]
    return [data[start:end] for start, end in zip(starts, ends.tolist(), strict=True)]
