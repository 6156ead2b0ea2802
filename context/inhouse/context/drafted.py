"""What followed the longest match, as far as its places agree: the tokens that a decode loop may try at once.

Works on rows of tokens; where they come from is for place.py to find.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

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


def voted(rows: Sequence[Sequence[int]], order: int, weights: Sequence[float]) -> Draft:
    """The tokens that most rows have, column by column, among those that agree so far; a row ends with its text."""
    ids: list[int] = []
    chances: list[float] = []
    agreeing = list(zip(rows, weights, strict=True))
    for column in range(max(map(len, rows), default=0)):
        total = sum(weight for _, weight in agreeing if weight > 0)
        votes: dict[int, float] = {}
        for row, weight in agreeing:
            if column < len(row):
                votes[row[column]] = votes.get(row[column], 0.0) + weight
        if not votes:
            break
        best = min(votes, key=lambda token: (-votes[token], token))
        if votes[best] <= 0:
            break
        ids.append(best)
        chances.append(votes[best] / (total + _DOUBT))
        agreeing = [(row, weight) for row, weight in agreeing if column < len(row) and row[column] == best]
    return Draft(np.asarray(ids, dtype=np.int32), np.asarray(chances), order if rows else 0)
