"""How the learning rate follows the budget: warm-up, constant, then linear decay over the last part.

Follows the share of the budget used, not steps, so that a run always ends annealed whatever else the machine does.
"""

from __future__ import annotations

LAST = 0.01
"""Where the decay ends, as a share of the full rate."""


def rate(step: int, used: float, warm_up_steps: int, decay_share: float) -> float:
    """`used`: share of the budget used so far, 0 to 1."""
    warm = min(1.0, (step + 1) / warm_up_steps)
    if decay_share <= 0 or used < 1 - decay_share:
        return warm
    return warm * max(LAST, (1 - used) / decay_share)
