"""An engine without weights for tests: it answers from a script and keeps what it was asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from inhouse.model import Alternative, CancelFlag, Fill, FillRequest, Judged, Steering, Token


class ScriptedEngine:
    """Answers every request with `answer`, as one token."""

    name = "scripted"
    tokenizer = "letters"
    vocabulary_size = 0x3000
    context_tokens = 1024
    parameters = 500_000_000

    def __init__(self, answer: str = "answer()") -> None:
        self.answer = answer
        self.others: tuple[Alternative, ...] = ()
        self.requests: list[FillRequest] = []
        self.scored: list[tuple[str, ...]] = []
        self.warmed: list[FillRequest] = []
        self.closed = False

    def tokenize(self, text: str, cancel: CancelFlag | None = None) -> list[int]:
        if cancel is not None:
            cancel.check()
        return [ord(letter) for letter in text]

    def piece(self, token: int) -> bytes:
        return chr(token).encode()

    def within(self, text: bytes) -> NDArray[np.int32]:
        return np.array([text[0]], np.int32)

    def fill(
        self,
        request: FillRequest,
        cancel: CancelFlag,
        until: Callable[[str], bool] | None = None,
        steering: Steering | None = None,
    ) -> Fill:
        self.requests.append(request)
        if cancel.is_set:
            return Fill("", (), "cancelled", 10, 0, 0.0, 0.0)
        return Fill(self.answer, (Token(7, self.answer, 0.5),), "line", 10, 4, 1.0, 2.0, alternatives=self.others)

    def score(
        self, request: FillRequest, texts: Sequence[str], cancel: CancelFlag, steering: Steering | None = None
    ) -> tuple[Judged, ...]:
        """What it would answer has a chance of a half, all else none to speak of."""
        self.scored.append(tuple(texts))
        if cancel.is_set:
            return ()
        half, none = -0.69, -20.0
        return tuple(Judged((7,), (one := half if self.answer.startswith(text) else none,), one) for text in texts)

    def warm(self, request: FillRequest, cancel: CancelFlag) -> bool:
        self.warmed.append(request)
        return not cancel.is_set

    def close(self) -> None:
        self.closed = True
