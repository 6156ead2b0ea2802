"""The chances of the next token from places that match: every order mixed with the next shorter one (Witten and Bell).

Works on numbers only; which places match is for place.py to find.
"""

from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from inhouse.context.segments import Places, Tokens

Weights = NDArray[np.float64]


def mixed(tokens: Tokens, lengths: Places, weights: Weights, slots: Places) -> tuple[Tokens, Weights]:
    """The distinct tokens, ascending, with the chance of each: every order mixed with the next shorter one.

    After Witten and Bell, in as few calls as can be: a token is chosen with every few hundred microseconds. A chance is
    a sum over places, each weighed by its order, so no table of orders and tokens is made. `slots` has room for a
    number at each token.
    """
    capped = np.minimum(lengths, _ORDERS)
    slots[tokens] = count = _COUNT[: len(tokens)]
    distinct = tokens[slots.take(tokens) == count]  # each token's last place
    distinct.sort()
    slots[distinct] = _COUNT[: len(distinct)]
    which = slots.take(tokens)
    longest = np.zeros(len(distinct), dtype=np.int64)
    np.maximum.at(longest, which, capped)
    met: list[int] = np.bincount(longest, minlength=_ORDERS + 1).tolist()
    votes: list[float] = np.bincount(capped, weights=weights, minlength=_ORDERS + 1).tolist()
    shares, left, total, doubt = [0.0] * (_ORDERS + 1), 1.0, 0.0, 0.0
    for order in range(_ORDERS, 0, -1):
        if votes[order]:
            total += votes[order]
            doubt += _NOVELTY * met[order]
            shares[order] = left / (total + doubt)
            left *= doubt / (total + doubt)
    by_length = np.array(list(accumulate(shares)))
    chances = np.bincount(which, weights=weights * by_length.take(capped))
    return distinct, np.asarray(chances, dtype=np.float64)


def mixed_signed(tokens: Tokens, lengths: Places, weights: Weights, slots: Places) -> tuple[Tokens, Weights]:
    """The same where weights may be below 0: what was learnt may count against a token, but never below nothing."""
    distinct = np.unique(tokens)
    slots[distinct] = np.arange(len(distinct))
    rows = _ORDERS - np.minimum(lengths, _ORDERS)
    exact = np.bincount(rows * len(distinct) + slots[tokens], weights=weights, minlength=_ORDERS * len(distinct))
    exact = exact.reshape(_ORDERS, len(distinct))
    votes = exact.cumsum(axis=0)
    np.maximum(votes, 0.0, out=votes)
    totals, doubts = votes.sum(axis=1), _NOVELTY * (votes != 0).sum(axis=1)
    chances = np.zeros(len(distinct))
    for row in range(_ORDERS - 1, -1, -1):
        if totals[row] and exact[row].any():
            chances = (votes[row] + doubts[row] * chances) / (totals[row] + doubts[row])
    return distinct, chances


_COUNT: Places = np.arange(4096)
"""The numbers from 0, for the places of a question: making them costs as much as using them."""

_ORDERS = 8
"""Matches longer than this count as this long when orders are mixed."""

_NOVELTY = 1.0
"""Witten and Bell's factor for the number of distinct followers."""
