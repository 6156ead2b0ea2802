"""The decode loop: one token after the other, greedily, until a line, a limit or somebody ends it.

It knows nothing about prompts or layouts: the session's logits are ready when it begins.
"""

from __future__ import annotations

import codecs
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from inhouse.model.cancel import CancelFlag
from inhouse.model.fill import FillRequest, StopReason, Token
from inhouse.model.session import Cancelled, Logits


class Decoder(Protocol):
    """What the loop needs of a session."""

    def logits(self) -> Logits: ...

    def append(self, token: int) -> None: ...


class Vocabulary(Protocol):
    def piece(self, token: int) -> bytes: ...

    def is_end(self, token: int) -> bool: ...


@dataclass(slots=True)
class Decoded:
    """What was generated so far."""

    text: str = ""
    tokens: list[Token] = field(default_factory=list[Token])
    stop: StopReason = "limit"


def decode(
    session: Decoder,
    vocabulary: Vocabulary,
    request: FillRequest,
    cancel: CancelFlag,
    until: Callable[[str], bool] | None = None,
) -> Decoded:
    """Generate greedily after what the session has evaluated. Never raises Cancelled: what was done is returned."""
    done = Decoded()
    utf8 = codecs.getincrementaldecoder("utf-8")("replace")
    started = time.perf_counter()
    while len(done.tokens) < request.max_tokens:
        if cancel.is_set:
            done.stop = "cancelled"
            break
        if request.deadline_ms is not None and (time.perf_counter() - started) * 1000 > request.deadline_ms:
            done.stop = "deadline"
            break
        token, probability = best(session.logits())
        if vocabulary.is_end(token):
            done.stop = "end"
            break
        grown = done.text + utf8.decode(vocabulary.piece(token))
        cut = line_cut(grown, request.max_lines)
        done.tokens.append(Token(token, grown[len(done.text) : cut], probability))
        done.text = grown[:cut]
        if cut is not None:
            done.stop = "line"
            break
        if until is not None and until(done.text):
            done.stop = "caller"
            break
        try:
            session.append(token)
        except Cancelled:
            done.stop = "cancelled"
            break
    return done


def best(logits: Logits) -> tuple[int, float]:
    """The most likely token and its probability among all of the vocabulary."""
    token = int(logits.argmax())
    return token, float(1.0 / np.exp(logits - logits[token]).sum())


def line_cut(text: str, max_lines: int) -> int | None:
    """Where line `max_lines` ends in text (the index of its newline), or None while it has not ended."""
    at = -1
    for _ in range(max_lines):
        at = text.find("\n", at + 1)
        if at < 0:
            return None
    return at
