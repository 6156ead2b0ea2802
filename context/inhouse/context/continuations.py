"""What followed, elsewhere in the project, where the text before the cursor occurs too: candidates to copy from.

It works on token numbers and ranks nothing: how long the match was and how often it occurred is handed on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from inhouse.context.segments import Places, Segment, Tokens


@dataclass(frozen=True, slots=True)
class Origin:
    """A place that a continuation was read from."""

    ids: Tokens
    """The tokens that follow, in the tokenizer's numbers."""
    order: int
    """Tokens before the place that match the text before the cursor."""
    weight: float
    """What the place counts: near folders and recent files count more."""
    file: str | None
    """None: the current file's own text."""
    position: int
    """Tokens before the place in its file; in the own text, counted from the cursor, negative before it."""


@dataclass(frozen=True, slots=True)
class Continuation:
    """Tokens that followed in one or more places."""

    ids: tuple[int, ...]
    order: int
    """The longest match of all its places, in tokens."""
    places: int
    weight: float
    """Of all places together."""
    own: bool
    """Whether one of the places is in the current file."""
    best: Origin
    """The place with the longest match; the current file's before others."""


class Numbers(Protocol):
    """What translates the project's dense numbers into the tokenizer's."""

    def original(self, local: Tokens) -> Tokens: ...


def own_origins(
    text: Tokens, start: int, places: Places, lengths: Places, width: int, weight: float
) -> Iterator[Origin]:
    """Of places in the current file's own text, where what is before the cursor begins at `start`."""
    for place, length in zip(places.tolist(), lengths.tolist(), strict=True):
        before_cursor = place >= start
        end = len(text) if before_cursor else start - 1
        position = place - len(text) if before_cursor else place
        yield Origin(text[place : min(end, place + width)], length, weight, None, position)


def segment_origins(
    segment: Segment, places: Places, lengths: Places, weights: NDArray[np.float64], width: int, numbers: Numbers
) -> Iterator[Origin]:
    """Of places in the project's other files."""
    files: list[int] = segment.files_of(places).tolist()
    for row, place in enumerate(places.tolist()):
        ids = numbers.original(segment.following(place, width))
        position = segment.position(place, files[row])
        yield Origin(ids, int(lengths[row]), float(weights[row]), segment.names[files[row]], position)


def grouped(origins: Iterable[Origin], ends: NDArray[np.bool_]) -> list[Continuation]:
    """The distinct continuations, each cut behind the first token that `ends` (by token number) marks.

    Longest matches first; one that meets no such token is left out, since it is not known to be whole.
    """
    found: dict[bytes, list[Origin]] = {}
    for origin in origins:
        stops = np.flatnonzero(ends.take(origin.ids, mode="clip"))
        if len(stops):
            found.setdefault(origin.ids[: stops[0] + 1].tobytes(), []).append(origin)
    return sorted((_joined(key, same) for key, same in found.items()), key=_rank)


def _joined(key: bytes, origins: list[Origin]) -> Continuation:
    best = max(origins, key=lambda origin: (origin.order, origin.file is None))
    return Continuation(
        tuple(np.frombuffer(key, dtype=np.int32).tolist()),
        best.order,
        len(origins),
        sum(origin.weight for origin in origins),
        any(origin.file is None for origin in origins),
        best,
    )


def _rank(one: Continuation) -> tuple[int, bool, float, tuple[int, ...]]:
    return -one.order, not one.own, -one.weight, one.ids
