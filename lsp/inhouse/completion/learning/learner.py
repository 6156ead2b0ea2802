"""Turns what became of suggestions into what the next ones are made of: n-gram strengths, name scores, the calibration.

Kept tokens count for, changed ones against, each by itself. Every influence has a floor, a ceiling and a decay, so that
a bad hour is forgotten. It shows nothing and follows no text; see tracker.py and store.py for that.
"""

from __future__ import annotations

import hashlib
import math
import re
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Protocol

from inhouse.completion.learning.lessons import lessons
from inhouse.completion.learning.store import MOST_RUNS, Calibration, Run, Store
from inhouse.completion.learning.tracker import Settled

_MOST_NUMBERS = 400
"""Twice what is looked at again at a time."""
_LEARNT_AT_S = (30, 600)
"""Looks from which is learnt: most changes are made at once, the rest within ten minutes."""
_CONTEXT_TOKENS = 12
_CONTEXT_CHARACTERS = 400
_RUN_HALF_LIFE_S = 30 * 86_400.0
_LEAST_STRENGTH = 0.2
"""A run that has decayed below this is dropped."""

MOST_OFFSET = 1.0
"""Logits by which a project may raise or lower the gate: the default threshold then lies between 0.11 and 0.48."""
_OFFSET_HALF_LIFE_S = 14 * 86_400.0
_RATE, _LEAST_RATE, _SETTLED_COUNT = 0.08, 0.02, 30.0
"""The first outcomes move the offset by up to 0.08 logits each, later ones by 0.02."""
_CHOSEN = 0.3
"""Logits by which less may be kept of what is shown than was said before a project is shown less: it was chosen among
several offers, and the one that looks best is likeliest to have a chance that is too high. With the chances as fitted
now a project starts quiet, and where as much is kept as was said it is shown more (docs/log.md, 2026-11-23)."""

MOST_NAME_SCORE = 2.0
_NAME_STEP = 0.25
_NAME_HALF_LIFE_S = 7 * 86_400.0
_NAME = re.compile(r"[^\W\d]\w{2,}")


class Memory(Protocol):
    """The project n-gram's side of learning."""

    def reinforce_many(self, runs: Sequence[tuple[Sequence[int], float | Sequence[float], int]]) -> None:
        """(ids, strength, start) runs that count for or against their tokens."""
        ...

    def forget_learnt(self) -> None:
        """Drop all runs."""
        ...


class Learner:
    """What is learnt in one project. From any thread."""

    def __init__(self, root: Path, store: Store | None = None, clock: Callable[[], float] = time.time) -> None:
        """`clock`: seconds since 1970; a replay lets it run faster."""
        self.store = store or Store(root)
        self.clock = clock
        self._lock = threading.RLock()
        self._numbers: dict[int, int | None] = {}
        """The store's numbers of suggestions that are still looked at."""
        self._memory: Memory | None = None
        self._tokenizer = ""
        self._tokenize: Callable[[str], Sequence[int]] | None = None
        self._piece: Callable[[int], bytes] | None = None
        self._runs: dict[tuple[int, ...], list[float]] = {}
        self._read()

    def _read(self) -> None:
        self._calibrations = self.store.calibrations()
        self._names = self.store.names()

    def teach(
        self,
        memory: Memory,
        tokenizer: str,
        tokenize: Callable[[str], Sequence[int]],
        piece: Callable[[int], bytes],
    ) -> None:
        """Give the project's n-gram what was learnt before, and from now on what is learnt.

        `tokenizer` names whose numbers `tokenize` gives; `piece` gives the bytes of one.
        """
        with self._lock:
            if self._memory is memory:
                return
            self._memory, self._tokenizer = memory, tokenizer
            self._tokenize, self._piece = tokenize, piece
            self._runs.clear()
            now = self.clock()
            for run in self.store.runs(tokenizer):
                faded = _halved(1.0, now - run.at, _RUN_HALF_LIFE_S)
                strengths = [strength * faded for strength in run.strengths]
                if max(map(abs, strengths), default=0.0) >= _LEAST_STRENGTH:
                    self._runs[tuple(run.ids)] = strengths
            memory.reinforce_many([(ids, strengths, 0) for ids, strengths in self._runs.items()])

    def offset(self, model: str = "") -> float:
        """Logits to add to the score of what a model says in this project."""
        found = self._calibrations.get(model)  # without the lock: a completion must not wait for the disk
        if found is None:
            return 0.0
        return _halved(found.offset, self.clock() - found.at, _OFFSET_HALF_LIFE_S)

    def corrected(self, probability: float, model: str = "") -> float:
        """The chance of what a model says, as it is in this project."""
        return _sigmoid(_logit(probability) + self.offset(model))

    def name_score(self, name: str) -> float:
        """How much a name was kept rather than changed, from -MOST_NAME_SCORE to MOST_NAME_SCORE; 0 knows nothing."""
        score, at = self._names.get(_hash(name), (0.0, 0.0))
        return _halved(score, self.clock() - at, _NAME_HALF_LIFE_S)

    def settle(self, settled: Settled) -> None:
        """Learn from what became of a suggestion, and write it down."""
        with self._lock:
            now, number = self.clock(), settled.shown.number
            if self.store.is_new and (self._calibrations or self._runs):
                self._forget()
            kept = self.store.write_settled(self._numbers.get(number), settled, now)
            self._numbers[number] = kept
            if settled.outcome == "ignored" or settled.after_s == 600:
                self._numbers.pop(number, None)
            elif len(self._numbers) > _MOST_NUMBERS:  # of documents that were closed before the last look
                del self._numbers[next(iter(self._numbers))]
            if settled.after_s in _LEARNT_AT_S:
                self._learn(settled, now)

    def _learn(self, settled: Settled, now: float) -> None:
        if settled.after_s == _LEARNT_AT_S[0]:
            self._calibrate(settled, now)
        names = list(self._score_names(settled, now))
        model = settled.shown.model
        found = self._calibrations.get(model, Calibration(model=model))
        self.store.write_learnt(self._tokenizer, self._reinforce(settled, now), names, found)

    def _calibrate(self, settled: Settled, now: float) -> None:
        """One step of logistic regression on the offset alone, towards the share that was kept of what was chosen.

        Of what was typed over nothing was: that a bracket stands there all the same is no merit.
        """
        if not settled.size or settled.shown.source == "ngram":
            return  # the instant lane has chances of its own
        model = settled.shown.model
        count = self._calibrations.get(model, Calibration()).count
        rate = max(_LEAST_RATE, _RATE / (1.0 + count / _SETTLED_COUNT))
        kept = 0.0 if settled.outcome == "typed over" else settled.kept / settled.size
        error = kept - _sigmoid(_logit(settled.shown.probability) - _CHOSEN)
        offset = min(MOST_OFFSET, max(-MOST_OFFSET, self.offset(model) + rate * error))
        self._calibrations[model] = Calibration(offset, count + 1, now, model)

    def _score_names(self, settled: Settled, now: float) -> Iterable[tuple[bytes, float]]:
        text = settled.shown.text
        for fate in settled.fates:
            name = text[fate.start : fate.end]
            if _NAME.fullmatch(name):
                score = self.name_score(name) + (_NAME_STEP if fate.kept else -_NAME_STEP)
                score = min(MOST_NAME_SCORE, max(-MOST_NAME_SCORE, score))
                self._names[_hash(name)] = (score, now)
                yield _hash(name), score

    def _reinforce(self, settled: Settled, now: float) -> list[Run]:
        """Strengthen and weaken tokens behind the suggestion's context; the runs as they now are."""
        if self._memory is None:
            return []
        learnt: list[tuple[list[int], list[float]]] = []
        for text, strengths in lessons(settled):
            ids, spread = self._spread(settled.shown.context[-_CONTEXT_CHARACTERS:], text, strengths)
            if any(spread):
                learnt.append((ids, spread))
        self._memory.reinforce_many([(ids, spread, 0) for ids, spread in learnt])
        runs: list[Run] = []
        for ids, spread in learnt:
            known = self._runs.pop(tuple(ids), [0.0] * len(ids))
            total = [before + more for before, more in zip(known, spread, strict=True)]
            self._runs[tuple(ids)] = total
            runs.append(Run(ids, total, now))
        while len(self._runs) > MOST_RUNS:  # the file and the n-gram let go of the oldest, too
            del self._runs[next(iter(self._runs))]
        return runs

    def _spread(self, context: str, text: str, strengths: Sequence[float]) -> tuple[list[int], list[float]]:
        """The tokens of both, the context's last dozen only, with the strength of each.

        A token's strength is the least of its characters', so that nothing wrong counts for something.
        """
        assert self._tokenize is not None, "teach() comes first"
        assert self._piece is not None, "teach() comes first"
        body = context[: context.rfind("\n") + 1]  # tokenised apart, as where completions are asked for
        ids = [*self._tokenize(body), *self._tokenize(context[len(body) :] + text)]
        by_byte = [0.0] * len(context.encode())
        for letter, strength in zip(text, strengths, strict=True):
            by_byte += [strength] * len(letter.encode())
        spread: list[float] = []
        at = 0
        for token in ids:
            length = len(self._piece(token))
            spread.append(min((strength for strength in by_byte[at : at + length] if strength), default=0.0))
            at += length
        first = next((index for index, strength in enumerate(spread) if strength), len(spread))
        start = max(0, first - _CONTEXT_TOKENS)
        return ids[start:], spread[start:]

    def _forget(self) -> None:
        """Somebody wiped the file: forget what is in memory, too."""
        if self._memory is not None:
            self._memory.forget_learnt()
        self._calibrations.clear()
        self._names.clear()
        self._runs.clear()
        self._numbers.clear()

    def close(self) -> None:
        with self._lock:
            self.store.close()


def _logit(chance: float) -> float:
    chance = min(max(chance, 1e-6), 1 - 1e-6)
    return math.log(chance / (1 - chance))


def _sigmoid(score: float) -> float:
    return 1.0 / (1.0 + math.exp(-score))


def _halved(value: float, age_s: float, half_life_s: float) -> float:
    return float(value * 0.5 ** (max(0.0, age_s) / half_life_s))


def _hash(name: str) -> bytes:
    return hashlib.blake2b(name.encode("utf-8", "surrogateescape"), digest_size=8).digest()
