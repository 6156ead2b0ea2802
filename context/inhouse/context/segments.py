"""Sorted pieces of the project's token stream: where a run of tokens occurred, found by binary search.

Knows token numbers only: no text, no files' contents, no probabilities.
"""

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Tokens = NDArray[np.int32]
Places = NDArray[np.int64]

Strengths = NDArray[np.float64]

_KEY_BITS = 63
"""The tokens before a place are packed into one signed 64-bit key; with up to 32,767 distinct tokens four fit."""

DEEPEST_KEY = 4
"""Tokens of context in a key; longer matches are found by comparing the few places that are left."""


@dataclass(frozen=True, slots=True)
class Range:
    """Places whose last `depth` tokens of context match, as a stretch of the sorted order."""

    depth: int
    start: int
    end: int


class Segment:
    """Some files' tokens, immutable. Token numbers are dense (1 ..); 0 stands before, between and after files."""

    def __init__(self, files: Mapping[str, Tokens], strengths: Mapping[str, Strengths] | None = None) -> None:
        self.strengths = _spread(files, strengths) if strengths is not None else None
        """What each place counts, below 0 against its token; None: every place counts alike."""
        self.names: tuple[str, ...] = tuple(files)
        parts: list[Tokens] = [np.zeros(1, dtype=np.int32)]
        starts: list[int] = []
        size = 1
        for tokens in files.values():
            starts.append(size)
            parts += [tokens, np.zeros(1, dtype=np.int32)]
            size += len(tokens) + 1
        self.tokens: Tokens = np.concatenate(parts)
        self._starts = np.asarray(starts, dtype=np.int64)
        highest = int(self.tokens.max()) if size > 1 else 0
        self._bits = max(1, highest.bit_length())
        self._highest = (1 << self._bits) - 1
        self.depth = min(DEEPEST_KEY, _KEY_BITS // self._bits)
        self._keys, self._order = self._sorted()

    def __len__(self) -> int:
        return len(self.tokens)

    @cached_property
    def places(self) -> dict[str, int]:
        """The files' numbers within the segment."""
        return {name: index for index, name in enumerate(self.names)}

    def in_folder(self, folder: str) -> Places:
        """The numbers of the files right in a folder."""
        return self._folders.get(folder, np.empty(0, dtype=np.int64))

    @cached_property
    def _folders(self) -> dict[str, Places]:
        found: dict[str, list[int]] = {}
        for index, name in enumerate(self.names):
            found.setdefault(posixpath.dirname(name), []).append(index)
        return {folder: np.asarray(numbers, dtype=np.int64) for folder, numbers in found.items()}

    def _sorted(self) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """All places in the order of their contexts, the nearest token first; stable, so older places come first."""
        keys = np.zeros(len(self.tokens), dtype=np.int64)
        for back in range(1, self.depth + 1):
            keys <<= self._bits
            keys[back:] |= self.tokens[:-back]
        order = np.argsort(keys, kind="stable").astype(np.int32)
        return keys[order], order

    def ranges(self, context: Tokens) -> list[Range]:
        """The stretches of places that match the last 1, 2 ... tokens, as long as there are any."""
        found: list[Range] = []
        low, high, shift = 0, 0, self._bits * self.depth
        start, end = 0, len(self._order)
        for depth in range(1, min(self.depth, len(context)) + 1):
            token = int(context[-depth])
            if not 0 < token <= self._highest:
                break
            shift -= self._bits
            low |= token << shift
            high = low + (1 << shift)
            start += int(self._keys[start:end].searchsorted(low))
            end = start + int(self._keys[start:end].searchsorted(high))
            if start == end:
                break
            found.append(Range(depth, start, end))
        return found

    def at(self, span: Range, most: int, inner: Range | None) -> tuple[Places, float]:
        """At most so many places of a stretch, without those of the inner one, and how many each stands for."""
        before = inner.start - span.start if inner else span.end - span.start
        after = span.end - inner.end if inner else 0
        count = before + after
        if count <= 0:
            return np.empty(0, dtype=np.int64), 1.0
        chosen = np.arange(count) if count <= most else np.arange(most) * count // most
        index = chosen + span.start
        if inner:
            index[chosen >= before] += inner.end - inner.start
        return self._order[index].astype(np.int64), count / len(index)

    def files_of(self, places: Places) -> Places:
        """The number of the file that each place lies in."""
        return self._starts.searchsorted(places, side="right") - 1

    def position(self, place: int, file: int) -> int:
        """How many tokens of that file stand before a place in it."""
        return place - int(self._starts[file])

    def beginning(self, file: int, length: int) -> Tokens:
        """The first so many tokens of a file."""
        start = int(self._starts[file])
        return self.tokens[start : start + length]

    def before(self, place: int) -> tuple[str, Tokens]:
        """The file of a place, and its tokens up to there."""
        number = int(self.files_of(np.asarray([place]))[0])
        return self.names[number], self.tokens[int(self._starts[number]) : place]

    def following(self, place: int, most: int) -> Tokens:
        """The tokens from a place on, up to the end of its file."""
        tokens = self.tokens[place : place + most]
        stop = np.flatnonzero(tokens == 0)
        return tokens[: stop[0]] if len(stop) else tokens


def _spread(files: Mapping[str, Tokens], strengths: Mapping[str, Strengths]) -> Strengths:
    """Strengths of places in the order of a segment's stream, with 0 between the files."""
    parts: list[Strengths] = [np.zeros(1)]
    for name in files:
        parts += [strengths[name], np.zeros(1)]
    return np.concatenate(parts)


def match_lengths(tokens: Tokens, places: Places, context: Tokens, least: int) -> Places:
    """How many tokens of the end of the context stand before each place; `least` are known to.

    One comparison of all places with the whole context: 4 times faster than narrowing down token by token.
    """
    known = context[: len(context) - least][::-1]
    if not len(known) or not len(places):
        return np.full(len(places), least, dtype=np.int64)
    at = places[:, None] - np.arange(least + 1, least + 1 + len(known))
    same = np.empty((len(places), len(known) + 1), dtype=np.bool_)
    same[:, -1] = False
    np.equal(tokens.take(at, mode="clip"), known, out=same[:, :-1])
    if int(places.min()) < least + len(known):
        same[:, :-1] &= at >= 0
    lengths: Places = same.argmin(axis=1) + least
    return lengths
