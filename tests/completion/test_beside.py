"""Beside the best answer stand the model's likeliest lines too; the best answer stays, and no text comes twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from fakes import ScriptedEngine

from inhouse.completion import Assistant, Completion, CompletionRequest, Settings
from inhouse.completion.beside import Beside
from inhouse.completion.cursor import cursor_of
from inhouse.completion.ranking import Candidate, Ranked, fitted
from inhouse.model import CancelFlag, FillRequest, Judged, Line, Searcher, Steering

LIKELY = (Line("first(1)", -1.0), Line("second(2)", -2.0), Line("third(3)", -3.0))


class SearchingEngine(ScriptedEngine):
    """A small one that finds what the script says."""

    parameters = 5_000_000

    def __init__(self, answer: str, found: Sequence[Line] = LIKELY) -> None:
        super().__init__(answer)
        self.found = tuple(found)
        self.widths: list[int] = []
        self.steered: list[bool] = []

    def lines(
        self, request: FillRequest, width: int, cancel: CancelFlag, steering: Steering | None = None
    ) -> tuple[Line, ...]:
        self.widths.append(width)
        self.steered.append(steering is not None)
        return () if cancel.is_set else self.found


class EvenEngine(ScriptedEngine):
    """To which all texts are alike."""

    def score(
        self, request: FillRequest, texts: Sequence[str], cancel: CancelFlag, steering: Steering | None = None
    ) -> tuple[Judged, ...]:
        return tuple(Judged((7,), (-3.0,), -3.0) for _ in texts)


@dataclass
class Scores:
    """A ranker that goes by one feature."""

    name: str
    seen: list[Candidate] = field(default_factory=list[Candidate])

    def chances(self, answers: Sequence[Candidate]) -> list[float]:
        self.seen = list(answers)
        return [0.5 + one.features.get(self.name, 0.0) / 100 for one in answers]


def candidate(text: str, log_probability: float = -3.0) -> Candidate:
    values = {
        "log_probability": log_probability,
        "order": 0.3,
        "written": 0.0,
        "share": 0.5,
        "end_log_probability": -1.0,
    }
    return Candidate(text, (7,), {**dict.fromkeys(fitted().weights, 0.0), **values})


def order(ranker: Scores, ranked: Sequence[Ranked], lines: Sequence[Line], adapted: int = 0) -> list[Ranked]:
    root = Path("/project")
    request = CompletionRequest(root, root / "a.py", "amount = ", 9, invoked=True, alternatives=3)
    hole = FillRequest("a.py", "amount = ", "", alternatives=3)
    return Beside(ranker).ordered(ranked, cursor_of(request), hole, EvenEngine(), CancelFlag(), lines, adapted)


def test_the_best_answer_stays_whatever_the_others_are_worth() -> None:
    ranked = [Ranked(candidate("total"), 0.4), Ranked(candidate("price"), 0.3)]
    found = order(Scores("searched_log_probability"), ranked, LIKELY)

    assert found[0] is ranked[0]
    assert [one.candidate.text for one in found[1:]] == ["price", "first(1)", "second(2)", "third(3)"]
    assert all(one.probability <= 0.6 for one in found[1:]), "only where the best one is wrong"


def test_a_line_that_is_known_already_is_not_there_twice_and_learns_that_it_is_likely() -> None:
    ranker = Scores("searched_at_all")
    ranked = [Ranked(candidate("first (1)"), 0.4), Ranked(candidate("second( 2 )"), 0.3)]

    found = order(ranker, ranked, LIKELY)

    assert [one.candidate.text for one in found] == ["first (1)", "second( 2 )", "third(3)"]
    assert [one.features["searched_log_rank"] > 0 for one in ranker.seen] == [True, True]
    assert [one.features["searched_gap"] for one in ranker.seen] == [-1.0, -2.0]


def test_the_order_that_travels_with_the_program_knows_all_of_its_features() -> None:
    ranker = Scores("searched_at_all")
    order(ranker, [Ranked(candidate("total"), 0.4)], LIKELY, adapted=4)

    assert fitted("alternatives").weights.keys() <= ranker.seen[0].features.keys()
    assert any(name.startswith("searched_") for name in fitted("alternatives").weights)


def ask(root: Path, engine: ScriptedEngine, alternatives: int = 3, **settings: Any) -> Completion:
    wanted = Settings(instant_lane=False, suggestion_cache=False, name_check=False, beginnings=False, **settings)
    assistant = Assistant(wanted, engine)
    assistant.project(root).refresh()
    assistant.learn(root)
    try:
        request = CompletionRequest(root, root / "main.py", "x = ", 4, invoked=True, alternatives=alternatives)
        return assistant.complete(request, CancelFlag())
    finally:
        assistant.close()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "log.py").write_text("def begin(server):\n    start(server, quietly=True)\n")
    return tmp_path


def test_what_is_found_is_offered_as_the_models_own(root: Path) -> None:
    engine = SearchingEngine("answer()")
    found = ask(root, engine, adapted_lines=False)

    assert isinstance(engine, Searcher)
    assert found.items[0].text == "answer()"
    assert {line.text for line in LIKELY} & {item.text for item in found.items}
    assert all(item.source == "model" for item in found.items if item.text in {line.text for line in LIKELY})
    assert engine.widths == [8]
    assert engine.steered == [True]


@pytest.mark.parametrize(
    ("alternatives", "settings"), [(1, {}), (3, {"searched_lines": False}), (3, {"project_lines": False})]
)
def test_it_is_looked_for_only_where_it_is_wanted(root: Path, alternatives: int, settings: dict[str, Any]) -> None:
    engine = SearchingEngine("answer()")
    ask(root, engine, alternatives, **settings)

    assert engine.widths == []


def test_larger_models_and_engines_that_cannot_search_go_without(root: Path) -> None:
    large, small = SearchingEngine("answer()"), ScriptedEngine("answer()")
    large.parameters, small.parameters = 500_000_000, 5_000_000

    assert [item.text for item in ask(root, large).items] == ["answer()"]
    assert ask(root, small).items[0].text == "answer()"
    assert large.widths == []
