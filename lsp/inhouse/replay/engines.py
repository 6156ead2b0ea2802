"""Engines for arms: others' choice of context, samples instead of branches, the project's n-gram without a model.

Each stands before a real engine and changes one thing of what it is asked or of who answers.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from inhouse.model import (
    Alternative,
    Block,
    CancelFlag,
    Engine,
    Fill,
    FillRequest,
    Informed,
    Judged,
    Steering,
    take_back,
)
from inhouse.model.decode import decode
from inhouse.model.vocabulary import Vocabulary

__all__ = ["NgramEngine", "PeerEngine", "SamplingEngine", "Vocabulary"]

_BLOCKS_SHARE = 0.45
_CHARACTERS_PER_TOKEN = 3.0
"""As the pipeline counts for its own blocks: all arms have the same room."""
_TEMPERATURE = 0.8
_LEAST = 0.02
"""Probability below which the n-gram has nothing to say."""
_TAIL_CHARACTERS = 2_000


class _Standing:
    """An engine that passes everything on."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @property
    def name(self) -> str:
        return self._engine.name

    @property
    def context_tokens(self) -> int:
        return self._engine.context_tokens

    @property
    def parameters(self) -> int:
        return self._engine.parameters

    @property
    def tokenizer(self) -> str:
        return self._engine.tokenizer

    def tokenize(self, text: str, cancel: CancelFlag | None = None) -> list[int]:
        return self._engine.tokenize(text, cancel)

    @property
    def vocabulary_size(self) -> int:
        return self._engine.vocabulary_size

    def within(self, text: bytes) -> NDArray[np.int32]:
        return self._engine.within(text)

    def piece(self, token: int) -> bytes:
        return self._engine.piece(token)

    def fill(
        self,
        request: FillRequest,
        cancel: CancelFlag,
        until: Callable[[str], bool] | None = None,
        steering: Steering | None = None,
    ) -> Fill:
        return self._engine.fill(request, cancel, until, steering)

    def score(
        self, request: FillRequest, texts: Sequence[str], cancel: CancelFlag, steering: Steering | None = None
    ) -> tuple[Judged, ...]:
        return self._engine.score(request, texts, cancel, steering)

    def warm(self, request: FillRequest, cancel: CancelFlag) -> bool:
        return self._engine.warm(request, cancel)

    def close(self) -> None:
        """The real engine belongs to somebody else."""


class PeerEngine(_Standing):
    """Shows the model what another program would choose from the project."""

    def __init__(self, engine: Engine, choose: Callable[[FillRequest, int], Sequence[Block]]) -> None:
        """`choose(request, characters)` gives the blocks, first ones first."""
        super().__init__(engine)
        self._choose = choose

    def fill(
        self,
        request: FillRequest,
        cancel: CancelFlag,
        until: Callable[[str], bool] | None = None,
        steering: Steering | None = None,
    ) -> Fill:
        return self._engine.fill(self._shown(request), cancel, until, steering)

    def score(
        self, request: FillRequest, texts: Sequence[str], cancel: CancelFlag, steering: Steering | None = None
    ) -> tuple[Judged, ...]:
        return self._engine.score(self._shown(request), texts, cancel, steering)

    def _shown(self, request: FillRequest) -> FillRequest:
        room = int(self.context_tokens * _BLOCKS_SHARE * _CHARACTERS_PER_TOKEN)
        return replace(request, blocks=tuple(self._choose(request, room)))


class SamplingEngine(_Standing):
    """Alternatives by drawing whole answers at temperature 0.8, the usual way, instead of branching."""

    def fill(
        self,
        request: FillRequest,
        cancel: CancelFlag,
        until: Callable[[str], bool] | None = None,
        steering: Steering | None = None,
    ) -> Fill:
        seed = zlib.crc32((request.path + request.prefix[-200:]).encode("utf-8", "replace"))
        alone = replace(request, alternatives=1)
        drawn = [
            self._engine.fill(alone, cancel, until, Sampled(steering, seed + number))
            for number in range(max(1, request.alternatives))
        ]
        others = tuple(Alternative(one.text, one.tokens, 0) for one in drawn[1:])
        decode_ms = sum(one.decode_ms for one in drawn)
        return replace(drawn[0], alternatives=others, decode_ms=decode_ms)


class Sampled:
    """Makes the greedy choice a draw at a temperature: the largest of logits plus Gumbel noise is a fair sample."""

    def __init__(self, steering: Steering | None, seed: int, temperature: float = _TEMPERATURE) -> None:
        self._steering = steering
        self._rng = np.random.default_rng(seed)
        self._temperature = temperature

    def begin(self, healed: bytes) -> None:
        if isinstance(self._steering, Informed):
            self._steering.begin(healed)

    def adjust(self, tokens: Sequence[int], logits: NDArray[np.float32]) -> None:
        if self._steering is not None:
            self._steering.adjust(tokens, logits)
        logits /= self._temperature
        logits += self._rng.gumbel(size=len(logits)).astype(np.float32)


class NgramEngine(_Standing):
    """The project's n-gram alone: steering over logits that know nothing. No model runs."""

    def __init__(self, engine: Engine, vocabulary: Vocabulary) -> None:
        super().__init__(engine)
        self._vocabulary = vocabulary
        self._end = next(token for token in range(len(vocabulary)) if vocabulary.is_end(token))

    def fill(
        self,
        request: FillRequest,
        cancel: CancelFlag,
        until: Callable[[str], bool] | None = None,
        steering: Steering | None = None,
    ) -> Fill:
        started = time.perf_counter()
        ids = self.tokenize(request.prefix[-_TAIL_CHARACTERS:])
        count, healed = take_back(ids, self.piece, max(0, len(ids) - 1))
        before = ids[: len(ids) - count]
        blank = _Blank(len(self._vocabulary), self._end)
        done = decode(
            blank, self._vocabulary, request, cancel, before=before, healed=healed, until=until, steering=steering
        )
        kept = list(done.tokens)
        weak = next((index for index, token in enumerate(kept) if token.probability < _LEAST), len(kept))
        text = "".join(token.text for token in kept[:weak])
        ms = (time.perf_counter() - started) * 1000
        return Fill(text, tuple(kept[:weak]), done.stop if weak == len(kept) else "end", 0, 0, 0.0, ms)

    def score(
        self, request: FillRequest, texts: Sequence[str], cancel: CancelFlag, steering: Steering | None = None
    ) -> tuple[Judged, ...]:
        return ()

    def warm(self, request: FillRequest, cancel: CancelFlag) -> bool:
        return True


class _Blank:
    """A model that would rather end than say anything, and finds all else equally likely."""

    def __init__(self, size: int, end: int) -> None:
        self._logits = np.zeros(size, np.float32)
        self._logits[end] = 0.01

    def logits(self) -> NDArray[np.float32]:
        return self._logits.copy()

    def append(self, token: int) -> None:
        """Nothing is remembered: the steering sees all tokens itself."""
