"""What followed the longest match, as far as its places agree: the tokens that a decode loop may try at once.

Works on rows of tokens; where they come from is for place.py to find.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inhouse.context.mixing import Weights
from inhouse.context.segments import Tokens

_DOUBT = 0.5
"""Added to the votes of a draft's places: one lone far place is believed to two thirds."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The tokens that followed the longest match; a probability for each, given that those before it are right."""

    ids: Tokens
    probabilities: Weights
    order: int


def voted(rows: NDArray[np.int64], order: int, weights: Weights) -> Draft:
    """The tokens that most rows have, column by column, among those that agree so far; -1 in a row is its end."""
    if not len(rows):
        return Draft(np.empty(0, np.int32), np.empty(0), 0)
    ids: list[int] = []
    chances: list[float] = []
    total = float(np.maximum(weights, 0).sum())
    for column in range(rows.shape[1]):
        tokens = rows[:, column]
        real = tokens >= 0
        if not real.any():
            break
        distinct, inverse = np.unique(tokens[real], return_inverse=True)
        votes = np.bincount(inverse, weights=weights[real])
        best = int(votes.argmax())
        if votes[best] <= 0:
            break
        ids.append(int(distinct[best]))
        chances.append(float(votes[best]) / (total + _DOUBT))
        agree = tokens == distinct[best]
        rows, weights = rows[agree], weights[agree]
        total = float(np.maximum(weights, 0).sum())
    return Draft(np.asarray(ids, dtype=np.int32), np.asarray(chances), order)
