from __future__ import annotations

import pytest
from coretrain.schedule import LAST, rate


@pytest.mark.parametrize(
    ("step", "used", "expected"),
    [
        (0, 0.0, 0.1),  # warming up
        (9, 0.0, 1.0),
        (500, 0.59, 1.0),  # constant
        (500, 0.8, 0.5),  # half of the decay
        (500, 0.9999, LAST),
    ],
)
def test_the_rate_follows_the_budget(step: int, used: float, expected: float) -> None:
    assert rate(step, used, warm_up_steps=10, decay_share=0.4) == pytest.approx(expected)


def test_without_decay_the_rate_stays() -> None:
    assert rate(500, 0.99, warm_up_steps=10, decay_share=0.0) == 1.0
