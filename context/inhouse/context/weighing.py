"""One state of the n-gram: sorted segments, and what a place in each of their files counts for whoever asks.

Never changed, only replaced: so it can be asked while another thread brings a new one.
"""

import posixpath
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from inhouse.context.mixing import Weights
from inhouse.context.segments import Places, Segment

_FOLDER_WEIGHT = 2.0
_RECENT_WEIGHT = 2.0
_RECENT_S = 900.0
"""A place in a file of the same folder counts double, and so does one in a file touched in the last minutes."""

_HELD = 8
"""Askers (a file, and what else does not count) whose weights are kept: so many files are typed in at once."""

Weighed = list[tuple[Segment, Weights]]
"""Segments with a weight for each of their files, and 0 for what is of no file."""


@dataclass(frozen=True)
class State:
    """One state of the n-gram."""

    segments: tuple[Segment, ...] = ()
    alive: tuple[Weights, ...] = ()
    """Of each segment's files 1 for those that are not stored anew elsewhere; 0 for the others, and behind them all."""
    times: Mapping[str, float] = field(default_factory=dict[str, float])
    """When files were touched."""
    learnt: Segment | None = None
    _held: dict[tuple[str | None, ...], Weighed] = field(default_factory=dict[tuple[str | None, ...], Weighed])

    def weighed(self, own: str | None, exclude: Collection[str], now: float) -> Weighed:
        """Near folders and recent files count more; dead files, the own one and those left out nothing."""
        key = (own, *exclude)
        found = self._held.get(key)
        if found is None:
            found = self._weigh(own, exclude)
            if len(self._held) >= _HELD:
                self._held.clear()
            self._held[key] = found
        if not self.times:
            return found
        found = found.copy()
        for index, (numbers, touched) in enumerate(self._recent):
            if len(numbers):
                segment, weights = found[index]
                weights = weights.copy()
                weights[numbers] *= 1 + (_RECENT_WEIGHT - 1) * 0.5 ** ((now - touched) / _RECENT_S)
                found[index] = segment, weights
        return found

    def _weigh(self, own: str | None, exclude: Collection[str]) -> Weighed:
        folder = posixpath.dirname(own) if own else None
        found: Weighed = []
        for segment, alive in zip(self.segments, self.alive, strict=True):
            weights = alive.copy()
            if folder is not None:
                weights[segment.in_folder(folder)] *= _FOLDER_WEIGHT
            for left_out in (own, *exclude):
                if left_out is not None and (number := segment.places.get(left_out)) is not None:
                    weights[number] = 0.0
            found.append((segment, weights))
        if self.learnt is not None:
            weights = np.ones(len(self.learnt.names) + 1)
            weights[-1] = 0.0
            found.append((self.learnt, weights))
        return found

    @cached_property
    def _recent(self) -> list[tuple[Places, Weights]]:
        """For each segment its files that were touched, and when."""
        found: list[tuple[Places, Weights]] = []
        for segment in self.segments:
            touched = [
                (number, at) for name, at in self.times.items() if (number := segment.places.get(name)) is not None
            ]
            found.append((np.array([one[0] for one in touched], np.int64), np.array([one[1] for one in touched])))
        return found
