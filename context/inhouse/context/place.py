"""A cursor's question to the project n-gram: what comes next here, and what followed the longest match.

Mixes the current file's own text (given as tokens) with the project's sorted segments; keeps no state of the project.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from inhouse.context.continuations import Continuation, Origin, grouped, own_origins, segment_origins
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


_BREAK = -1
"""Stands in the own text between what is behind the cursor and what is before it."""

_NO_PLACES: Places = np.empty(0, dtype=np.int64)


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


_NOTHING = Prediction(np.empty(0, np.int32), np.empty(0), 0, 0.0)


@dataclass(frozen=True, slots=True)
class Draft:
    """The tokens that followed the longest match; a probability for each, given that those before it are right."""

    ids: Tokens
    probabilities: Weights
    order: int


@dataclass(frozen=True, slots=True)
class Source:
    """A place that goes on as something else does."""

    path: str | None
    """None: the current file."""
    between: Tokens
    """The file's tokens before the place; in the current file those between the place and the cursor."""
    run: int
    """How many tokens are the same from there on."""
    order: int
    """How many tokens before it match."""
    behind: bool = False
    """Whether it stands behind the cursor."""


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
        self._start = len(after) + 1
        self._size = self._start + len(before)
        self._own: Tokens = np.empty(self._size + 256, dtype=np.int32)
        self._own[: len(after)] = after
        self._own[len(after)] = _BREAK
        self._own[self._start : self._size] = before

    def extend(self, ids: Iterable[int]) -> None:
        """The cursor has moved on behind these tokens."""
        self._size += self._write(tuple(ids))

    def _write(self, ids: Sequence[int]) -> int:
        """Puts tokens behind the text before the cursor, where it may grow; how many."""
        end = self._size + len(ids)
        if end > len(self._own):
            self._own = np.concatenate((self._own, np.empty(end, dtype=np.int32)))
        self._own[self._size : end] = ids
        return len(ids)

    def next_tokens(self, k: int, also: Sequence[int] = ()) -> Prediction:
        """The k likeliest next tokens; also: tokens decoded since, without moving the cursor."""
        tokens, lengths, weights = self._evidence(also)
        if not len(tokens):
            return _NOTHING
        distinct, inverse = _distinct(tokens)
        chances = _interpolate(inverse, lengths, weights, len(distinct))
        best = (-chances).argsort(kind="stable")[:k]
        if not chances[best[0]] > 0:
            return _NOTHING
        best = best[chances[best] > 0]
        order = int(lengths.max())
        return Prediction(distinct[best], chances[best], order, max(0.0, float(weights[lengths == order].sum())))

    def continuation(self, max_tokens: int, also: Sequence[int] = ()) -> Draft:
        """The tokens that followed where most of the context matches; they end where the places disagree evenly."""
        rows, order, weights = self._following(self._text(also), max_tokens)
        if not len(rows):
            return Draft(np.empty(0, np.int32), np.empty(0), 0)
        ids: list[int] = []
        chances: list[float] = []
        total = float(np.maximum(weights, 0).sum())
        for column in range(rows.shape[1]):
            tokens = rows[:, column]
            real = tokens >= 0
            if not real.any():
                break
            distinct, inverse = np.unique(tokens[real], return_inverse=True)
            votes = np.bincount(inverse, weights=weights[real])
            best = int(votes.argmax())
            if votes[best] <= 0:
                break
            ids.append(int(distinct[best]))
            chances.append(float(votes[best]) / (total + _DOUBT))
            agree = tokens == distinct[best]
            rows, weights = rows[agree], weights[agree]
            total = float(np.maximum(weights, 0).sum())
        return Draft(np.asarray(ids, dtype=np.int32), np.asarray(chances), order)

    def continuations(self, ends: NDArray[np.bool_], width: int) -> list[Continuation]:
        """What followed wherever the text before the cursor occurs too, each up to the first token that `ends` marks.

        The longest matches first. `width`: most tokens that one may have; longer ones are left out.
        """
        return grouped(self._origins(width), ends)

    def line_of(self, origin: Origin, breaks: NDArray[np.int8]) -> int:
        """The line that a place is in, from 0; in the current file's own text, counted from the cursor's line.

        `breaks`: for each token number, how many line breaks it holds.
        """
        if origin.file is None:
            text = self._text(())
            between = text[len(text) + origin.position :] if origin.position < 0 else text[: origin.position]
            lines = int(breaks.take(between, mode="clip").sum())
            return -lines if origin.position < 0 else lines
        for segment, _ in reversed(self._segments):
            if (file := segment.places.get(origin.file)) is not None:
                before = segment.beginning(file, origin.position)
                return int(breaks.take(self._numbers.original(before), mode="clip").sum())
        return 0

    def _origins(self, width: int) -> Iterator[Origin]:
        text = self._text(())
        yield from own_origins(text, self._start, *self._own_places(text), width, _OWN_WEIGHT)
        for segment, found in self._project(text[self._start :]):
            if segment.strengths is None:  # what was learnt from the user's edits says how often, not where
                yield from segment_origins(segment, found.places, found.lengths, found.weights, width, self._numbers)

    def source(self, then: Sequence[int], also: Sequence[int] = ()) -> Source | None:
        """The place that goes on with most of `then`, and among these the one with the longest match before it.

        What is copied from the current file counts first, since its text is nearest.
        """
        text, wanted = self._text(also), np.asarray(then[:LONGEST_MATCH], dtype=np.int32)
        best: tuple[int, int, Source] | None = None
        places, lengths = self._own_places(text)
        if (found := _longest_run(text, places, lengths, wanted)) is not None:
            place, run, length = found
            behind = place < self._start
            between = text[:place] if behind else text[place:]
            best = run, length, Source(None, between, run, length, behind)
        local = self._numbers.local(wanted)
        for segment, evidence in self._project(text[self._start :]):
            if segment.strengths is not None:
                continue  # what was learnt from the user's edits says how often, not where
            found = _longest_run(segment.tokens, evidence.places, evidence.lengths, local)
            if found is not None and (best is None or found[1] > best[0]):
                place, run, length = found
                name, before = segment.before(place)
                best = run, length, Source(name, self._numbers.original(before), run, length)
        return best[2] if best else None

    def _text(self, also: Sequence[int]) -> Tokens:
        """The file's own text, what is behind the cursor first: so the end of the context is the end of it all."""
        return self._own[: self._size + (self._write(also) if also else 0)]

    def _evidence(self, also: Sequence[int]) -> tuple[Tokens, Places, Weights]:
        """What followed everywhere where the context matches: in the file's own text and in the project."""
        text = self._text(also)
        tokens: list[Tokens] = []
        lengths: list[Places] = []
        weights: list[Weights] = []
        places, length = self._own_places(text)
        if len(places):
            tokens.append(text[places])
            lengths.append(length)
            weights.append(np.full(len(places), _OWN_WEIGHT))
        for _, found in self._project(text[self._start :]):
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
            if segment.strengths is not None:
                weights *= segment.strengths[places]
            if spans[-1].depth == segment.depth:
                deepest = len(places) - counts[-1]
                lengths[deepest:] = match_lengths(segment.tokens, places[deepest:], local, segment.depth)
            following = segment.tokens[places]
            keep = (weights != 0) & (following > 0)
            following = self._numbers.original(following[keep])
            yield segment, _Evidence(following, places[keep], lengths[keep], weights[keep])

    def _own_places(self, text: Tokens) -> tuple[Places, Places]:
        """Places in the current file's own text, before and after the cursor, that match the end of the context."""
        if len(text) == self._start:
            return _NO_PLACES, _NO_PLACES
        places = (text[:-1] == text[-1]).nonzero()[0] + 1
        places = places[text[places] != _BREAK][-_OWN_COMPARED:]
        lengths = match_lengths(text, places, text[self._start :][-LONGEST_MATCH:], 1)
        if len(places) > _OWN_PLACES:
            best = np.sort(lengths.argsort(kind="stable")[-_OWN_PLACES:])
            places, lengths = places[best], lengths[best]
        return places, lengths

    def _following(self, text: Tokens, most: int) -> tuple[NDArray[np.int64], int, Weights]:
        """The tokens after the places with the longest matches, one row each, -1 where the text ends."""
        places, lengths = self._own_places(text)
        project = list(self._project(text[self._start :]))
        every = [lengths] + [found.lengths for _, found in project]
        longest = max((int(lengths.max()) for lengths in every if len(lengths)), default=0)
        rows: list[NDArray[np.int64]] = []
        weights: list[float] = []
        if longest < _LEAST_MATCH:
            return np.empty((0, most), dtype=np.int64), longest, np.empty(0)
        for place in places[lengths == longest][-_VOTERS:].tolist():
            end = self._start - 1 if place < self._start else len(text)
            rows.append(_row(text[place : min(end, place + most)], most))
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


def _longest_run(tokens: Tokens, places: Places, lengths: Places, wanted: Tokens) -> tuple[int, int, int] | None:
    """(place, tokens that are as wanted from there on, tokens that match before it) of the best place."""
    if not len(places) or not len(wanted):
        return None
    rows = tokens.take(places[:, None] + np.arange(len(wanted)), mode="clip") == wanted
    runs = np.where(rows.all(axis=1), len(wanted), rows.argmin(axis=1))
    best = int(np.lexsort((lengths, runs))[-1])
    return (int(places[best]), int(runs[best]), int(lengths[best])) if runs[best] else None


def _distinct(tokens: Tokens) -> tuple[Tokens, Places]:
    """The distinct tokens, ascending, and for each token its number among them (half the time of np.unique)."""
    order = tokens.argsort(kind="stable")
    ordered = tokens[order]
    first = np.empty(len(tokens), dtype=np.bool_)
    first[0] = True
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    inverse = np.empty(len(tokens), dtype=np.int64)
    inverse[order] = first.cumsum() - 1
    return ordered[first], inverse


def _interpolate(tokens: Places, lengths: Places, weights: Weights, count: int) -> Weights:
    """The chance of each token: every order mixes with the next shorter one by Witten and Bell's weights."""
    rows = _ORDERS - np.minimum(lengths, _ORDERS)
    exact = np.bincount(rows * count + tokens, weights=weights, minlength=(_ORDERS + 1) * count)
    exact = exact.reshape(_ORDERS + 1, count)
    met = np.count_nonzero(exact, axis=1)
    votes = exact.cumsum(axis=0)
    np.maximum(votes, 0.0, out=votes)  # what was learnt may count against a token, but never for less than nothing
    totals = votes.sum(axis=1).tolist()
    doubts = (_NOVELTY * (votes != 0).sum(axis=1)).tolist()
    chances = np.zeros(count)
    for row in range(_ORDERS - 1, -1, -1):
        if met[row] and totals[row]:
            chances = (votes[row] + doubts[row] * chances) / (totals[row] + doubts[row])
    return chances


_ORDERS = 8
"""Matches longer than this count as this long when orders are mixed."""

_NOVELTY = 1.0
"""Witten and Bell's factor for the number of distinct followers."""
