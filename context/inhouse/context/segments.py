"""Sorted pieces of the project's token stream: where a run of tokens occurred, found by binary search.

Knows token numbers only: no text, no files' contents, no probabilities.
"""

import posixpath
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from inhouse.context.matches import Matches

Tokens = NDArray[np.int32]
Places = NDArray[np.int64]

Strengths = NDArray[np.float64]

_KEY_BITS = 62
"""The tokens before a place are packed into one signed 64-bit key; with up to 32,767 distinct tokens four fit."""

_TOLD_BITS = 31
"""A token and a file's number take four bytes together where they fit."""

DEEPEST_KEY = 4
"""Tokens of context in a key; longer matches are found by comparing the few places that are left."""


_COUNT: Places = np.arange(1024)
"""The numbers from 0, to take slices of: making such an array costs as much as using it."""


class Range(NamedTuple):
    """Places whose last `depth` tokens of context match, as a stretch of the sorted order."""

    depth: int
    start: int
    end: int


class Sample(NamedTuple):
    """Some of the places that match a context, those with the fewest matching tokens first."""

    chosen: Places
    """Positions in the sorted order, evenly spread, of places that match few tokens."""
    stretch: tuple[int, int]
    """From where to where all are taken, behind those."""
    depths: Places
    """How many tokens match, as far as the keys tell."""
    shares: Strengths
    """How many places each stands for."""
    deepest: slice
    """Those of the greatest depth."""


class Segment:
    """Some files' tokens, immutable. Token numbers are dense (1 ..); 0 stands before, between and after files."""

    def __init__(self, files: Mapping[str, Tokens], strengths: Mapping[str, Strengths] | None = None) -> None:
        self.strengths = _spread(files, strengths) if strengths is not None else None
        """What each place counts, below 0 against its token; None: every place counts alike."""
        self.remembered: dict[tuple[int, ...], Matches | None] = {}
        """What was found behind ends of contexts; matches.py's."""
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
        self._told = self._told_of(self._order)
        counts = np.bincount(self._last_tokens(), minlength=self._highest + 1)
        self._first = np.concatenate(([0], counts.cumsum())).astype(np.int64).data
        """Where in the sorted order the places behind each token begin."""
        self._searched = self._keys.data

    def __len__(self) -> int:
        return len(self.tokens)

    def files(self) -> dict[str, Tokens]:
        """The files' tokens, as parts of the segment's own."""
        ends = [*self._starts[1:].tolist(), len(self.tokens)]
        parts = zip(self.names, self._starts.tolist(), ends, strict=False)  # without files there is an end but no start
        return {name: self.tokens[start : end - 1] for name, start, end in parts}

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

    def _told_of(self, order: NDArray[np.int32]) -> NDArray[Any]:
        """Of each place the token there and its file in one number: a question fetches each from memory once.

        What follows the end of a file is of no file: of the number behind the last.
        """
        small = self._bits + len(self.names).bit_length() <= _TOLD_BITS
        told: NDArray[Any] = np.full(len(self.tokens), len(self.names), np.int32 if small else np.int64)
        sizes = np.diff(self._starts, append=len(self.tokens))
        told[1:] = np.repeat(np.arange(len(self.names), dtype=told.dtype), sizes)
        told[self.tokens == 0] = len(self.names)
        told <<= self._bits
        told |= self.tokens
        return told.take(order)

    def _last_tokens(self) -> Tokens:
        """The token before each place."""
        return np.concatenate((np.zeros(1, dtype=np.int32), self.tokens[:-1]))

    def ranges(self, nearest_first: Sequence[int]) -> list[Range]:
        """The stretches of places that match the last 1, 2 ... tokens of a context, as long as there are any."""
        token = nearest_first[0] if nearest_first else 0
        if not 0 < token <= self._highest:
            return []
        start, end = self._first[token], self._first[token + 1]
        if start == end:
            return []
        found = [Range(1, start, end)]
        shift = self._bits * (self.depth - 1)
        low = token << shift
        for depth, token in enumerate(nearest_first[1 : self.depth], 2):
            if not 0 < token <= self._highest:
                break
            shift -= self._bits
            low |= token << shift
            start = bisect_left(self._searched, low, start, end)
            end = bisect_left(self._searched, low + (1 << shift), start, end)
            if start == end:
                break
            found.append(Range(depth, start, end))
        return found

    def sampled(self, spans: Sequence[Range], most: Sequence[int]) -> Sample:
        """Of the places that match just so many tokens at most `most[depth - 1]`, evenly spread."""
        counts = [span.end - span.start for span in spans]
        counts = [size - inner for size, inner in zip(counts, [*counts[1:], 0], strict=True)]
        whole = len(spans)
        while whole and counts[whole - 1] <= most[whole - 1]:
            whole -= 1  # from there inwards nothing is left out: one stretch
        sizes = [min(count, limit) for count, limit in zip(counts[:whole], most, strict=False)]
        start, end = spans[whole][1:] if whole < len(spans) else (0, 0)
        at, total = sum(sizes), sum(sizes) + end - start
        depths, shares = np.empty(total, np.int64), np.empty(total)
        for span in spans[whole:]:  # each lies in the one before
            depths[at + span.start - start : at + span.end - start] = span.depth
        shares[at:] = 1.0
        last = spans[-1]
        deepest = (
            slice(at + last.start - start, at + last.end - start) if whole < len(spans) else slice(at - sizes[-1], at)
        )
        chosen, first = np.empty(at, np.int64), 0
        for depth, (count, size) in enumerate(zip(counts, sizes, strict=False)):
            if size:
                inner = spans[depth + 1] if depth + 1 < len(spans) else None
                _spread_over(chosen[first : first + size], spans[depth].start, count, inner)
                depths[first : first + size] = depth + 1
                shares[first : first + size] = count / size
                first += size
        return Sample(chosen, (start, end), depths, shares, deepest)

    def following(self, sample: Sample) -> tuple[Places, Places]:
        """The token at each place of a sample, and the number of its file: that behind the last for a file's end."""
        start, end = sample.stretch
        if len(sample.chosen):
            told = self._told.take(sample.chosen)
            if start < end:
                told = np.concatenate((told, self._told[start:end]))
        else:
            told = self._told[start:end]
        return told & self._highest, told >> self._bits

    def places_of(self, sample: Sample, part: slice) -> Places:
        """The places themselves, of a part of a sample."""
        chosen, start = sample.chosen[part], sample.stretch[0] - len(sample.chosen)
        found = self._order[max(sample.stretch[0], start + part.start) : start + part.stop]
        if len(chosen):
            found = np.concatenate((self._order.take(chosen), found))
        return found.astype(np.int64)

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

    def from_each(self, places: Places, width: int) -> Tokens:
        """The tokens from each place on, a row each; 0 is a file's end, and what is behind it has no meaning."""
        return self.tokens.take(places[:, None] + _COUNT[:width], mode="clip")


def _spread(files: Mapping[str, Tokens], strengths: Mapping[str, Strengths]) -> Strengths:
    """Strengths of places in the order of a segment's stream, with 0 between the files."""
    parts: list[Strengths] = [np.zeros(1)]
    for name in files:
        parts += [strengths[name], np.zeros(1)]
    return np.concatenate(parts)


def _spread_over(found: Places, start: int, count: int, inner: Range | None) -> None:
    """Fills in some of `count` positions from a start on, less those of an inner range, evenly spread."""
    size = len(found)
    if size < count:
        np.multiply(_COUNT[:size], count, out=found)
        found //= size
        found += start
    else:
        np.add(_COUNT[:size], start, out=found)
    if inner is not None:
        found[-((start - inner.start) * size // count) :] += inner.end - inner.start
