"""Sorted pieces of the project's token stream: where a run of tokens occurred, found by binary search.

Knows token numbers only: no text, no files' contents, no probabilities.
"""

import posixpath
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from inhouse.context.matches import Matches

Tokens = NDArray[np.int32]
Places = NDArray[np.int64]

Strengths = NDArray[np.float64]

_KEY_BITS = 62
"""The tokens before a place are packed into one signed 64-bit key; with up to 32,767 distinct tokens four fit."""

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
    """Some of the places that match a context."""

    at: Places
    """Positions in the sorted order."""
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
        self._first = np.concatenate(([0], np.bincount(self._last_tokens(), minlength=self._highest + 1).cumsum()))
        """Where in the sorted order the places behind each token begin."""

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

    def _last_tokens(self) -> Tokens:
        """The token before each place."""
        return np.concatenate((np.zeros(1, dtype=np.int32), self.tokens[:-1]))

    def ranges(self, nearest_first: Sequence[int]) -> list[Range]:
        """The stretches of places that match the last 1, 2 ... tokens of a context, as long as there are any."""
        low, shift = 0, self._bits * self.depth
        bounds: list[int] = []
        for token in nearest_first[: self.depth]:
            if not 0 < token <= self._highest:
                break
            shift -= self._bits
            low |= token << shift
            bounds += (low, low + (1 << shift))
        if not bounds:
            return []
        start, end = self._first.item(nearest_first[0]), self._first.item(nearest_first[0] + 1)
        found = [Range(1, start, end)] if start < end else []
        if found and len(bounds) > 2:
            edges: list[int] = self._keys[start:end].searchsorted(bounds[2:]).tolist()
            for depth in range(2, len(bounds) // 2 + 1):
                first, last = edges[2 * depth - 4 : 2 * depth - 2]
                if first == last:
                    break
                found.append(Range(depth, start + first, start + last))
        return found

    def sampled(self, spans: Sequence[Range], most: Sequence[int]) -> Sample:
        """Of the places that match just so many tokens at most `most[depth - 1]`, evenly spread."""
        sizes = [span.end - span.start for span in spans]
        counts = [size - inner for size, inner in zip(sizes, [*sizes[1:], 0], strict=True)]
        whole = len(spans)
        while whole and counts[whole - 1] <= most[whole - 1]:
            whole -= 1  # from there inwards nothing is left out: one stretch
        shallow = [min(count, limit) for count, limit in zip(counts[:whole], most, strict=False)]
        stretch = spans[whole] if whole < len(spans) else spans[-1]._replace(start=0, end=0)
        at, total = 0, sum(shallow) + stretch.end - stretch.start
        index, depths, shares = np.empty(total, np.int64), np.empty(total, np.int64), np.empty(total)
        for depth, (span, count, size) in enumerate(zip(spans, counts, shallow, strict=False), 1):
            if not size:
                continue
            part = index[at : at + size]
            np.multiply(_COUNT[:size], count, out=part)
            part //= size
            part += span.start
            if depth < len(spans):
                inner = spans[depth]
                part[-((span.start - inner.start) * size // count) :] += inner.end - inner.start
            depths[at : at + size] = depth
            shares[at : at + size] = count / size
            at += size
        np.add(_COUNT[: total - at], stretch.start, out=index[at:])
        shares[at:] = 1.0
        for span in spans[whole:]:
            depths[at + span.start - stretch.start : at + span.end - stretch.start] = span.depth
        first = at + spans[-1].start - stretch.start if whole < len(spans) else at - shallow[-1]
        return Sample(index, depths, shares, slice(first, first + min(counts[-1], most[len(spans) - 1])))

    def places_at(self, index: Places) -> Places:
        """The places at positions in the sorted order."""
        return self._order[index].astype(np.int64)

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


def wanted_before(context: Tokens) -> Tokens:
    """The context, the nearest token first, and behind it what no text has: what match_lengths() compares with."""
    wanted = np.empty(len(context) + 1, dtype=np.int32)
    wanted[:-1] = context[::-1]
    wanted[-1] = _NOWHERE
    return wanted


def match_lengths(tokens: Tokens, places: Places, wanted: Tokens, least: int) -> Places:
    """How many wanted tokens stand before each place; `least` are known to. The first token must match none.

    One comparison of all places with the whole context: 4 times faster than narrowing down token by token.
    """
    same = tokens.take(places[:, None] - _BACK[least : len(wanted)], mode="clip") == wanted[least:]
    lengths: Places = same.argmin(axis=1) + least
    return lengths


_NOWHERE = -2
_BACK: Places = np.arange(1, 256)
"""How far back from a place its nearest tokens are."""
