"""Where a suggestion's words come from: the places of the project that go on as it does. It changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from inhouse.completion.request import Provenance
from inhouse.context import Place

_LOOKS = 3
"""Places named for a suggestion at most; each costs a question to the n-gram."""
_LEAST = 2
"""Tokens that must be the same: one says nothing."""


class LineCount:
    """How many line breaks tokens hold, read once from the model's texts."""

    def __init__(self, piece: Callable[[int], bytes]) -> None:
        self._piece = piece
        self._counts: NDArray[np.int16] = np.zeros(0, np.int16)

    def __call__(self, ids: NDArray[np.int32]) -> int:
        """Line breaks in these tokens."""
        if not len(ids):
            return 0
        highest = int(ids.max())
        if highest >= len(self._counts):
            more = [self._piece(token).count(b"\n") for token in range(len(self._counts), highest + 1)]
            self._counts = np.concatenate((self._counts, np.array(more, np.int16)))
        return int(self._counts[ids[ids >= 0]].sum())


def origins(place: Place, ids: Sequence[int], lines: LineCount, own: str, line: int) -> tuple[Provenance, ...]:
    """The places that a suggestion's tokens were copied from, in its order.

    `own`: the current file; `line`: the cursor's, from 1.
    """
    found: list[Provenance] = []
    at = 0
    while at < len(ids) and len(found) < _LOOKS:
        source = place.source(ids[at:], also=ids[:at])
        if source is None or source.run < _LEAST:
            at += 1
            if at > _LOOKS:
                break
            continue
        if source.path is not None:
            where = Provenance(source.path, lines(source.between) + 1, "copied")
        else:
            away = lines(source.between)
            where = Provenance(own, line + away if source.behind else max(1, line - away), "copied")
        if where not in found:
            found.append(where)
        at += source.run
    return tuple(found)
