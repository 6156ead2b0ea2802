"""Which token comes next: the most likely one, with its probability and its rival, within what is allowed.

It changes no logits for longer than a call.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from inhouse.model.cells import Logits


@dataclass(frozen=True, slots=True)
class Choice:
    token: int
    probability: float
    """Among all tokens, or among the allowed ones."""
    rival: int
    rival_probability: float


class Texts(Protocol):
    """What healing needs of a vocabulary."""

    def piece(self, token: int) -> bytes: ...

    def within(self, text: bytes) -> NDArray[np.int32]: ...


def best(logits: Logits) -> Choice:
    """The most likely token of all. Few numpy calls and arrays: each costs more than its work on a small vocabulary."""
    token = int(logits.argmax())
    shares = logits - logits[token]
    np.exp(shares, out=shares)
    total = float(np.add.reduce(shares))
    shares[token] = -1.0
    rival = int(shares.argmax())
    return Choice(token, 1.0 / total, rival, float(shares[rival]) / total)


def best_within(logits: Logits, text: bytes, texts: Texts) -> Choice | None:
    """The most likely token with which a sequence that begins with `text` can begin; None if there is none.

    Token healing: Microsoft Guidance's and llguidance's rule, that the text at the cursor is a constraint and not a
    token boundary.
    """
    allowed = texts.within(text)
    if not len(allowed):
        return None
    among = logits[allowed]
    choice = best(among) if len(allowed) > 1 else Choice(0, 1.0, -1, 0.0)
    rival = int(allowed[choice.rival]) if choice.rival >= 0 else -1
    return Choice(int(allowed[choice.token]), choice.probability, rival, choice.rival_probability)
