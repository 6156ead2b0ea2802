"""Chances are chances, the likelier answer gets more of them, and the fitted ranking knows all features."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inhouse.completion.proposals import Proposal
from inhouse.completion.ranking import Candidate, Ranking, features_of, fitted, surroundings
from inhouse.model import Judged

FOUND = Proposal("total(items)", 6, 3, 0.75, True, "shop.py", 40)
AROUND = surroundings("def total(items):\n    return ", "\n\nprice = 1\n")


def candidate(log: float, found: Proposal | None = FOUND, text: str = "total(items)") -> Candidate:
    features = features_of(text, Judged((1, 2), (log, log), 2 * log), found, found is None, AROUND)
    return Candidate(text, (1, 2), features, found)


@given(st.lists(st.floats(-30, 0), max_size=8), st.floats(-5, 5))
def test_chances_are_positive_and_leave_room_for_none(logs: list[float], none: float) -> None:
    chances = Ranking({"log_probability": 0.3}, none).chances([candidate(log) for log in logs])

    assert all(0 <= chance <= 1 for chance in chances)
    assert sum(chances) < 1 + 1e-9


def test_what_the_model_finds_likelier_is_likelier() -> None:
    likely, unlikely = fitted().chances([candidate(-0.1), candidate(-6.0)])

    assert likely > unlikely


def test_a_longer_match_is_likelier() -> None:
    short = Proposal("total(items)", 1, 1, 0.02, False, "a.py", 4)

    longer, shorter = fitted().chances([candidate(-1.0), candidate(-1.0, short)])

    assert longer > shorter


def test_nothing_to_rank_is_nothing() -> None:
    assert fitted().chances([]) == []


def test_the_fitted_ranking_knows_its_features() -> None:
    assert set(fitted().weights) <= set(candidate(-1.0).features)


def test_names_that_stand_nowhere_near_are_counted() -> None:
    features = candidate(-1.0, None, "total(zebra, items)").features

    assert features["strange_names"] == 1.0
    assert features["strange_share"] == pytest.approx(1 / 3)


def test_one_impossible_token_does_not_decide_alone() -> None:
    features = candidate(float("-inf")).features

    assert features["log_probability"] > -100
