"""How likely given texts are as what follows: the model reads them instead of writing its own.

All texts share the prompt's cells, and each other's as long as they begin alike, and are read together, so that ten
short ones cost little more than one token.
It chooses nothing and keeps nothing: the prompt's sequence is as before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from inhouse.model.cancel import Cancelled
from inhouse.model.cells import Logits, Step
from inhouse.model.choose import Texts, log_total
from inhouse.model.fill import Informed, Judged, Steering
from inhouse.model.session import FILE, SIDE, SIDE_SEQUENCES, Session
from inhouse.model.vocabulary import Ids


class Endings(Texts, Protocol):
    """What judging needs of a vocabulary."""

    def line_ends(self) -> Ids:
        """Tokens that can only come behind a complete line: line breaks, and those that end generation."""
        ...

    def starting_with(self, text: bytes) -> Ids: ...


@dataclass(frozen=True, slots=True)
class Scale:
    """Turns logits into the log probabilities that the decode loop would count."""

    vocabulary: Endings
    before: Sequence[int] = ()
    """The prompt's last ids, for the steering."""
    healed: bytes = b""
    """Text at the cursor whose tokens were taken back: what is judged says it again first."""
    steering: Steering | None = None

    def logarithms(self, logits: Logits, said: Sequence[int]) -> Logarithms:
        """Log probabilities after `said`; among tokens that can say the healed text as long as it lasts."""
        total = self.steering.adjust([*self.before, *said], logits) if self.steering is not None else None
        still = self.healed[sum(len(self.vocabulary.piece(token)) for token in said) :]
        allowed = self.vocabulary.within(still) if still else ()
        if total is None or len(allowed):
            among = logits[allowed] if len(allowed) else logits
            total = log_total(among, float(among[among.argmax()]))
        return Logarithms(logits, total)


@dataclass(frozen=True, slots=True)
class Logarithms:
    """Log probabilities of all tokens, worked out for those that are asked for; until the next evaluation."""

    logits: Logits
    total: float
    """The logarithm of what all of them weigh together."""

    def of(self, token: int) -> float:
        return float(self.logits[token]) - self.total

    def together(self, tokens: Ids) -> float:
        """The log probability of any of several tokens."""
        return (
            float(np.logaddexp.reduce(self.logits[tokens].astype(np.float64))) - self.total if len(tokens) else -np.inf
        )


def judge(
    session: Session, texts: Sequence[Sequence[int]], scale: Scale, late: Callable[[], bool] = lambda: False
) -> tuple[Judged, ...]:
    """The log probability of each token of each text after what the session has evaluated. Raises Cancelled.

    Texts are token ids and may be empty. A steering is called at each position of each text, in no useful order.
    `late` is asked before each batch and at each of its tokens; then Cancelled is raised, too.
    """
    if isinstance(scale.steering, Informed):
        scale.steering.begin(scale.healed)
    opening = scale.logarithms(session.logits(), ())
    readings = [_Reading(tuple(ids), scale.vocabulary) for ids in texts]
    for reading in readings:
        reading.take(opening, 0)
    for start in range(0, len(readings), SIDE_SEQUENCES):
        _read(session, readings[start : start + SIDE_SEQUENCES], scale, late)
    return tuple(Judged(one.ids, tuple(one.logs), one.line) for one in readings)


class _Reading:
    """One text on its way through the model."""

    def __init__(self, ids: tuple[int, ...], vocabulary: Endings) -> None:
        self.ids = ids
        self.logs: list[float] = []
        self.line = 0.0
        """The log probability of the text with the line's end behind it, as far as it is known."""
        self._ends = vocabulary.line_ends()
        # The tokenizer may join the last token with the line break, such as `)` in front of one.
        self._joined = vocabulary.starting_with(vocabulary.piece(ids[-1]) + b"\n") if ids else self._ends[:0]
        self._joined_log = -np.inf
        self._alone_log = 0.0
        """The log probability of the text whose last token is the very one, not one that says the line break too."""

    def take(self, logs: Logarithms, at: int) -> None:
        """Note what the model says behind the first `at` tokens."""
        if at == len(self.ids):
            self.line = float(np.logaddexp(self._alone_log + logs.together(self._ends), self._joined_log))
            return
        log = logs.of(self.ids[at])
        if at == len(self.ids) - 1:
            joined, said = logs.together(self._joined), sum(self.logs)
            self._joined_log, self._alone_log = said + joined, said + log
            log = float(np.logaddexp(log, joined))
        self.logs.append(log)


def _read(session: Session, readings: Sequence[_Reading], scale: Scale, late: Callable[[], bool]) -> None:
    """Read each text in a sequence of its own; what several begin with is read once, for all of them.

    A text that another one begins with needs none, which saves 0.1 ms: each takes on the cells of the whole prompt.
    """
    length = len(session.tokens)
    sequences = {number: SIDE + number for number in _longest([one.ids for one in readings])}
    places = _shared([one.ids for one in readings])
    try:
        for sequence in sequences.values():
            if late():
                raise Cancelled
            session.cells.copy(FILE, sequence, 0, length)
        size = session.batch
        for start in range(0, len(places), size):
            if late():
                raise Cancelled
            batch = places[start : start + size]
            steps: list[Step] = []
            for who, at in batch:
                held = [sequences[number] for number in who if number in sequences]
                steps.append((readings[who[0]].ids[at], length + at, held))
            session.decode_together(steps)
            for row, (who, at) in enumerate(batch):
                if late():
                    raise Cancelled
                logs = scale.logarithms(session.logits(row), readings[who[0]].ids[: at + 1])
                for number in who:
                    readings[number].take(logs, at + 1)
    finally:
        for sequence in sequences.values():
            session.cells.remove(sequence)


def _longest(texts: Sequence[Sequence[int]]) -> list[int]:
    """The numbers of the texts that no other one begins with; of equal ones the first."""
    found: list[int] = []
    for number, ids in enumerate(texts):
        longer = (one for one in texts if len(one) > len(ids) and one[: len(ids)] == ids)
        if ids and ids not in texts[:number] and next(longer, None) is None:
            found.append(number)
    return found


def _shared(texts: Sequence[Sequence[int]]) -> list[tuple[list[int], int]]:
    """(numbers of the texts that have this token here behind the same ones, its place), from the first place on."""
    places: list[tuple[list[int], int]] = []
    parents = [-1] * len(texts)
    for at in range(max(map(len, texts), default=0)):
        begun: dict[tuple[int, int], list[int]] = {}
        for number, ids in enumerate(texts):
            if at < len(ids):
                begun.setdefault((parents[number], ids[at]), []).append(number)
        for who in begun.values():
            for number in who:
                parents[number] = len(places)
            places.append((who, at))
    return places
