"""Guesses from the prompt, their record, and the arithmetic of when one pays."""

from __future__ import annotations

from pathlib import Path

import pytest

from inhouse.model import Draft
from inhouse.model.batch_costs import SIZES, BatchCosts, best_length, can_pay
from inhouse.model.drafts import Acceptance, PromptDrafts

HALF_B = {1: 31.0, 4: 48.0, 8: 83.0, 12: 124.0, 16: 166.0}
"""Milliseconds of Q4_0 0.5B on two cores."""
LINEAR = {size: float(size) for size in SIZES}
"""A model so small that nothing is won by reading its weights once."""


def test_what_followed_the_same_tokens_is_guessed() -> None:
    draft = PromptDrafts([1, 2, 3, 4, 5, 6, 9, 9, 1, 2]).draft([3], 8)

    assert (draft.ids, draft.order) == ([4, 5, 6, 9, 9, 1, 2, 3], 3)


def test_the_longest_match_wins_and_then_the_latest() -> None:
    prompt = [7, 1, 2, 3, 40, 1, 2, 3, 50, 8, 1, 2, 3, 60, 7, 1, 2, 3]
    assert PromptDrafts(prompt).draft([], 1).ids == [40]
    assert PromptDrafts([*prompt[1:14], 9, 1, 2, 3]).draft([], 1).ids == [60]


def test_generated_tokens_are_looked_through_too() -> None:
    drafts = PromptDrafts([9])
    for end in range(1, 7):
        drafts.draft([1, 2, 3, 4, 1, 2][:end], 3)

    assert drafts.draft([1, 2, 3, 4, 1, 2, 3], 3).ids == [4, 1, 2]


@pytest.mark.parametrize("prompt", [[], [1], [1, 2, 3], [1, 2, 9, 1, 2]])
def test_short_matches_guess_nothing(prompt: list[int]) -> None:
    assert not PromptDrafts(prompt).draft([], 8).ids


def test_a_good_record_raises_the_chances_and_a_bad_one_lowers_them() -> None:
    draft = Draft([1, 2, 3, 4], [0.5] * 4, 5)
    good, bad = Acceptance(), Acceptance()
    for _ in range(20):
        good.count(draft, 4)
        bad.count(draft, 0)

    assert good.chances(draft)[0] > 0.85
    assert bad.chances(draft)[0] < 0.3
    assert bad.chances(Draft([1], [0.5], 2)) == [0.5], "another length of match has a record of its own"


@pytest.mark.parametrize(
    ("chance", "costs", "length"),
    [(0.5, HALF_B, 3), (0.8, HALF_B, 3), (0.95, HALF_B, 7), (0.3, HALF_B, 0), (0.9, LINEAR, 0)],
)
def test_a_draft_is_as_long_as_it_pays(chance: float, costs: dict[int, float], length: int) -> None:
    assert best_length([chance] * 15, costs) == length


def test_a_short_draft_may_pay_too() -> None:
    assert best_length([0.95, 0.95], HALF_B) == 2
    assert best_length([], HALF_B) == 0


def test_where_batches_win_nothing_no_draft_can_pay() -> None:
    assert can_pay(HALF_B)
    assert not can_pay(LINEAR)


def test_costs_are_measured_once_and_remembered(tmp_path: Path) -> None:
    file = tmp_path / "batches" / "model.json"
    costs = BatchCosts(file, "model 1")
    assert costs.of(2, 0) is None

    costs.measure(2, 0, lambda size: HALF_B[size])

    assert costs.of(2, 0) == HALF_B
    assert BatchCosts(file, "model 1").of(2, 0) == HALF_B
    assert BatchCosts(file, "model 1").of(1, 0) is None, "another number of threads costs something else"
    assert BatchCosts(file, "model 2").of(2, 0) is None


def test_behind_a_long_prompt_a_batch_costs_what_was_measured_there() -> None:
    """Measured behind one token, drafts behind 1,500 lost 5 to 10 % of the time."""
    costs = BatchCosts()
    costs.measure(2, 10, lambda size: HALF_B[size])
    assert costs.wanted(2, 1500)
    assert costs.of(2, 1500) == HALF_B, "the nearest that is known"

    costs.measure(2, 1500, lambda size: LINEAR[size])

    assert not costs.wanted(2, 1400)
    assert (costs.of(2, 1300), costs.of(2, 200), costs.of(2, 3000)) == (LINEAR, HALF_B, LINEAR)


def test_a_disturbed_measurement_costs_no_more_than_a_larger_batch(tmp_path: Path) -> None:
    costs = BatchCosts()
    costs.measure(1, 0, lambda size: 500.0 if size == 12 else HALF_B[size])

    assert costs.of(1, 0) == {**HALF_B, 12: HALF_B[16]}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"key": "k", "ms": [[2, 0, {"1": 1}]]}',
        '{"key": "k", "ms": {"2": {"1": 1}}}',
        '{"key": "k", "ms": 3}',
    ],
)
def test_a_damaged_file_is_measured_anew(tmp_path: Path, text: str) -> None:
    file = tmp_path / "model.json"
    file.write_text(text)

    assert BatchCosts(file, "k").of(2, 0) is None


def test_a_later_process_may_find_it_costs_less_never_more(tmp_path: Path) -> None:
    file = tmp_path / "model.json"
    BatchCosts(file, "k").measure(2, 0, lambda size: HALF_B[size] * (3 if size == 4 else 1))
    later = BatchCosts(file, "k")
    assert later.wanted(2, 0)

    later.measure(2, 0, lambda size: HALF_B[size] * (2 if size > 4 else 1))

    assert later.of(2, 0) == HALF_B
    assert not later.wanted(2, 0), "once a process"
