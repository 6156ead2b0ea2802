"""How much of a context stands before places of a token stream.

Knows token numbers only.
"""

import numpy as np

from inhouse.context.segments import Places, Tokens


def wanted_before(context: Tokens) -> Tokens:
    """The context, the nearest token first, and behind it what no text has: what match_lengths() compares with."""
    wanted = np.empty(len(context) + 1, dtype=np.int32)
    wanted[:-1] = context[::-1]
    wanted[-1] = _NOWHERE
    return wanted


def match_lengths(tokens: Tokens, places: Places, wanted: Tokens, least: int) -> Places:
    """How many wanted tokens stand before each place; `least` are known to. The first token must match none.

    One comparison of all places with the whole context: 4 times faster than narrowing down token by token.
    """
    same = tokens.take(places[:, None] - _BACK[least : len(wanted)], mode="clip") == wanted[least:]
    lengths: Places = same.argmin(axis=1) + least
    return lengths


_NOWHERE = -2
_BACK: Places = np.arange(1, 256)
"""How far back from a place its nearest tokens are."""
