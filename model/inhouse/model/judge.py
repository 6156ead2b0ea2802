"""How likely given texts are as what follows: the model reads them instead of writing its own.

All texts share the prompt's cells and are read together, so that ten short ones cost little more than one token.
It chooses nothing and keeps nothing: the prompt's sequence is as before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inhouse.model.cells import CHUNK_TOKENS, Logits, Step
from inhouse.model.choose import Texts
from inhouse.model.fill import Judged, Steering
from inhouse.model.session import SIDE_SEQUENCES, WARM_FILES, Session


@dataclass(frozen=True, slots=True)
class Scale:
    """Turns logits into the log probabilities that the decode loop would count."""

    vocabulary: Texts
    before: Sequence[int] = ()
    """The prompt's last ids, for the steering."""
    healed: bytes = b""
    """Text at the cursor whose tokens were taken back: what is judged says it again first."""
    steering: Steering | None = None

    def logarithms(self, logits: Logits, said: Sequence[int]) -> NDArray[np.float64]:
        """Log probability of every token after `said`; among those that can say the healed text as long as it lasts."""
        if self.steering is not None:
            self.steering.adjust([*self.before, *said], logits)
        still = self.healed[sum(len(self.vocabulary.piece(token)) for token in said) :]
        allowed = self.vocabulary.within(still) if still else ()
        among = logits[allowed] if len(allowed) else logits
        top = float(among.max())
        return logits.astype(np.float64) - (top + float(np.log(np.exp(among - top).sum(dtype=np.float64))))


def judge(session: Session, texts: Sequence[Sequence[int]], scale: Scale) -> tuple[Judged, ...]:
    """The log probability of each token of each text after what the session has evaluated. Raises Cancelled.

    Texts are token ids and may be empty. A steering is called at each position of each text, in no useful order.
    """
    opening = scale.logarithms(session.logits(), ())
    logs = [[float(opening[ids[0]])] if ids else [] for ids in texts]
    for start in range(0, len(texts), SIDE_SEQUENCES):
        _read(session, texts[start : start + SIDE_SEQUENCES], logs[start : start + SIDE_SEQUENCES], scale)
    return tuple(Judged(tuple(ids), tuple(values)) for ids, values in zip(texts, logs, strict=True))


def _read(session: Session, texts: Sequence[Sequence[int]], logs: Sequence[list[float]], scale: Scale) -> None:
    """Read each text in a sequence of its own, appending to its `logs` what the tokens after the first come to."""
    length = len(session.tokens)
    places = [(number, at) for number, ids in enumerate(texts) for at in range(len(ids) - 1)]
    sequences = {number: WARM_FILES + number for number, _ in places}
    for sequence in sequences.values():
        session.cells.remove(sequence)
        session.cells.copy(session.sequence, sequence, 0, length)
    try:
        for start in range(0, len(places), CHUNK_TOKENS):
            batch = places[start : start + CHUNK_TOKENS]
            steps: list[Step] = [(texts[number][at], length + at, sequences[number]) for number, at in batch]
            session.decode_together(steps)
            for row, (number, at) in enumerate(batch):
                ids = texts[number]
                logs[number].append(float(scale.logarithms(session.logits(row), ids[: at + 1])[ids[at + 1]]))
    finally:
        for sequence in sequences.values():
            session.cells.remove(sequence)
