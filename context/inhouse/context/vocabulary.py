"""Words as numbers, so that what many blocks say of them is summed by numpy: their terms, and which are of a set.

Only ever grows; knows no blocks.
"""

import threading
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from inhouse.context.terms import split_each

Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]

_ROOM = 4096
"""Words that the tables have room for at first."""


_KEPT_SETS = 64


class _Members(NamedTuple):
    """The numbers of a set's words among the first `end` words, and those of the set that are not there yet."""

    end: int
    numbers: Numbers
    missing: Collection[str]


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
        self._sets: OrderedDict[frozenset[str], _Members] = OrderedDict()

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
        """Which of some words are in a set."""
        return self.among_any((some,), words)

    def among_any(self, sets: Iterable[frozenset[str]], words: Numbers) -> Flags:
        """Which of some words are in any of the sets; what is known of the last sets is remembered."""
        with self._lock:
            flags = np.zeros(len(self.words), dtype=np.bool_)
            for some in sets:
                flags[self._members(some)] = True
        return flags[words]

    def _members(self, some: frozenset[str]) -> Numbers:
        """The numbers of a set's words, which are looked for among all words, not the other way round: there may be
        400,000 of these."""
        count = len(self.words)
        held = self._sets.get(some)
        if held is None or held.end < count:
            missing = held.missing if held is not None else some
            new = {word: number for word in missing if (number := self.get(word, count)) < count}
            numbers = np.fromiter(new.values(), dtype=np.int64, count=len(new))
            if held is not None:
                numbers = np.concatenate((held.numbers, numbers))
            held = self._sets[some] = _Members(count, numbers, [word for word in missing if word not in new])
            if len(self._sets) > _KEPT_SETS:
                self._sets.popitem(last=False)
        self._sets.move_to_end(some)
        return held.numbers

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

    def weights_each(self, weights: Sequence[Mapping[str, float]]) -> NDArray[np.float64]:
        """What weights() gives for whole words by each of some, a column each: many that have few terms in common with
        the words, in a fifth of the time."""
        terms = [term for term in dict.fromkeys(chain.from_iterable(weights)) if term in self.numbers]
        place = np.zeros(len(self.numbers), dtype=np.int64)
        place[[self.numbers[term] for term in terms]] = np.arange(1, len(terms) + 1)
        table = np.array([[0.0] * len(weights), *([some.get(term, 0.0) for some in weights] for term in terms)])
        parts = place[self.part]
        some = parts.nonzero()[0]
        found: NDArray[np.float64] = np.zeros((len(self.whole), len(weights)))
        np.add.at(found, self.owner[some], table[parts[some]])
        wholes = place[self.whole]
        some = wholes.nonzero()[0]
        found[some] += table[wholes[some]]
        return found


@dataclass(frozen=True, slots=True)
class Names:
    """Some words of a vocabulary, by ascending numbers, and behind them names that it need not have."""

    vocabulary: Vocabulary
    numbers: Numbers
    others: Sequence[str]

    def __len__(self) -> int:
        return len(self.numbers) + len(self.others)

    def __iter__(self) -> Iterator[str]:
        numbers: list[int] = self.numbers.tolist()
        return chain(map(self.vocabulary.words.__getitem__, numbers), self.others)

    def at(self, places: Numbers) -> list[str]:
        """The names at some places."""
        words = self.vocabulary.words
        numbers: list[int] = np.concatenate((self.numbers, ~np.arange(len(self.others))))[places].tolist()
        return [words[number] if number >= 0 else self.others[~number] for number in numbers]

    def places(self, names: Iterable[str]) -> list[int]:
        """The places of those of the names that are among these."""
        found: list[int] = []
        for name in names:
            number = self.vocabulary.get(name, -1)
            place = bisect_left(self.numbers, number)
            if place < len(self.numbers) and self.numbers[place] == number:
                found.append(place)
        wanted = frozenset(names)
        return found + [len(self.numbers) + place for place, name in enumerate(self.others) if name in wanted]
