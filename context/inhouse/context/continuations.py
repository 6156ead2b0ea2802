"""What followed, elsewhere in the project, where the text before the cursor occurs too: candidates to copy from.

It works on token numbers and ranks nothing: how long the match was and how often it occurred is handed on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from inhouse.context.patience import Check, never
from inhouse.context.segments import Places, Segment, Tokens


@dataclass(frozen=True, slots=True)
class Origin:
    """A place that a continuation was read from."""

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


@dataclass(frozen=True, slots=True)
class Followers:
    """What follows some places of one text, a row each."""

    ids: Tokens
    """The following tokens, in the tokenizer's numbers; what is behind a text's end has no meaning."""
    known: Places
    """How many of a row's tokens are of the text."""
    orders: Places
    weights: NDArray[np.float64]
    own: bool
    """Whether it is the current file's own text."""
    where: Callable[[int], tuple[str | None, int]]
    """A row's file and position, as Origin has them; only asked for the best of each continuation."""


def own_followers(text: Tokens, start: int, places: Places, lengths: Places, width: int, weight: float) -> Followers:
    """Of places in the current file's own text, where what is before the cursor begins at `start`."""
    ends = np.where(places >= start, len(text), start - 1)

    def where(row: int) -> tuple[str | None, int]:
        place = int(places[row])
        return None, place - len(text) if place >= start else place - 1

    weights = np.full(len(places), weight)
    return Followers(_rows(text, places, width), ends - places, lengths, weights, True, where)


def segment_followers(
    segment: Segment, places: Places, lengths: Places, weights: NDArray[np.float64], width: int, numbers: Numbers
) -> Followers:
    """Of places in the project's other files."""
    local = segment.from_each(places, width)
    stops = local == 0
    known = np.where(stops.any(axis=1), stops.argmax(axis=1), width)

    def where(row: int) -> tuple[str | None, int]:
        file = int(segment.files_of(places[row : row + 1])[0])
        return segment.names[file], segment.position(int(places[row]), file)

    return Followers(numbers.original(local), known, lengths, weights, False, where)


def _rows(tokens: Tokens, places: Places, width: int) -> Tokens:
    return tokens.take(places[:, None] + np.arange(width), mode="clip")


def grouped(sources: Iterable[Followers], ends: NDArray[np.bool_], check: Check = never) -> list[Continuation]:
    """The distinct continuations, each cut behind the first token that `ends` (by token number) marks.

    Longest matches first; one that meets no such token is left out, since it is not known to be whole.
    """
    found: dict[bytes, list[tuple[int, float, Followers, int]]] = {}
    for source in sources:
        marks = ends.take(source.ids, mode="clip")
        lengths = marks.argmax(axis=1) + 1
        whole = marks.any(axis=1) & (lengths <= source.known)
        orders, weights = source.orders.tolist(), source.weights.tolist()
        for row, length in zip(np.flatnonzero(whole).tolist(), lengths[whole].tolist(), strict=True):
            check()
            key = source.ids[row, :length].tobytes()
            found.setdefault(key, []).append((orders[row], weights[row], source, row))
    joined: list[Continuation] = []
    for key, same in found.items():
        check()
        joined.append(_joined(key, same))
    return sorted(joined, key=_rank)


def _joined(key: bytes, rows: list[tuple[int, float, Followers, int]]) -> Continuation:
    order, weight, source, row = max(rows, key=lambda one: (one[0], one[2].own))
    return Continuation(
        tuple(np.frombuffer(key, dtype=np.int32).tolist()),
        order,
        len(rows),
        sum(one[1] for one in rows),
        any(one[2].own for one in rows),
        Origin(order, weight, *source.where(row)),
    )


def _rank(one: Continuation) -> tuple[int, bool, float, tuple[int, ...]]:
    return -one.order, not one.own, -one.weight, one.ids
