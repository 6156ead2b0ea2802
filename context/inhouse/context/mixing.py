"""The chances of the next token from places that match: every order mixed with the next shorter one (Witten and Bell).

Works on numbers only; which places match is for place.py to find.
"""

import threading
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from inhouse.context.segments import Places, Tokens

Weights = NDArray[np.float64]


class Mixed(NamedTuple):
    """The distinct tokens that may follow, in no order, with the chance of each, above 0."""

    tokens: Tokens
    chances: Weights
    order: int
    """Tokens of context that the best evidence matches."""
    support: float
    """The weighed number of places behind that evidence."""


class _Slots(threading.local):
    """Room for a number at each token, one a thread: memory that was used before costs no faults of pages."""

    def __init__(self) -> None:
        self.numbers = np.empty(0, dtype=np.int16)


_slots = _Slots()


def mixed(tokens: Tokens, lengths: Places, weights: Weights) -> Mixed:
    """The mix for weights above 0, of at most 4,096 places.

    After Witten and Bell, in as few calls as can be: a token is chosen with every few hundred microseconds. A chance is
    a sum over places, each weighed by its order, so no table of orders and tokens is made; and each token's last place
    stands for it, so that tokens are not numbered.
    """
    slots, count = _slots.numbers, _COUNT[: len(tokens)]
    try:
        slots[tokens] = count
    except IndexError:
        slots = _slots.numbers = np.empty(tokens.item(tokens.argmax()) + 1024, dtype=np.int16)
        slots[tokens] = count
    which = slots.take(tokens)
    distinct: Places = (which == count).nonzero()[0]
    longest = lengths.copy()
    np.maximum.at(longest, which, lengths)
    met: list[int] = np.bincount(longest.take(distinct), minlength=_ORDERS + 1).tolist()
    votes: list[float] = np.bincount(lengths, weights).tolist()
    order, support = len(votes) - 1, votes[-1]
    if order > _ORDERS:
        votes[_ORDERS] = sum(votes[_ORDERS:])
        met[_ORDERS] = sum(met[_ORDERS:])
    shares, left, total, doubt = [0.0] * (order + 1), 1.0, 0.0, 0.0
    for length in range(min(order, _ORDERS), 0, -1):
        if votes[length]:
            total += votes[length]
            doubt += _NOVELTY * met[length]
            shares[length] = left / (total + doubt)
            left *= doubt / (total + doubt)
    by_length = np.array(list(accumulate(shares)))
    chances: Weights = np.bincount(which, weights * by_length.take(lengths)).astype(np.float64, copy=False)
    return Mixed(tokens.take(distinct), chances.take(distinct), order, support)


def mixed_signed(tokens: Tokens, lengths: Places, weights: Weights) -> Mixed:
    """The same where weights may be below 0: what was learnt may count against a token, but never below nothing."""
    distinct, which = np.unique(tokens, return_inverse=True)
    rows = _ORDERS - np.minimum(lengths, _ORDERS)
    exact = np.bincount(rows * len(distinct) + which, weights=weights, minlength=_ORDERS * len(distinct))
    exact = exact.reshape(_ORDERS, len(distinct))
    votes = exact.cumsum(axis=0)
    np.maximum(votes, 0.0, out=votes)
    totals, doubts = votes.sum(axis=1), _NOVELTY * (votes != 0).sum(axis=1)
    chances = np.zeros(len(distinct))
    for row in range(_ORDERS - 1, -1, -1):
        if totals[row] and exact[row].any():
            chances = (votes[row] + doubts[row] * chances) / (totals[row] + doubts[row])
    order = lengths.item(lengths.argmax())
    support = max(0.0, float(np.add.reduce(weights[lengths == order])))
    return Mixed(distinct[chances > 0], chances[chances > 0], order, support)


_COUNT = np.arange(4096, dtype=np.int16)
"""The numbers from 0, for the places of a question: making them costs as much as using them."""

_ORDERS = 8
"""Matches longer than this count as this long when orders are mixed."""

_NOVELTY = 1.0
"""Witten and Bell's factor for the number of distinct followers."""
