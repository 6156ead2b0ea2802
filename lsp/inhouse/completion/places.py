"""The n-gram's views that were opened last: one cursor is looked at by the instant lane, the mix, the search for lines
and the ranking, and the next key often begins where the last one did. What a view was asked, it remembers.

It asks nothing itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from inhouse.context import Ngram, Place

_KEPT = 4
"""Views: at the cursor and where its last word begins, now and a key before; each with its text takes 0.1 MB."""
_FRESH_S = 2.0
"""How long a view counts: its weights for files that were just changed fade by half in 15 minutes."""
_END = 16
"""Tokens that are compared first: where views differ, they mostly do at the end."""


@dataclass(frozen=True, slots=True)
class _Held:
    version: object
    before: Sequence[int]
    after: Sequence[int]
    rest: tuple[str | None, Collection[str]]
    opened: float
    place: Place


class Places:
    """Opens views. Used from the thread that completes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._held: list[_Held] = []  # the one opened last at the end

    def at(
        self, ngram: Ngram, before: Sequence[int], after: Sequence[int], own: str | None, exclude: Collection[str]
    ) -> Place:
        """The n-gram's view between these ids; the one of the last time where nothing has changed. See Ngram.at."""
        now, version, rest = self._clock(), ngram.version, (own, exclude)
        for number, held in enumerate(self._held):
            if (
                held.version is version
                and now - held.opened < _FRESH_S
                and held.rest == rest
                and held.before[-_END:] == before[-_END:]
                and held.before == before
                and held.after == after
            ):
                self._held.append(self._held.pop(number))
                return held.place
        place = ngram.at(before, after, own, exclude)
        self._held = [*self._held[1 - _KEPT :], _Held(version, before, after, rest, now, place)]
        return place
