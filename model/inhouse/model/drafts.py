"""Guesses at the next tokens that cost no model call: what followed the same tokens earlier in the prompt.

And how much such guesses are worth: a running count of how often they were right. It evaluates nothing.
Prompt lookup: Saxena 2023 (https://github.com/apoorvumang/prompt-lookup-decoding); here the longest match wins, and
among equally long ones the latest, which stands nearest to the cursor.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from inhouse.model.fill import Draft

LONGEST_MATCH = 12
"""Tokens compared backwards; longer matches are no surer."""
_LEAST_MATCH = 3
"""Shorter matches are common by chance, and then wrong."""
_CHANCE = 0.75
"""Of a copied token, before anything was counted; `Acceptance` corrects it for each length of match."""

_ORDERS = (4, 6, 9)
"""Lengths of match at which the record begins anew: longer ones are right more often."""
_PRIOR = 8.0
"""Tokens' worth of believing the guesses' own chances, before their record counts more."""
_FORGETTING = 0.97
"""Of what was counted, at each new draft: the record follows the file that is being written."""
_SURE = 0.98

Ids = NDArray[np.int32]


class PromptDrafts:
    """Finds drafts in one prompt and in what was generated after it."""

    def __init__(self, prompt: Sequence[int]) -> None:
        self._ids: Ids = np.empty(len(prompt) + 512, np.int32)
        self._ids[: len(prompt)] = prompt
        self._size = self._prompt_size = len(prompt)

    def draft(self, tokens: Sequence[int], most: int) -> Draft:
        """What followed the longest match of the end of the text; `tokens` are those generated since the prompt."""
        self._extend(tokens)
        ids = self._ids[: self._size]
        if len(ids) <= _LEAST_MATCH:
            return Draft()
        ends = np.flatnonzero(ids[_LEAST_MATCH - 1 : -1] == ids[-1]) + _LEAST_MATCH - 1
        length = 1
        while len(ends) and length < LONGEST_MATCH:
            longer = ends[(ends >= length) & (ids[ends - length] == ids[-1 - length])]
            if not len(longer):
                break
            ends, length = longer, length + 1
        if length < _LEAST_MATCH:
            return Draft()
        start = int(ends[-1]) + 1
        found = ids[start : start + most].tolist()
        return Draft(found, [_CHANCE] * len(found), length)

    def _extend(self, tokens: Sequence[int]) -> None:
        size = self._prompt_size + len(tokens)
        if size > len(self._ids):
            self._ids = np.concatenate([self._ids, np.empty(size, np.int32)])
        self._ids[self._size : size] = tokens[self._size - self._prompt_size :]
        self._size = size


class Acceptance:
    """How much drafts turned out right, against the chances they came with, by length of match."""

    def __init__(self) -> None:
        self._right: dict[int, float] = {}
        self._claimed: dict[int, float] = {}

    def factor(self, order: int) -> float:
        """What a draft's own chances are to be multiplied by."""
        level = bisect(_ORDERS, order)
        return (self._right.get(level, 0.0) + _PRIOR) / (self._claimed.get(level, 0.0) + _PRIOR)

    def count(self, draft: Draft, accepted: int) -> None:
        """So many tokens of the draft were right; the one after them was wrong, if there is one."""
        seen = draft.chances[: accepted + 1]
        if not seen:
            return
        level = bisect(_ORDERS, draft.order)
        self._right[level] = self._right.get(level, 0.0) * _FORGETTING + accepted
        self._claimed[level] = self._claimed.get(level, 0.0) * _FORGETTING + sum(seen)

    def chances(self, draft: Draft) -> list[float]:
        """The chance of each token, given that those before it are right."""
        factor = self.factor(draft.order)
        return [min(_SURE, chance * factor) for chance in draft.chances]
