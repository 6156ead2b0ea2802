"""A line of the project with a name from above the cursor in it is an answer, too."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes import ScriptedEngine
from hypothesis import given
from hypothesis import strategies as st

from inhouse.completion import Assistant, Completion, CompletionRequest, Settings
from inhouse.completion.adapted import FEATURES, adapt, changes, weights
from inhouse.completion.ranking import Candidate
from inhouse.model import CancelFlag, FillRequest, Judged

ABOVE = """\
def net_total(basket, RATE):
    amount = basket.amount
    """


def base(text: str, log_probability: float = -3.0) -> Candidate:
    return Candidate(text, (), {"log_probability": log_probability, "order": 0.3, "written": 0.0})


def texts(bases: Sequence[Candidate], prefix: str = ABOVE, language: str | None = "python") -> list[str]:
    return [one.text for one in adapt(bases, prefix, language, 1000)]


def test_one_name_is_replaced_wherever_the_line_has_it() -> None:
    found = texts([base("price = round(price, 2)")])

    assert "amount = round(amount, 2)" in found
    assert "price = basket(price, 2)" in found
    assert not any("amount = round(price" in one for one in found)


def test_neither_words_of_the_language_nor_the_line_itself_take_part() -> None:
    found = texts([base("return amount"), base("return basket")])

    assert "return net_total" in found
    assert "return amount" not in found, "it is there already"
    assert all(one.startswith("return ") for one in found)
    assert "return def" not in found


def test_the_rest_of_a_word_stays() -> None:
    found = texts([base("er(price)")], prefix=ABOVE + "print")

    assert "er(amount)" in found
    assert all(one.startswith("er(") for one in found)


def test_a_name_used_alike_comes_first() -> None:
    (first, *_) = adapt([base("return other.amount")], ABOVE, "python", 16)

    assert first.text in ("return basket.amount", "return other.basket", "return amount.amount")
    assert adapt([base("return price")], ABOVE, "python", 2) == adapt([base("return price")], ABOVE, "python", 16)[:2]


def test_the_score_is_made_of_the_features_that_were_fitted() -> None:
    found = {one.text: one for one in changes([base("return price")], ABOVE, "python")}

    assert all(len(one.features) == len(FEATURES) for one in found.values())
    for one in adapt([base("return price")], ABOVE, "python", 3):
        assert one.score == pytest.approx(float(np.dot(weights(), found[one.text].features)))


def test_without_names_there_is_nothing_to_adapt() -> None:
    assert texts([base("return price")], prefix="    ") == []
    assert texts([base(")")]) == []


LANGUAGES = st.sampled_from(["python", "go", None])
WORDS = st.text("abAB_ .(),=\"'ü\n", max_size=40)


@given(
    st.lists(WORDS.map(lambda text: text.replace("\n", "")), max_size=3), WORDS, st.sampled_from(["python", "go", None])
)
def test_every_line_differs_from_its_base_in_one_name(lines: list[str], prefix: str, language: str | None) -> None:
    for one in adapt([base(line) for line in lines], prefix, language, 16):
        old, new = (re.findall(r"\w+|\W", text) for text in (one.change.base.text, one.text))
        assert len(old) == len(new)
        pairs = {(before, after) for before, after in zip(old, new, strict=True) if before != after}
        assert len(pairs) == 1
        assert pairs.pop()[1] in prefix


@dataclass
class Prefers:
    """A ranker that is sure of one text."""

    text: str

    def chances(self, answers: Sequence[Candidate]) -> list[float]:
        return [0.9 if one.text == self.text else 0.01 for one in answers]


class SmallEngine(ScriptedEngine):
    parameters = 5_000_000


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "log.py").write_text("def begin(server):\n    start(server, quietly=True)\n")
    return tmp_path


def answer(root: Path, engine: ScriptedEngine, alternatives: int = 3, **settings: Any) -> Completion:
    """What is answered at `start(`, three times if wanted; the ranker is sure of what is adapted."""
    wanted = Settings(instant_lane=False, suggestion_cache=False, name_check=False, beginnings=False, **settings)
    assistant = Assistant(wanted, engine, Prefers("worker, quietly=True)"))
    assistant.project(root).refresh()
    assistant.learn(root)
    text = "def begin(worker):\n    start("
    try:
        request = CompletionRequest(root, root / "main.py", text, len(text), invoked=True, alternatives=alternatives)
        return assistant.complete(request, CancelFlag())
    finally:
        assistant.close()


def test_it_stands_beside_the_best_answer_with_the_place_that_it_comes_from(root: Path) -> None:
    first, second, *_ = answer(root, SmallEngine("1)")).items  # no name to replace, so all are of the project's line

    assert first.text in ("1)", "server, quietly=True)")
    assert (second.text, second.source) == ("worker, quietly=True)", "project")
    assert [(place.path, place.line, place.kind) for place in second.provenance] == [("log.py", 2, "adapted")]


def test_who_wants_one_answer_does_not_pay_for_it(root: Path) -> None:
    engine = Once("x)")

    assert [item.text for item in answer(root, engine, alternatives=1).items] != ["worker, quietly=True)"]
    assert engine.judged == 1


def test_it_can_be_switched_off(root: Path) -> None:
    found = answer(root, SmallEngine("x)"), adapted_lines=False)

    assert "worker, quietly=True)" not in [item.text for item in found.items]


class Once(SmallEngine):
    """Has no time for a second judgement."""

    judged = 0
    stops = False

    def score(self, request: FillRequest, texts: Sequence[str], cancel: CancelFlag, *more: Any) -> tuple[Judged, ...]:
        self.judged += 1
        if self.judged > 1:
            if self.stops:
                cancel.set()
            return ()
        return super().score(request, texts, cancel, *more)


def test_where_time_is_up_the_other_answers_count(root: Path) -> None:
    found = answer(root, Once("x)"))

    assert {item.text for item in found.items} == {"x)", "server, quietly=True)"}


def test_cancelled_meanwhile_is_cancelled(root: Path) -> None:
    engine = Once("x)")
    engine.stops = True

    assert answer(root, engine).silent == "cancelled"
