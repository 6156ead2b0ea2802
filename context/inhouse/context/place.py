"""A cursor's question to the project n-gram: what comes next here, and what followed the longest match.

Mixes the current file's own text (given as tokens) with the project's sorted segments; keeps no state of the project.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

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
from inhouse.context.matches import Matches, Numbers, matches
from inhouse.context.mixing import Weights, mixed, mixed_signed
from inhouse.context.own_text import LONGEST_MATCH, MOST_PLACES, OwnText
from inhouse.context.patience import Check, never
from inhouse.context.segments import Places, Segment, Tokens

Segments = list[tuple[Segment, Weights]]
"""Segments with what a place in each of their files counts."""

_OWN_WEIGHT = 4.0
"""A place in the current file counts as much as 4 elsewhere (the weight of techniques 2.2)."""

_OWN_WEIGHTS: Weights = np.full(MOST_PLACES, _OWN_WEIGHT)


class Prediction(NamedTuple):
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


class _Found(NamedTuple):
    """What matches in a segment and counts here."""

    matches: Matches
    following: Tokens
    lengths: Places
    weights: Weights
    keep: Places | None
    """Which of the places count; None: all."""

    @property
    def places(self) -> Places:
        """The places themselves."""
        places = self.matches.places
        return places if self.keep is None else places.take(self.keep)


class _Seen(NamedTuple):
    """All that matches the end of one context: asked for again by a draft and the choice after it."""

    also: tuple[int, ...]
    size: int
    text: Tokens
    own: tuple[Places, Places]
    project: list[_Found]


class Place:
    """A cursor in the current file; tokens can be added as they are decoded."""

    def __init__(
        self, numbers: Numbers, segments: list[tuple[Segment, Weights]], before: Tokens, after: Tokens
    ) -> None:
        self._numbers = numbers
        self._segments = segments
        self._own = OwnText(before, after)
        self._seen: _Seen | None = None
        self._said: dict[tuple[int, ...], Prediction] = {}

    def extend(self, ids: Iterable[int]) -> None:
        """The cursor has moved on behind these tokens."""
        self._own.extend(tuple(ids))

    def next_tokens(self, k: int, also: Sequence[int] = ()) -> Prediction:
        """The k likeliest next tokens; also: tokens decoded since, without moving the cursor.

        Remembered: the instant lane, the mix and a search for lines ask the same of one cursor.
        """
        if k > _MOST:
            return self._next_tokens(k, also)
        key = (self._own.size, *also)
        found = self._said.get(key)
        if found is None:
            if len(self._said) >= _SAID:
                self._said.clear()
            found = self._said[key] = self._next_tokens(_MOST, also)
        if len(found.ids) <= k:
            return found
        return found._replace(ids=found.ids[:k], probabilities=found.probabilities[:k])

    def _next_tokens(self, k: int, also: Sequence[int]) -> Prediction:
        found = self._evidence(also)
        if found is None:
            return _NOTHING
        tokens, lengths, weights, signed = found
        tokens, chances, order, support = (mixed_signed if signed else mixed)(tokens, lengths, weights)
        best = np.lexsort((tokens, -chances))[:k]
        return Prediction(tokens.take(best), chances.take(best), order, support) if len(best) else _NOTHING

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
            text = self._own.upto(())
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
        yield own_followers(seen.text, self._own.start, *seen.own, width, _OWN_WEIGHT)
        for found in seen.project:
            segment = found.matches.segment
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
            behind = place < self._own.start
            between = text[1:place] if behind else text[place:]
            best = run, length, Source(None, between, run, length, behind)
        local = self._numbers.local(wanted)
        for evidence in seen.project:
            segment = evidence.matches.segment
            if segment.strengths is not None:
                continue  # what was learnt from the user's edits says how often, not where
            found = _longest_run(segment.tokens, evidence.places, evidence.lengths, local)
            if found is not None and (best is None or found[1] > best[0]):
                place, run, length = found
                name, before = segment.before(place)
                best = run, length, Source(name, self._numbers.original(before), run, length)
        return best[2] if best else None

    def _matches(self, also: Sequence[int]) -> _Seen:
        """Everything that matches the end of the context, remembered until another end is asked for."""
        seen = self._seen
        if seen is None or seen.size != self._own.size or seen.also != tuple(also):
            text = self._own.upto(also)
            own, project = self._own.places(text), list(self._project(text))
            seen = self._seen = _Seen(tuple(also), self._own.size, text, own, project)
        return seen

    def _evidence(self, also: Sequence[int]) -> tuple[Tokens, Places, Weights, bool] | None:
        """What followed everywhere where the context matches, in the file's own text and in the project.

        Also whether some of it counts against its token.
        """
        seen = self._matches(also)
        places, lengths = seen.own
        parts: list[tuple[Tokens, Places, Weights]] = []
        if len(places):
            parts.append((seen.text.take(places), lengths, _OWN_WEIGHTS[: len(places)]))
        signed = False
        for found in seen.project:
            parts.append(found[1:4])
            signed = signed or found.matches.segment.strengths is not None
        if len(parts) < 2:
            return (*parts[0], signed) if parts else None
        tokens, lengths, weights = map(np.concatenate, zip(*parts, strict=True))
        return tokens, lengths, weights, signed

    def _project(self, text: Tokens) -> Iterator[_Found]:
        """The project's places that match the end of the context, deeper matches sampled more densely."""
        local = self._numbers.local(text[max(self._own.start, len(text) - LONGEST_MATCH) :])
        nearest_first: list[int] = local[::-1].tolist()
        for segment, by_file in self._segments:
            found = matches(segment, nearest_first, self._numbers)
            if found is None:
                continue
            weights = by_file.take(found.files)
            weights *= found.weights
            following, lengths = found.following, found.exactly(local)
            keep = weights.nonzero()[0]  # not those in files that do not count
            if len(keep) == len(weights):
                yield _Found(found, following, lengths, weights, None)
            elif len(keep):
                yield _Found(found, following.take(keep), lengths.take(keep), weights.take(keep), keep)

    def _following(self, also: Sequence[int], most: int) -> tuple[list[list[int]], int, list[float]]:
        """What follows the places with the longest matches, up to their texts' ends; and what each place counts."""
        seen = self._matches(also)
        text, (places, lengths) = seen.text, seen.own
        every = [lengths] + [found.lengths for found in seen.project]
        longest = max((lengths.item(lengths.argmax()) for lengths in every if len(lengths)), default=0)
        rows: list[list[int]] = []
        weights: list[float] = []
        if longest < _LEAST_MATCH:
            return rows, longest, weights
        for place in places[lengths == longest][-_VOTERS:].tolist() if len(places) else ():
            end = self._own.start - 1 if place < self._own.start else len(text)
            rows.append(text[place : min(end, place + most)].tolist())
            weights.append(_OWN_WEIGHT)
        for found in seen.project:
            chosen: Places = (found.lengths == longest).nonzero()[0][-_VOTERS:]
            if len(chosen):
                local = found.matches.segment.from_each(found.places.take(chosen), most)
                ids: list[list[int]] = self._numbers.original(local).tolist()
                rows += [
                    row[: stop.index(0)] if 0 in stop else row for row, stop in zip(ids, local.tolist(), strict=True)
                ]
                weights += found.weights.take(chosen).tolist()
        return rows, longest, weights


_SAID, _MOST = 256, 128
"""Answers that a cursor remembers, and the tokens in each: 0.4 MB at most."""

_LEAST_MATCH = 2
"""A single matching token is no reason to copy what followed it."""

_VOTERS = 16
"""Places of the longest match that vote on a draft: more change no outcome."""


def _longest_run(tokens: Tokens, places: Places, lengths: Places, wanted: Tokens) -> tuple[int, int, int] | None:
    """(place, tokens that are as wanted from there on, tokens that match before it) of the best place."""
    if not len(places) or not len(wanted):
        return None
    rows = tokens.take(places[:, None] + np.arange(len(wanted)), mode="clip") == wanted
    runs = np.where(rows.all(axis=1), len(wanted), rows.argmin(axis=1))
    best = int(np.lexsort((lengths, runs))[-1])
    return (int(places[best]), int(runs[best]), int(lengths[best])) if runs[best] else None
