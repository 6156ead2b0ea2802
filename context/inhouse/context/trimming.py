"""Moves the ends of chosen windows to where their lines bring more names: an end that brings nothing costs as much.

Windows are chosen at one length (covering.py); a name that stands just beyond the end of one is had for a few lines
that another does not need. Counts in half blocks; reads no text.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_FURTHEST = 4
"""Half blocks by which an end is moved at once: the names are not always in the very next one."""

_STEPS = 12
"""Ends moved at most; three or four are usual."""

_LEAST = 1e-9
"""A gain of less is one of rounding."""


class Span(NamedTuple):
    """Lines of a file in half blocks, from 0, the end not included."""

    path: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Ground:
    """What the half blocks of the files bring."""

    row: Callable[[str, int], int]
    """Where in `standing` a half block of a file is told of."""
    length: Callable[[str], int]
    """The half blocks of a file."""
    standing: NDArray[np.bool_]
    """Which names (a column each) stand in each half block."""
    worth: NDArray[np.float64]
    """Of each name."""

    def rows(self, spans: Iterable[Span]) -> list[int]:
        """Where all their half blocks are told of."""
        return [self.row(span.path, half) for span in spans for half in range(span.start, span.end)]

    def brought(self, spans: Iterable[Span]) -> float:
        """What the names that stand in them are worth."""
        return float(self.worth[self.standing[self.rows(spans)].any(axis=0)].sum())


class _Move(NamedTuple):
    """An end moved outwards, for which others are moved inwards by one half block each."""

    span: int
    forward: bool
    by: int
    paid: Sequence[tuple[int, bool]]


def trimmed(ground: Ground, spans: Iterable[Span], room: int) -> list[Span]:
    """The spans with their ends moved, never more of them, and at most `room` half blocks in all."""
    found = joined(spans)
    for _ in range(_STEPS):
        move = _best_move(ground, found, room)
        if move is None:
            break
        new = joined(_moved(found, move))
        if ground.brought(new) <= ground.brought(found) + _LEAST:  # two ends cut off had the same name
            break
        found = new
    return found


def joined(spans: Iterable[Span]) -> list[Span]:
    """Those that touch or overlap as one, in the order of their files."""
    found: list[Span] = []
    for span in sorted(spans):
        last = found[-1] if found else None
        if last is not None and last.path == span.path and span.start <= last.end:
            found[-1] = last._replace(end=max(last.end, span.end))
        else:
            found.append(span)
    return found


def _best_move(ground: Ground, spans: Sequence[Span], room: int) -> _Move | None:
    rows = ground.rows(spans)
    had = ground.standing[rows].sum(axis=0)
    missing, once = ground.worth * (had == 0), ground.worth * (had == 1)
    ends = [(place, forward) for place, span in enumerate(spans) if span.end - span.start > 1 for forward in (0, 1)]
    if not ends:
        return None
    edge = [
        ground.row(spans[place].path, spans[place].end - 1 if forward else spans[place].start)
        for place, forward in ends
    ]
    losses: list[float] = (ground.standing[edge] @ once).tolist()
    cheap = sorted(zip(losses, ends, strict=True))
    best, least = None, _LEAST
    for place, span in enumerate(spans):
        for forward in (0, 1):
            others = [(loss, end) for loss, end in cheap if end != (place, forward)]
            seen = np.zeros(len(missing), dtype=np.bool_)
            for by, half in enumerate(islice(_beyond(ground, spans, span, forward), _FURTHEST), 1):
                seen |= ground.standing[ground.row(span.path, half)]
                paid = others[: max(0, len(rows) + by - room)]
                if len(rows) + by - len(paid) > room:
                    break
                gain = float(missing[seen].sum()) - sum(loss for loss, _ in paid)
                if gain > least:
                    least = gain
                    best = _Move(place, bool(forward), by, [(other, bool(last)) for _, (other, last) in paid])
    return best


def _beyond(ground: Ground, spans: Sequence[Span], span: Span, forward: int) -> Iterable[int]:
    """The half blocks next to an end of a span, the nearest first, up to the next span."""
    others = [other for other in spans if other.path == span.path and other != span]
    if forward:
        return range(span.end, min((o.start for o in others if o.start >= span.end), default=ground.length(span.path)))
    return range(span.start - 1, max((o.end for o in others if o.end <= span.start), default=0) - 1, -1)


def _moved(spans: Sequence[Span], move: _Move) -> list[Span]:
    ends = [[span.start, span.end] for span in spans]
    for place, last in move.paid:
        ends[place][last] += -1 if last else 1
    ends[move.span][move.forward] += move.by if move.forward else -move.by
    return [span._replace(start=start, end=end) for span, (start, end) in zip(spans, ends, strict=True) if start < end]
