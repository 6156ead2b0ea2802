"""The likeliest ends of the line, searched together, where branching once at a few names is not enough.

A beam search: at each token the likeliest beginnings go on, all in one batch, and share their cells up to where they
part. The prompt's sequence is as before. For small models: each beginning's step costs as much as an answer's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from inhouse.model.fill import Line
from inhouse.model.judge import Endings, Logarithms, Scale
from inhouse.model.session import FILE, SIDE, SIDE_SEQUENCES, Session

_BEHIND = 5.0
"""Nats behind the likeliest at which a beginning is given up: of 47 right lines none was more than 3.4 behind."""
_TOKENS = 28
"""Longer lines are hardly ever right to the end."""


class Tokens(Endings, Protocol):
    """What the search needs of a vocabulary."""

    def is_end(self, token: int) -> bool: ...


@dataclass(frozen=True, slots=True)
class _Beginning:
    said: tuple[int, ...]
    text: bytes
    log: float
    parent: int
    """Which of the beginnings of the step before it goes on."""


def likeliest(
    session: Session, vocabulary: Tokens, scale: Scale, width: int, over: Callable[[], bool] = lambda: False
) -> tuple[Line, ...]:
    """Up to `width` different ends of the line, the likeliest first; fewer when it is `over`. Raises Cancelled.

    The session has evaluated the prompt. `width`: also how many beginnings are followed at a time.
    """
    width = min(width, SIDE_SEQUENCES // 2)
    done: dict[str, Line] = {}
    banks = [[SIDE + bank * width + number for number in range(width)] for bank in (0, 1)]
    length, sources = len(session.tokens), [FILE]
    followed = [_Beginning((), b"", 0.0, 0)]
    logs = [_allowed(scale, vocabulary, session, -1, followed[0])]
    try:
        for step in range(_TOKENS):
            followed = _next(vocabulary, scale.healed, followed, logs, width, done)
            if not followed or _enough(done, width, followed[0].log) or over():
                break
            targets = banks[step % 2]
            for target, one in zip(targets, followed, strict=False):
                session.cells.remove(target)
                session.cells.copy(sources[one.parent], target, 0, length + step)
            session.decode_together(
                [(one.said[-1], length + step, (target,)) for target, one in zip(targets, followed, strict=False)]
            )
            logs = [_allowed(scale, vocabulary, session, row, one) for row, one in enumerate(followed)]
            sources = targets
    finally:
        for sequence in (*banks[0], *banks[1]):
            session.cells.remove(sequence)
    return tuple(sorted(done.values(), key=lambda one: -one.log_probability)[:width])


def _allowed(scale: Scale, vocabulary: Tokens, session: Session, row: int, one: _Beginning) -> Logarithms:
    """Log probability of each token behind a beginning; none of those that do not say the healed text again."""
    logs = scale.logarithms(session.logits(row), one.said)
    among = vocabulary.within(still) if (still := scale.healed[len(one.text) :]) else ()
    if len(among):
        kept = logs.logits[among]
        logs.logits.fill(-np.inf)
        logs.logits[among] = kept
    return logs


def _next(
    vocabulary: Tokens,
    healed: bytes,
    followed: Sequence[_Beginning],
    logs: Sequence[Logarithms],
    width: int,
    done: dict[str, Line],
) -> list[_Beginning]:
    """The likeliest beginnings that are one token longer, the likeliest first; what ends here goes to `done`."""
    ways: list[tuple[float, int, int]] = []
    for parent, (one, own) in enumerate(zip(followed, logs, strict=True)):
        best: list[int] = np.argpartition(own.logits, -width - 1)[-width - 1 :].tolist()
        ways += [(one.log + own.of(token), parent, token) for token in best]
    ways.sort(reverse=True)
    least = max([ways[0][0], *(line.log_probability for line in done.values())]) - _BEHIND
    longer: list[_Beginning] = []
    for log, parent, token in ways:
        if log < least or len(longer) == width:
            break
        piece, one = vocabulary.piece(token), followed[parent]
        if vocabulary.is_end(token) or b"\n" in piece:
            _finish(one.text + piece.split(b"\n", 1)[0], healed, log, done)
        elif piece:
            longer.append(_Beginning((*one.said, token), one.text + piece, log, parent))
    return longer


def _finish(said: bytes, healed: bytes, log: float, done: dict[str, Line]) -> None:
    text = said[len(healed) :].decode("utf-8", "replace").rstrip()
    bare = "".join(text.split())
    if bare and "\ufffd" not in text and (bare not in done or log > done[bare].log_probability):
        done[bare] = Line(text, log)


def _enough(done: dict[str, Line], width: int, best: float) -> bool:
    """Whether no beginning can become one of the likeliest any more."""
    return sum(line.log_probability >= best for line in done.values()) >= width
