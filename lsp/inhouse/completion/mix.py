"""Lets the project weigh in while the model writes: p = (1 - w) p_model + w p_project at each token.

p_project is the nested n-gram over the project's own tokens. The weight grows with how much of the context the project
has seen before: a match of one or two tokens says what is common here, one of eight says what is meant.
Mixing with a cache n-gram: Hellendoorn and Devanbu 2017; in the logits of small code models: HyRACC 2025.
It knows nothing about prompts or what is shown.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from inhouse.context import Place
from inhouse.model import Draft, exponentials

_CANDIDATES = 128
"""Tokens that the project may speak for at a step; what comes later has a chance of under a percent."""
_DRAFT_ORDER, _DRAFT_CHANCE = 3, 0.6
"""A draft is looked for where the project matches so many tokens and gives the next one at least this chance."""
_DRAFT_ORDERS = 12
"""Longer matches are counted as this long when it is counted how often drafts were right."""


def fitted_weights() -> tuple[float, ...]:
    """Weight of the project by the length of the longest match in tokens; the last one for all longer matches.

    mix.json says what it was fitted on (tests/benchmarks/fit_mix.py).
    """
    text = (resources.files("inhouse.completion") / "mix.json").read_text(encoding="utf-8")
    return tuple(json.loads(text)["weights"])


WEIGHTS = fitted_weights()


class ProjectMix:
    """Steering for one request."""

    def __init__(
        self, prefix: Sequence[int], open_place: Callable[[Sequence[int]], Place], at_most: float = 1.0
    ) -> None:
        """`prefix`: ids of the text before the cursor, unless `start` says otherwise.

        `open_place(ids)` gives the n-gram's view behind these ids.

        `at_most`: the largest weight that the project gets.
        """
        self._at_most = at_most
        self._prefix = prefix
        self._open_place = open_place
        self._place: Place | None = None
        self._skip = 0
        self._expected = -1
        """The token that the project was sure of at the last step; -1 where it was not."""
        self._agreed: dict[tuple[int, ...], float] = {}
        """Behind each text that was looked at, the project's own probability of what it thought likeliest."""

    def start(self, kept: Sequence[int]) -> None:
        """Start behind these ids: the prefix less what is said again."""
        self._prefix, self._place = kept, None

    def adjust(self, tokens: Sequence[int], logits: NDArray[np.float32]) -> float | None:
        """Mix the project's distribution into the logits, in place; see inhouse.model.Steering."""
        if self._place is None:
            self._skip = len(tokens)
            self._place = self._open_place(self._prefix)
        said = tokens[self._skip :]
        found = self._place.next_tokens(_CANDIDATES, also=said)
        agreed: float = found.probabilities.item(0) if len(found.ids) else 0.0
        self._agreed[tuple(said)] = agreed
        sure = found.order >= _DRAFT_ORDER and agreed >= _DRAFT_CHANCE
        self._expected = int(found.ids[0]) if sure else -1
        weight = min(self._at_most, WEIGHTS[min(found.order, len(WEIGHTS) - 1)])
        if weight and len(found.ids):
            return mix_in(logits, found.ids, found.probabilities, weight)
        return None

    def agreement(self, said: Sequence[int]) -> list[float]:
        """At each token of an answer, the project's own probability of what it thought likeliest; 0: it had none."""
        return [self._agreed.get(tuple(said[:count]), 0.0) for count in range(len(said))]

    @property
    def place(self) -> Place | None:
        """The n-gram's view at the cursor, once it was asked."""
        return self._place

    def draft(self, tokens: Sequence[int], most: int) -> Draft:
        """What followed in the project where the longest context matches; `tokens` are those generated so far.

        Nothing unless the last token is what the project was sure of: looking further costs as much as a step.
        """
        if self._place is None or not tokens or tokens[-1] != self._expected:
            return Draft()
        found = self._place.continuation(most, also=tokens)
        return Draft(found.ids.tolist(), found.probabilities.tolist(), min(found.order, _DRAFT_ORDERS))


def mix_in(logits: NDArray[np.float32], ids: NDArray[np.int32], chances: NDArray[np.float64], weight: float) -> float:
    """Change the logits of `ids` so that their softmax is (1 - weight) p_model + weight p_project; their new log_total.

    Only these few logits change: the common factor of all the others cancels in the softmax. `ids` are distinct, and
    their chances above 0.
    """
    powers, shift = exponentials(logits, logits.item(logits.argmax()))
    total = float(np.add.reduce(powers))
    added = chances * (total * weight / (1.0 - weight))
    grown = total + float(np.add.reduce(added))
    added += powers.take(ids)
    logits[ids] = np.log(added) + shift if shift else np.log(added)
    return shift + math.log(grown)


def without(prefix: Sequence[int], healed: bytes, piece: Callable[[int], bytes]) -> Sequence[int]:
    """The prefix less the tokens at its end that say the healed text, which the model says again."""
    end, left = len(prefix), len(healed)
    while end and 0 < len(piece(prefix[end - 1])) <= left:
        end -= 1
        left -= len(piece(prefix[end]))
    return prefix[:end]
