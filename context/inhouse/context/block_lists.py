"""The blocks that hold each term, as the index keeps them: many sorted lists in a few compressed pieces.

Terms are numbers here, ascending. Numbers are told by how much they grow, byte by byte apart: the higher bytes are
nearly all zero, so what is left of a block of a term is some six bits.
"""

import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Blocks = NDArray[np.int64]
Lists = Iterable[tuple[int, Blocks]]
"""Terms, ascending, each with its blocks, ascending."""

_PIECE = 2000
"""Blocks and terms of a piece: unpacked in 20 us, and twice as much would save 2 % of the space."""

_UNPACKED = 256
"""Pieces kept unpacked, 10 kB each: all of a small project's, so that a look-up takes 15 us."""

_HEAD = struct.Struct("<IIBBB")
"""How many terms, how many blocks; bytes for a term's growth, for a list's length, for a block's growth."""


def pieces(lists: Lists) -> Iterator[tuple[int, bytes]]:
    """Each piece with its first term."""
    terms: list[int] = []
    found: list[Blocks] = []
    size = 0
    for term, blocks in lists:
        if not len(blocks):
            continue
        terms.append(term)
        found.append(blocks)
        size += len(blocks) + 1
        if size >= _PIECE:
            yield terms[0], _packed(terms, found)
            terms, found, size = [], [], 0
    if terms:
        yield terms[0], _packed(terms, found)


def _packed(terms: Sequence[int], lists: Sequence[Blocks]) -> bytes:
    lengths = np.array([len(blocks) for blocks in lists])
    flat = np.concatenate(lists)
    starts = lengths.cumsum()[:-1]
    growth = np.diff(flat, prepend=0)
    growth[starts] = flat[starts]
    columns = [_bytes_of(np.diff(np.array(terms), prepend=terms[0])), _bytes_of(lengths - 1), _bytes_of(growth)]
    head = _HEAD.pack(len(terms), len(flat), *(width for width, _ in columns))
    return zlib.compress(head + b"".join(column for _, column in columns), 9)


def _bytes_of(values: NDArray[np.int64]) -> tuple[int, bytes]:
    """How many bytes the largest value takes; the lowest bytes of all values, then the next ones, and so on."""
    width = max(1, (int(values.max()).bit_length() + 7) // 8)
    return width, values.astype("<i8").view(np.uint8).reshape(-1, 8)[:, :width].T.tobytes()


class Piece:
    """One piece, unpacked; raises ValueError or zlib.error for what nobody packed."""

    def __init__(self, first: int, data: bytes) -> None:
        self._data = zlib.decompress(data)
        try:
            count, self._size, of_term, of_length, self._width = _HEAD.unpack_from(self._data)
        except struct.error as error:
            raise ValueError(str(error)) from error
        lengths = _HEAD.size + count * of_term
        self._growth = lengths + count * of_length
        if len(self._data) != self._growth + self._size * self._width:
            raise ValueError("a list of blocks is not whole")
        self.terms = _values(self._data, _HEAD.size, count, of_term, slice(None)).cumsum() + first
        self._ends = (_values(self._data, lengths, count, of_length, slice(None)) + 1).cumsum()

    def of(self, term: int) -> Blocks:
        """The blocks of a term; none of one that is not here."""
        at = int(self.terms.searchsorted(term))
        return self._at(at) if at < len(self.terms) and self.terms.item(at) == term else _NONE

    def __iter__(self) -> Iterator[tuple[int, Blocks]]:
        yield from ((term, self._at(at)) for at, term in enumerate(self.terms.tolist()))

    def _at(self, at: int) -> Blocks:
        part = slice(self._ends.item(at - 1) if at else 0, self._ends.item(at))
        blocks: Blocks = _values(self._data, self._growth, self._size, self._width, part).cumsum()
        return blocks


@lru_cache(_UNPACKED)
def unpacked(first: int, data: bytes) -> Piece:
    """A piece as it is stored; for the same bytes the same one."""
    return Piece(first, data)


def _values(data: bytes, start: int, count: int, width: int, part: slice) -> NDArray[np.int64]:
    """Some of the values that _bytes_of() made bytes of."""
    columns = np.frombuffer(data, np.uint8, count * width, start).reshape(width, count)[:, part]
    found: NDArray[np.int64] = columns[0].astype(np.int64)
    for place in range(1, width):
        found |= columns[place].astype(np.int64) << (8 * place)
    return found


def merged(one: Lists, other: Lists) -> Iterator[tuple[int, Blocks]]:
    """Both together; the blocks of a term in the second are behind those in the first."""
    left, right = iter(one), iter(other)
    first, second = next(left, None), next(right, None)
    while first is not None and second is not None:
        if first[0] == second[0]:
            yield first[0], np.concatenate((first[1], second[1]))
            first, second = next(left, None), next(right, None)
        elif first[0] < second[0]:
            yield first
            first = next(left, None)
        else:
            yield second
            second = next(right, None)
    for rest, others in ((first, left), (second, right)):
        if rest is not None:
            yield rest
            yield from others


_NONE: Blocks = np.empty(0, dtype=np.int64)
