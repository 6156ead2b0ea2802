"""The decode loop: one token after the other, greedily, until a line, a limit or somebody ends it.

It knows nothing about prompts or layouts: the session's logits are ready when it begins.
"""

from __future__ import annotations

import codecs
import math
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

    def add(self, said: str, max_lines: int) -> tuple[str, bool]:
        """Add text; what of it belongs to the wanted lines, and whether the last of them ended."""
        if "\n" in said and (cut := line_cut(self.text + said, max_lines)) is not None:
            said = said[: cut - len(self.text)]
            self.text += said
            return said, True
        self.text += said
        return said, False


class Spelling:
    """Puts the tokens' bytes together to text, less the healed text that stands before the cursor already."""

    def __init__(self, vocabulary: Tokens, healed: bytes = b"") -> None:
        self._vocabulary = vocabulary
        self._utf8 = codecs.getincrementaldecoder("utf-8")("replace")
        self._split = False
        """Whether a character has begun that is not whole yet."""
        self.healed = healed
        """Bytes before the cursor that are still to be said again."""

    def choose(self, logits: Logits, total: float | None = None) -> Choice:
        """The next token; one that says the healed text again as long as there is any. `total`: see best.

        The logits are used up: nothing sensible stands in them afterwards.
        """
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
        if not self._split and piece.isascii():
            return piece.decode()
        said = self._utf8.decode(piece)
        self._split = bool(self._utf8.getstate()[0])
        return said


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
    if isinstance(steering, Informed):
        steering.begin(healed)
    done, spelling, ids = Decoded(), Spelling(vocabulary, healed), list(before)
    said: list[tuple[Choice, str]] = []  # made into tokens at the end, when the processor's caches are free
    started = time.perf_counter()
    end_at = math.inf if request.deadline_ms is None else started + request.deadline_ms / 1000
    try:
        while len(said) < request.max_tokens:
            if stop := _outside_reason(cancel, end_at):
                done.stop = stop
                break
            logits = session.logits()
            choice = spelling.choose(logits, steering.adjust(ids, logits) if steering is not None else None)
            token = choice.token
            if not said:
                done.first_ms = (time.perf_counter() - started) * 1000
            if vocabulary.is_end(token):
                done.stop = "end"
                break
            text, ended = done.add(spelling.add(token), request.max_lines)
            said.append((choice, text))
            if ended or (until is not None and until(done.text)):
                done.stop = "line" if ended else "caller"
                break
            ids.append(token)
            session.append(token)
    except Cancelled:
        done.stop = "cancelled"
    done.tokens = [Token(one.token, text, one.probability, one.rival, one.rival_probability) for one, text in said]
    return done


def _outside_reason(cancel: CancelFlag, end_at: float) -> StopReason | None:
    if cancel.is_set:
        return "cancelled"
    return "deadline" if time.perf_counter() > end_at else None


def add_token(done: Decoded, choice: Choice, spelling: Spelling, max_lines: int) -> StopReason | None:
    """Add a token to what was generated, cut where the last wanted line ends."""
    text, ended = done.add(spelling.add(choice.token), max_lines)
    done.tokens.append(Token(choice.token, text, choice.probability, choice.rival, choice.rival_probability))
    return "line" if ended else None


def line_cut(text: str, max_lines: int) -> int | None:
    """Where line `max_lines` ends in text (the index of its newline), or None while it has not ended."""
    at = -1
    for _ in range(max_lines):
        at = text.find("\n", at + 1)
        if at < 0:
            return None
    return at
