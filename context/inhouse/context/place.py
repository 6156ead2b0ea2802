"""A cursor's question to the project n-gram: what comes next here, and what followed the longest match.

Mixes the current file's own text (given as tokens) with the project's sorted segments; keeps no state of the project.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from inhouse.context.segments import Places, Segment, Tokens, match_lengths

Weights = NDArray[np.float64]
Segments = list[tuple[Segment, Weights]]
"""Segments with what a place in each of their files counts."""

LONGEST_MATCH = 16
"""Tokens of context compared; longer matches predict no better."""

_SAMPLES = (48, 64, 96, 256)
"""Places looked at that match 1, 2, 3, 4 tokens: shallower ones only say what is common."""

_OWN_COMPARED = 512
_OWN_PLACES = 128
"""Of the current file's places after the same token the last 512 are compared, the 128 longest matches count."""

OWN_TOKENS = 8192
"""Of the current file's text before (and after) the cursor: its last (first) 8,192 tokens are searched."""

_OWN_WEIGHT = 4.0
"""A place in the current file counts as much as 4 elsewhere (the weight of techniques 2.2)."""


class Numbers(Protocol):
    """What translates between the tokenizer's numbers and the project's dense ones."""

    def local(self, ids: Tokens) -> Tokens:
        """The project's numbers of tokens; 0 for those it has not."""
        ...

    def original(self, local: Tokens) -> Tokens:
        """The tokenizer's numbers of the project's numbers."""
        ...


@dataclass(frozen=True, slots=True)
class Prediction:
    """The likeliest next tokens, best first; what is missing to 1 is the chance of any other token."""

    ids: Tokens
    probabilities: Weights
    order: int
    """Tokens of context that the best evidence matches; 0 when there is none."""
    support: float
    """The weighed number of places behind that evidence."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The tokens that followed the longest match; a probability for each, given that those before it are right."""

    ids: Tokens
    probabilities: Weights
    order: int


@dataclass(frozen=True, slots=True)
class _Evidence:
    """Places of a text that match: what came next there, how many tokens match, what each counts."""

    following: Tokens
    places: Places
    lengths: Places
    weights: Weights


class Place:
    """A cursor in the current file; tokens can be added as they are decoded."""

    def __init__(
        self, numbers: Numbers, segments: list[tuple[Segment, Weights]], before: Tokens, after: Tokens
    ) -> None:
        self._numbers = numbers
        self._segments = segments
        self._after = after
        self._size = len(before)
        self._before: Tokens = np.empty(len(before) + 256, dtype=np.int32)
        self._before[: len(before)] = before

    def extend(self, ids: Iterable[int]) -> None:
        """The cursor has moved on behind these tokens."""
        for token in ids:
            if self._size == len(self._before):
                self._before = np.concatenate((self._before, np.empty(256, dtype=np.int32)))
            self._before[self._size] = token
            self._size += 1

    def next_tokens(self, k: int, also: Sequence[int] = ()) -> Prediction:
        """The k likeliest next tokens; also: tokens decoded since, without moving the cursor."""
        tokens, lengths, weights = self._evidence(also)
        if not len(tokens):
            return Prediction(np.empty(0, np.int32), np.empty(0), 0, 0.0)
        distinct, inverse = _distinct(tokens)
        chances = _interpolate(inverse, lengths, weights, len(distinct))
        best = np.argsort(-chances, kind="stable")[:k]
        order = int(lengths.max())
        return Prediction(distinct[best], chances[best], order, float(weights[lengths == order].sum()))

    def continuation(self, max_tokens: int, also: Sequence[int] = ()) -> Draft:
        """The tokens that followed where most of the context matches; they end where the places disagree evenly."""
        context = self._context(also)
        rows, order, weights = self._following(context, max_tokens)
        if not len(rows):
            return Draft(np.empty(0, np.int32), np.empty(0), 0)
        ids: list[int] = []
        chances: list[float] = []
        total = float(weights.sum())
        for column in range(rows.shape[1]):
            tokens = rows[:, column]
            real = tokens >= 0
            if not real.any():
                break
            distinct, inverse = np.unique(tokens[real], return_inverse=True)
            votes = np.bincount(inverse, weights=weights[real])
            best = int(votes.argmax())
            ids.append(int(distinct[best]))
            chances.append(float(votes[best]) / (total + _DOUBT))
            agree = tokens == distinct[best]
            rows, weights = rows[agree], weights[agree]
            total = float(weights.sum())
        return Draft(np.asarray(ids, dtype=np.int32), np.asarray(chances), order)

    def _context(self, also: Sequence[int]) -> Tokens:
        before = self._before[: self._size]
        return np.concatenate((before, np.asarray(also, dtype=np.int32))) if also else before

    def _evidence(self, also: Sequence[int]) -> tuple[Tokens, Places, Weights]:
        """What followed everywhere where the context matches: in the file's own text and in the project."""
        context = self._context(also)
        tokens: list[Tokens] = []
        lengths: list[Places] = []
        weights: list[Weights] = []
        for text, places, length in self._own_places(context):
            tokens.append(text[places])
            lengths.append(length)
            weights.append(np.full(len(places), _OWN_WEIGHT))
        for _, found in self._project(context):
            tokens.append(found.following)
            lengths.append(found.lengths)
            weights.append(found.weights)
        if not tokens:
            return np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0)
        return np.concatenate(tokens), np.concatenate(lengths), np.concatenate(weights)

    def _project(self, context: Tokens) -> Iterator[tuple[Segment, _Evidence]]:
        """The project's places that match the end of the context, deeper matches sampled more densely."""
        local = self._numbers.local(context[-LONGEST_MATCH:])
        for segment, by_file in self._segments:
            spans = segment.ranges(local)
            if not spans:
                continue
            parts = [
                segment.at(span, _SAMPLES[span.depth - 1], inner)
                for span, inner in zip(spans, [*spans[1:], None], strict=True)
            ]
            counts = [len(part) for part, _ in parts]
            places = np.concatenate([part for part, _ in parts])
            lengths = np.repeat([span.depth for span in spans], counts)
            weights = by_file[segment.files_of(places)] * np.repeat([share for _, share in parts], counts)
            if spans[-1].depth == segment.depth:
                deepest = len(places) - counts[-1]
                lengths[deepest:] = match_lengths(segment.tokens, places[deepest:], local, segment.depth)
            following = segment.tokens[places]
            keep = (weights > 0) & (following > 0)
            following = self._numbers.original(following[keep])
            yield segment, _Evidence(following, places[keep], lengths[keep], weights[keep])

    def _own_places(self, context: Tokens) -> Iterable[tuple[Tokens, Places, Places]]:
        """Places in the current file's own text, before and after the cursor, that match the end of the context."""
        if not len(context):
            return
        for text in (context[-OWN_TOKENS:], self._after):
            places = np.flatnonzero(text[:-1] == context[-1]) + 1
            lengths = match_lengths(text, places[-_OWN_COMPARED:], context[-LONGEST_MATCH:], 1)
            places = places[-_OWN_COMPARED:]
            if len(places) > _OWN_PLACES:
                best = np.sort(np.argsort(lengths, kind="stable")[-_OWN_PLACES:])
                places, lengths = places[best], lengths[best]
            yield text, places, lengths

    def _following(self, context: Tokens, most: int) -> tuple[NDArray[np.int64], int, Weights]:
        """The tokens after the places with the longest matches, one row each, -1 where the text ends."""
        own = list(self._own_places(context))
        project = list(self._project(context))
        every = [lengths for _, _, lengths in own] + [found.lengths for _, found in project]
        longest = max((int(lengths.max()) for lengths in every if len(lengths)), default=0)
        rows: list[NDArray[np.int64]] = []
        weights: list[float] = []
        if longest < _LEAST_MATCH:
            return np.empty((0, most), dtype=np.int64), longest, np.empty(0)
        for text, places, lengths in own:
            for place in places[lengths == longest][-_VOTERS:].tolist():
                rows.append(_row(text[place : place + most], most))
                weights.append(_OWN_WEIGHT)
        for segment, found in project:
            chosen = np.flatnonzero(found.lengths == longest)[-_VOTERS:]
            for place, weight in zip(found.places[chosen].tolist(), found.weights[chosen].tolist(), strict=True):
                rows.append(_row(self._numbers.original(segment.following(place, most)), most))
                weights.append(weight)
        return np.asarray(rows), longest, np.asarray(weights)


_DOUBT = 0.5
"""Added to the votes of a draft's places: one lone far place is believed to two thirds."""

_LEAST_MATCH = 2
"""A single matching token is no reason to copy what followed it."""

_VOTERS = 16
"""Places of the longest match that vote on a draft: more change no outcome."""


def _row(ids: Tokens, most: int) -> NDArray[np.int64]:
    row = np.full(most, -1, dtype=np.int64)
    row[: len(ids)] = ids
    return row


def _distinct(tokens: Tokens) -> tuple[Tokens, Places]:
    """The distinct tokens, ascending, and for each token its number among them (half the time of np.unique)."""
    order = np.argsort(tokens, kind="stable")
    ordered = tokens[order]
    first = np.empty(len(tokens), dtype=np.bool_)
    first[0] = True
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    inverse = np.empty(len(tokens), dtype=np.int64)
    inverse[order] = first.cumsum() - 1
    return ordered[first], inverse


def _interpolate(tokens: Places, lengths: Places, weights: Weights, count: int) -> Weights:
    """The chance of each token: every order mixes with the next shorter one by Witten and Bell's weights."""
    orders = np.minimum(lengths, _ORDERS)
    exact = np.bincount((_ORDERS - orders) * count + tokens, weights=weights, minlength=(_ORDERS + 1) * count)
    exact = exact.reshape(_ORDERS + 1, count)
    votes = exact.cumsum(axis=0)
    met = np.count_nonzero(exact, axis=1)
    totals = votes.sum(axis=1)
    doubts = _NOVELTY * np.count_nonzero(votes, axis=1)
    chances = np.zeros(count)
    for row in range(_ORDERS - 1, -1, -1):
        if met[row]:
            total, doubt = float(totals[row]), float(doubts[row])
            chances = (votes[row] + doubt * chances) / (total + doubt)
    return chances


_ORDERS = 8
"""Matches longer than this count as this long when orders are mixed."""

_NOVELTY = 1.0
"""Witten and Bell's factor for the number of distinct followers."""
