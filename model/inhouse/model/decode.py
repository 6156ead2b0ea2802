"""The decode loop: one token after the other, greedily, until a line, a limit or somebody ends it.

It knows nothing about prompts or layouts: the session's logits are ready when it begins.
"""

from __future__ import annotations

import codecs
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from inhouse.model.cancel import CancelFlag, Cancelled
from inhouse.model.cells import Logits
from inhouse.model.choose import Choice, Texts, best, best_within
from inhouse.model.fill import FillRequest, Informed, Steering, StopReason, Token


class Decoder(Protocol):
    """What the loop needs of a session."""

    def logits(self) -> Logits: ...

    def append(self, token: int) -> None: ...


class Tokens(Texts, Protocol):
    """What the loop needs of a vocabulary."""

    def is_end(self, token: int) -> bool: ...


@dataclass(slots=True)
class Decoded:
    """What was generated so far."""

    text: str = ""
    tokens: list[Token] = field(default_factory=list[Token])
    stop: StopReason = "limit"
    first_ms: float = field(default=0.0, compare=False)
    """Until the first token was chosen."""


class Spelling:
    """Puts the tokens' bytes together to text, less the healed text that stands before the cursor already."""

    def __init__(self, vocabulary: Tokens, healed: bytes = b"") -> None:
        self._vocabulary = vocabulary
        self._utf8 = codecs.getincrementaldecoder("utf-8")("replace")
        self.healed = healed
        """Bytes before the cursor that are still to be said again."""

    def choose(self, logits: Logits, total: float | None = None) -> Choice:
        """The next token; one that says the healed text again as long as there is any. `total`: see best."""
        if self.healed:
            choice = best_within(logits, self.healed, self._vocabulary)
            if choice is not None:
                return choice
            self.healed = b""  # no token can say it: a broken character; go on from where the cursor is
        return best(logits, total)

    def add(self, token: int) -> str:
        """The text that a token adds after the cursor."""
        piece = self._vocabulary.piece(token)
        if self.healed:
            again = min(len(piece), len(self.healed))
            self.healed, piece = self.healed[again:], piece[again:]
        return self._utf8.decode(piece)


def decode(
    session: Decoder,
    vocabulary: Tokens,
    request: FillRequest,
    cancel: CancelFlag,
    *,
    before: Sequence[int] = (),
    healed: bytes = b"",
    until: Callable[[str], bool] | None = None,
    steering: Steering | None = None,
) -> Decoded:
    """Generate greedily after what the session has evaluated. Never raises Cancelled: what was done is returned.

    `before` are the prompt's last ids, for the steering. `healed` is text at the cursor whose tokens were taken back:
    the first tokens must say it again, and it is not part of the result.
    """
    done, spelling = Decoded(), Spelling(vocabulary, healed)
    ids = list(before)
    if isinstance(steering, Informed):
        steering.begin(healed)
    started = time.perf_counter()
    while len(done.tokens) < request.max_tokens:
        if stop := _outside_reason(cancel, request.deadline_ms, started):
            done.stop = stop
            break
        logits = session.logits()
        total = steering.adjust(ids, logits) if steering is not None else None
        choice = spelling.choose(logits, total)
        if not done.tokens:
            done.first_ms = (time.perf_counter() - started) * 1000
        if vocabulary.is_end(choice.token):
            done.stop = "end"
            break
        if stop := add_token(done, choice, spelling, request.max_lines):
            done.stop = stop
            break
        if until is not None and until(done.text):
            done.stop = "caller"
            break
        ids.append(choice.token)
        try:
            session.append(choice.token)
        except Cancelled:
            done.stop = "cancelled"
            break
    return done


def _outside_reason(cancel: CancelFlag, deadline_ms: float | None, started: float) -> StopReason | None:
    if cancel.is_set:
        return "cancelled"
    if deadline_ms is not None and (time.perf_counter() - started) * 1000 > deadline_ms:
        return "deadline"
    return None


def add_token(done: Decoded, choice: Choice, spelling: Spelling, max_lines: int) -> StopReason | None:
    """Add a token to what was generated, cut where the last wanted line ends."""
    said = spelling.add(choice.token)
    grown = done.text + said
    cut = line_cut(grown, max_lines) if "\n" in said else None
    text = grown[len(done.text) : cut]
    done.tokens.append(Token(choice.token, text, choice.probability, choice.rival, choice.rival_probability))
    done.text = grown[:cut]
    return "line" if cut is not None else None


def line_cut(text: str, max_lines: int) -> int | None:
    """Where line `max_lines` ends in text (the index of its newline), or None while it has not ended."""
    at = -1
    for _ in range(max_lines):
        at = text.find("\n", at + 1)
        if at < 0:
            return None
    return at
