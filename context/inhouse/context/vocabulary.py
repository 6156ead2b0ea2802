"""Words as numbers, so that what many blocks say of them is summed by numpy: their terms, and which are of a set.

Only ever grows; knows no blocks.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inhouse.context.terms import split_each

Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]

_ROOM = 4096
"""Words that the tables have room for at first."""


class Vocabulary(dict[str, int]):
    """Each word's number; a new word gets the next one. One thread may add words while others ask."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        """By number."""
        self._lock = threading.Lock()
        self._numbers: dict[str, int] = {}
        """Of the terms."""
        self._taken = 0
        """Words whose terms are in the tables."""
        self._whole: Numbers = np.zeros(_ROOM, dtype=np.int64)
        """By word: the number of the term that it is but for capitals."""
        self._ends: Numbers = np.zeros(_ROOM, dtype=np.int64)
        self._parts: Numbers = np.zeros(_ROOM, dtype=np.int64)
        """The numbers of the terms that are parts of words, one word after the other, and by word where they end."""
        self._among: dict[frozenset[str], Flags] = {}

    def __missing__(self, word: str) -> int:
        number = self[word] = len(self.words)
        self.words.append(word)
        return number

    def terms_of(self, words: Numbers) -> "Terms":
        """The terms of some words."""
        with self._lock:
            self._take_in()
            ends = self._ends[words]
            counts = ends - np.where(words > 0, self._ends[words - 1], 0)
            owner = np.arange(len(words)).repeat(counts)
            places = np.arange(len(owner)) + (ends - counts.cumsum()).repeat(counts)
            return Terms(self._numbers, self._whole[words], self._parts[places], owner)

    def among(self, some: frozenset[str], words: Numbers) -> Flags:
        """Which of some words are in a set; the sets are remembered, so they must be few."""
        with self._lock:
            held = self._among.get(some)
            begun = 0 if held is None else len(held)
            if held is None or begun < len(self.words):
                new = np.fromiter(map(some.__contains__, self.words[begun:]), dtype=np.bool_)
                held = self._among[some] = new if held is None else np.concatenate((held, new))
            return held[words]

    def settle(self) -> None:
        """Splits the words that are new since the last time, so that who asks need not: many are met aside."""
        with self._lock:
            self._take_in()

    def _take_in(self) -> None:
        new = self.words[self._taken :]
        if not new:
            return
        wholes: list[int] = []
        parts: list[int] = []
        counts: list[int] = []
        numbers = self._numbers
        for whole, *others in split_each(new):
            wholes.append(numbers.setdefault(whole, len(numbers)))
            parts += [numbers.setdefault(part, len(numbers)) for part in others]
            counts.append(len(others))
        before = int(self._ends[self._taken - 1]) if self._taken else 0
        ends = before + np.cumsum(counts)
        self._whole = _put(self._whole, self._taken, wholes)
        self._ends = _put(self._ends, self._taken, ends)
        self._parts = _put(self._parts, before, parts)
        self._taken += len(new)


def _put(table: Numbers, start: int, values: Sequence[int] | Numbers) -> Numbers:
    """The table with values from a place on, made larger where they have no room."""
    end = start + len(values)
    if end > len(table):
        table = np.concatenate((table, np.zeros(max(end, 2 * len(table)) - len(table), dtype=np.int64)))
    table[start:end] = values
    return table


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of some words, by numbers."""

    numbers: Mapping[str, int]
    whole: Numbers
    """Each word's own."""
    part: Numbers
    owner: Numbers
    """The terms that are parts of words, and the places of these words."""

    def weights(self, weights: Mapping[str, float], *, whole: bool) -> NDArray[np.float64]:
        """For each word the sum of its parts' weights, and of its own where it counts as a whole, too."""
        table = np.zeros(len(self.numbers))
        for term, weight in weights.items():
            number = self.numbers.get(term)
            if number is not None and number < len(table):
                table[number] = weight
        found = np.bincount(self.owner, weights=table[self.part], minlength=len(self.whole)).astype(float, copy=False)
        return found + table[self.whole] if whole else found
