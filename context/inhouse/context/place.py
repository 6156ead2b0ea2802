"""A cursor's question to the project n-gram: what comes next here, and what followed the longest match.

Mixes the current file's own text (given as tokens) with the project's sorted segments; keeps no state of the project.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from inhouse.context.continuations import (
    Continuation,
    Followers,
    Origin,
    grouped,
    own_followers,
    segment_followers,
)
from inhouse.context.drafted import Draft, voted
from inhouse.context.matches import matches
from inhouse.context.mixing import Weights, mixed, mixed_signed
from inhouse.context.patience import Check, never
from inhouse.context.segments import Places, Segment, Tokens, match_lengths, wanted_before

Segments = list[tuple[Segment, Weights]]
"""Segments with what a place in each of their files counts."""

LONGEST_MATCH = 16
"""Tokens of context compared; longer matches predict no better."""

_OWN_COMPARED = 512
_OWN_PLACES = 128
"""Of the current file's places after the same token the last 512 are compared, the 128 longest matches count."""

OWN_TOKENS = 8192
"""Of the current file's text before (and after) the cursor: its last (first) 8,192 tokens are searched."""

_OWN_WEIGHT = 4.0
"""A place in the current file counts as much as 4 elsewhere (the weight of techniques 2.2)."""


_OWN_WEIGHTS: Weights = np.full(_OWN_PLACES, _OWN_WEIGHT)

_BREAK = -1
"""Stands in the own text before what is behind the cursor, and between that and what is before it."""

_NO_PLACES: Places = np.empty(0, dtype=np.int64)


class Numbers(Protocol):
    """What translates between the tokenizer's numbers and the project's dense ones."""

    def local(self, ids: Tokens) -> Tokens:
        """The project's numbers of tokens; -1 for those it has not."""
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


class _Evidence(NamedTuple):
    """Places of a text that match: what came next there, how many tokens match, what each counts."""

    following: Tokens
    places: Places
    lengths: Places
    weights: Weights


class _Seen(NamedTuple):
    """All that matches the end of one context: asked for again by a draft and the choice after it."""

    also: tuple[int, ...]
    size: int
    text: Tokens
    own: tuple[Places, Places]
    project: list[tuple[Segment, _Evidence]]


class Place:
    """A cursor in the current file; tokens can be added as they are decoded."""

    def __init__(
        self, numbers: Numbers, segments: list[tuple[Segment, Weights]], before: Tokens, after: Tokens
    ) -> None:
        self._numbers = numbers
        self._segments = segments
        self._start = len(after) + 2
        self._size = self._start + len(before)
        self._own: Tokens = np.empty(self._size + 256, dtype=np.int32)
        self._own[0] = self._own[self._start - 1] = _BREAK
        self._own[1 : self._start - 1] = after
        self._own[self._start : self._size] = before
        self._slots: Places = np.empty(0, dtype=np.int64)
        self._seen: _Seen | None = None

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
        tokens, lengths, weights, signed = self._evidence(also)
        if not len(tokens):
            return _NOTHING
        if len(self._slots) <= (highest := tokens.item(tokens.argmax())):
            self._slots = np.empty(highest + 1, dtype=np.int64)
        mix = mixed_signed if signed else mixed
        distinct, chances = mix(tokens, lengths, weights, self._slots)
        best = (-chances).argsort(kind="stable")[:k]
        if not chances[best[-1]] > 0:
            best = best[chances[best] > 0]
            if not len(best):
                return _NOTHING
        order = lengths.item(lengths.argmax())
        support = float(np.add.reduce(weights[lengths == order]))
        return Prediction(distinct.take(best), chances.take(best), order, max(0.0, support))

    def continuation(self, max_tokens: int, also: Sequence[int] = ()) -> Draft:
        """The tokens that followed where most of the context matches; they end where the places disagree evenly."""
        return voted(*self._following(also, max_tokens))

    def continuations(self, ends: NDArray[np.bool_], width: int, check: Check = never) -> list[Continuation]:
        """What followed wherever the text before the cursor occurs too, each up to the first token that `ends` marks.

        The longest matches first. `width`: most tokens that one may have; longer ones are left out. `check` is called
        between small steps.
        """
        return grouped(self._followers(width), ends, check)

    def line_of(self, origin: Origin, breaks: NDArray[np.int8]) -> int:
        """The line that a place is in, from 0; in the current file's own text, counted from the cursor's line.

        `breaks`: for each token number, how many line breaks it holds.
        """
        if origin.file is None:
            text = self._text(())
            between = text[len(text) + origin.position :] if origin.position < 0 else text[1 : origin.position + 1]
            lines = int(breaks.take(between, mode="clip").sum())
            return -lines if origin.position < 0 else lines
        for segment, _ in reversed(self._segments):
            if (file := segment.places.get(origin.file)) is not None:
                before = segment.beginning(file, origin.position)
                return int(breaks.take(self._numbers.original(before), mode="clip").sum())
        return 0

    def _followers(self, width: int) -> Iterator[Followers]:
        seen = self._matches(())
        yield own_followers(seen.text, self._start, *seen.own, width, _OWN_WEIGHT)
        for segment, found in seen.project:
            if segment.strengths is None:  # what was learnt from the user's edits says how often, not where
                yield segment_followers(segment, found.places, found.lengths, found.weights, width, self._numbers)

    def source(self, then: Sequence[int], also: Sequence[int] = ()) -> Source | None:
        """The place that goes on with most of `then`, and among these the one with the longest match before it.

        What is copied from the current file counts first, since its text is nearest.
        """
        seen = self._matches(also)
        wanted = np.asarray(then[:LONGEST_MATCH], dtype=np.int32)
        best: tuple[int, int, Source] | None = None
        text, (places, lengths) = seen.text, seen.own
        if (found := _longest_run(text, places, lengths, wanted)) is not None:
            place, run, length = found
            behind = place < self._start
            between = text[1:place] if behind else text[place:]
            best = run, length, Source(None, between, run, length, behind)
        local = self._numbers.local(wanted)
        for segment, evidence in seen.project:
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

    def _matches(self, also: Sequence[int]) -> _Seen:
        """Everything that matches the end of the context, remembered until another end is asked for."""
        seen = self._seen
        if seen is None or seen.size != self._size or seen.also != tuple(also):
            text = self._text(also)
            own, project = self._own_places(text), list(self._project(text[self._start :]))
            seen = self._seen = _Seen(tuple(also), self._size, text, own, project)
        return seen

    def _evidence(self, also: Sequence[int]) -> tuple[Tokens, Places, Weights, bool]:
        """What followed everywhere where the context matches, in the file's own text and in the project.

        Also whether some of it counts against its token.
        """
        seen = self._matches(also)
        places, length = seen.own
        tokens, lengths, weights = [seen.text.take(places)], [length], [_OWN_WEIGHTS[: len(places)]]
        for _, found in seen.project:
            tokens.append(found.following)
            lengths.append(found.lengths)
            weights.append(found.weights)
        signed = any(segment.strengths is not None for segment, _ in seen.project)
        return np.concatenate(tokens), np.concatenate(lengths), np.concatenate(weights), signed

    def _project(self, context: Tokens) -> Iterator[tuple[Segment, _Evidence]]:
        """The project's places that match the end of the context, deeper matches sampled more densely."""
        local = self._numbers.local(context[-LONGEST_MATCH:])
        wanted = wanted_before(local)
        nearest_first = wanted[:-1].tolist()
        for segment, by_file in self._segments:
            found = matches(segment, nearest_first)
            if found is None:
                continue
            following, places, lengths = found.following, found.places, found.exactly(segment, wanted)
            weights = found.weights * by_file.take(found.files)
            keep = weights.nonzero()[0]  # not those in files that do not count
            if len(keep) < len(places):
                following, places, lengths, weights = following[keep], places[keep], lengths[keep], weights[keep]
            yield segment, _Evidence(self._numbers.original(following), places, lengths, weights)

    def _own_places(self, text: Tokens) -> tuple[Places, Places]:
        """Places in the current file's own text, before and after the cursor, that match the end of the context."""
        if len(text) == self._start:
            return _NO_PLACES, _NO_PLACES
        last = text[-1]
        places = (text[:-1] == last).nonzero()[0] + 1
        if text[self._start - 2] == last:
            places = places[places != self._start - 1]  # what stands behind this one is no token
        places = places[-_OWN_COMPARED:]
        lengths = _own_lengths(text, places, text[self._start :][-LONGEST_MATCH:])
        if len(places) > _OWN_PLACES:
            best = lengths.astype(np.uint8).argsort(kind="stable")[-_OWN_PLACES:]
            best.sort()
            places, lengths = places[best], lengths[best]
        return places, lengths

    def _following(self, also: Sequence[int], most: int) -> tuple[NDArray[np.int64], int, Weights]:
        """The tokens after the places with the longest matches, one row each, -1 where the text ends."""
        seen = self._matches(also)
        text, (places, lengths), project = seen.text, seen.own, seen.project
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


def _own_lengths(text: Tokens, places: Places, context: Tokens) -> Places:
    """How many tokens match before each place; most match only the one that they were found by."""
    lengths = np.empty(len(places), dtype=np.int64)
    lengths.fill(1)
    if len(context) > 1 and len(places):
        more = (text[places - 2] == context[-2]).nonzero()[0]
        if len(more):
            lengths[more] = match_lengths(text, places[more], wanted_before(context), 2)
    return lengths
