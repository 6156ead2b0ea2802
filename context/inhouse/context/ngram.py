"""What usually comes next in this project: a nested n-gram over a tokenizer's numbers (file, folder, project).

Works on token numbers alone; whoever asks says which tokenizer they are of. Reading while another thread updates is
safe: every update makes a new immutable state.
"""

import posixpath
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inhouse.context.segments import Places, Segment, Tokens, match_lengths

Weights = NDArray[np.float64]

LONGEST_MATCH = 16
"""Tokens of context compared; longer matches predict no better."""

_SAMPLES = (48, 64, 96, 256)
"""Places looked at that match 1, 2, 3, 4 tokens: shallower ones only say what is common."""

_OWN_COMPARED = 512
_OWN_PLACES = 128
"""Of the current file's places after the same token the last 512 are compared, the 128 longest matches count."""

_OWN_WEIGHT = 4.0
_FOLDER_WEIGHT = 2.0
_RECENT_WEIGHT = 2.0
_RECENT_S = 900.0
"""Weights of places: the current file's own text counts 4 times a far file's, and so on; measured in docs/log.md."""

_OWN_TOKENS = 8192
"""Of the current file's text before (and after) the cursor: its last (first) 8,192 tokens are searched."""

_FRESH_TOKENS = 150_000
"""Changed files are kept in a segment of their own up to this size (15 ms to sort), then merged into the big one."""

IntSequence = Sequence[int] | NDArray[np.int32]


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
class _State:
    """One state of the n-gram: never changed, only replaced."""

    segments: tuple[Segment, ...] = ()
    alive: tuple[NDArray[np.bool_], ...] = ()
    times: Mapping[str, float] = field(default_factory=dict[str, float])


@dataclass(frozen=True, slots=True)
class _Evidence:
    """Places of a text that match: what came next there, how many tokens match, what each counts."""

    following: Tokens
    places: Places
    lengths: Places
    weights: Weights


class Ngram:
    """The project's tokens, file by file. Ask through at(); clock gives seconds (for the weight of recent files)."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._local: Tokens = np.zeros(1, dtype=np.int32)
        self._ids: Tokens = np.zeros(1, dtype=np.int32)
        self._count = 1
        self._files: dict[str, Tokens] = {}
        self._fresh: set[str] = set()
        self._state = _State()

    # ---- keeping up to date

    def update(self, file: str, token_ids: IntSequence | None) -> None:
        """Takes in a file's tokens in the place of its earlier ones; None forgets the file."""
        self.update_many({file: token_ids})

    def update_many(self, files: Mapping[str, IntSequence | None], recent: bool = True) -> None:
        """Takes in many files at once (20 times faster); recent ones count more for a while."""
        with self._lock:
            times = dict(self._state.times)
            for name, ids in files.items():
                self._files.pop(name, None)
                times.pop(name, None)
                self._fresh.add(name)
                if ids is not None:
                    self._files[name] = self._to_local(np.asarray(ids, dtype=np.int32), learn=True)
                    if recent:
                        times[name] = self._clock()
            self._rebuild(times)

    def touch(self, file: str) -> None:
        """Notes that a file was just edited or viewed."""
        with self._lock:
            times = {**self._state.times, file: self._clock()}
            self._state = _State(self._state.segments, self._state.alive, times)

    def __len__(self) -> int:
        return sum(len(tokens) for tokens in self._files.values())

    def __contains__(self, file: str) -> bool:
        return file in self._files

    def files(self) -> list[str]:
        """The files whose tokens are known."""
        return sorted(self._files)

    def _rebuild(self, times: dict[str, float]) -> None:
        """Sorts the changed files again, or everything when the changed ones have become many."""
        fresh = {name: self._files[name] for name in sorted(self._fresh) if name in self._files}
        size = sum(len(tokens) for tokens in fresh.values())
        if not self._state.segments or size > _FRESH_TOKENS:
            self._fresh.clear()
            segments: tuple[Segment, ...] = (Segment(self._files),)
            alive: tuple[NDArray[np.bool_], ...] = (np.ones(len(self._files), dtype=np.bool_),)
        else:
            main = self._state.segments[0]
            kept = np.asarray([name in self._files and name not in self._fresh for name in main.names], dtype=np.bool_)
            segments = (main, Segment(fresh)) if fresh else (main,)
            alive = (kept, np.ones(len(fresh), dtype=np.bool_)) if fresh else (kept,)
        self._state = _State(segments, alive, times)

    def _to_local(self, ids: Tokens, learn: bool = False) -> Tokens:
        """The project's own dense numbers: few bits for each token, so more of the context fits into a key."""
        if not len(ids):
            return ids
        highest = int(ids.max())
        if highest >= len(self._local):
            if not learn:
                ids = np.where(ids < len(self._local), ids, 0)
            else:
                self._local = np.concatenate((self._local, np.zeros(highest + 1 - len(self._local), dtype=np.int32)))
        local = self._local[ids]
        if learn and not local.all():
            new = np.unique(ids[local == 0])
            grown = self._local.copy()
            grown[new] = np.arange(self._count, self._count + len(new), dtype=np.int32)
            self._ids = np.concatenate((self._ids[: self._count], new))
            self._local, self._count = grown, self._count + len(new)
            local = grown[ids]
        return local

    # ---- asking

    def at(self, prefix: IntSequence, suffix: IntSequence = (), own: str | None = None) -> "Place":
        """A cursor: tokens before it, tokens after it, and the file whose stored copy must not count."""
        before = np.asarray(prefix[-_OWN_TOKENS:], dtype=np.int32)
        after = np.asarray(suffix[:_OWN_TOKENS], dtype=np.int32)
        return Place(self, before, after, own)

    def next_tokens(self, context: IntSequence, k: int, own: str | None = None) -> Prediction:
        """The likeliest next tokens after a context, without further ado."""
        return self.at(context, own=own).next_tokens(k)

    def continuation(self, context: IntSequence, max_tokens: int, own: str | None = None) -> Draft:
        """What followed the longest match of a context, without further ado."""
        return self.at(context, own=own).continuation(max_tokens)

    def local(self, ids: Tokens) -> Tokens:
        """The project's numbers of tokens; 0 for those it has not."""
        return self._to_local(ids)

    def original(self, local: Tokens) -> Tokens:
        """The tokenizer's numbers of the project's numbers."""
        return self._ids[local]

    def snapshot(self, own: str | None) -> list[tuple[Segment, Weights]]:
        """The segments with what a place counts by its file: near folders and recent files more, dead files nothing."""
        state = self._state
        folder = posixpath.dirname(own) if own else None
        found: list[tuple[Segment, Weights]] = []
        for segment, alive in zip(state.segments, state.alive, strict=True):
            weights = alive.astype(np.float64)
            if folder is not None:
                weights[segment.in_folder(folder)] *= _FOLDER_WEIGHT
            for name, touched in state.times.items():
                if (number := segment.places.get(name)) is not None:
                    weights[number] *= 1 + (_RECENT_WEIGHT - 1) * 0.5 ** ((self._clock() - touched) / _RECENT_S)
            if own is not None and (number := segment.places.get(own)) is not None:
                weights[number] = 0.0
            found.append((segment, weights))
        return found

    # ---- keeping it on the disk

    def save(self, path: Path, digests: Mapping[str, str], tokenizer: str) -> None:
        """Writes the tokens with the digests of the texts they were made of, replacing the file at once."""
        with self._lock:
            names = [name for name in self._files if name in digests]
            parts = [self.original(self._files[name]) for name in names]
        lengths = np.asarray([len(part) for part in parts], dtype=np.int64)
        temporary = path.with_suffix(".new.npz")
        with temporary.open("wb") as file:
            np.savez(
                file,
                tokenizer=np.asarray(tokenizer),
                names=np.asarray(names, dtype=np.str_),
                digests=np.asarray([digests[name] for name in names], dtype=np.str_),
                lengths=lengths,
                tokens=np.concatenate([np.empty(0, dtype=np.int32), *parts]),
            )
        temporary.replace(path)

    def load(self, path: Path, tokenizer: str) -> dict[str, str]:
        """Takes in a saved state if it is of the same tokenizer; the digests of the files that it brought."""
        try:
            with np.load(path, allow_pickle=False) as saved:
                if str(saved["tokenizer"]) != tokenizer:
                    return {}
                names, digests = saved["names"].tolist(), saved["digests"].tolist()
                ends = np.cumsum(saved["lengths"])
                parts = np.split(saved["tokens"], ends[:-1]) if len(ends) else []
        except (OSError, ValueError, KeyError, EOFError):
            return {}
        self.update_many(dict(zip(names, parts, strict=True)), recent=False)
        return dict(zip(names, digests, strict=True))


class Place:
    """A cursor in the current file; tokens can be added as they are decoded."""

    def __init__(self, ngram: Ngram, before: Tokens, after: Tokens, own: str | None) -> None:
        self._ngram = ngram
        self._segments = ngram.snapshot(own)
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
        local = self._ngram.local(context[-LONGEST_MATCH:])
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
            following = self._ngram.original(following[keep])
            yield segment, _Evidence(following, places[keep], lengths[keep], weights[keep])

    def _own_places(self, context: Tokens) -> Iterable[tuple[Tokens, Places, Places]]:
        """Places in the current file's own text, before and after the cursor, that match the end of the context."""
        if not len(context):
            return
        for text in (context[-_OWN_TOKENS:], self._after):
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
                rows.append(_row(self._ngram.original(segment.following(place, most)), most))
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
