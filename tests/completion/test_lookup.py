"""The project's own lines stand beside the model's answer, and the likelier one is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from fakes import ScriptedEngine

from inhouse.completion import Assistant, Completion, CompletionRequest, Settings
from inhouse.completion.avoided import Avoided
from inhouse.completion.ranking import Candidate
from inhouse.completion.steering import ProjectSteering
from inhouse.model import CancelFlag, Fill, FillRequest, Judged, Token
from inhouse.model.fill import StopReason


@dataclass
class Prefers:
    """A ranker that is sure of one text."""

    text: str
    seen: list[str] = field(default_factory=list[str])

    def chances(self, answers: Sequence[Candidate]) -> list[float]:
        self.seen = [one.text for one in answers]
        return [0.9 if one.text == self.text else 0.05 for one in answers]


class SmallEngine(ScriptedEngine):
    """As small as the cores that the ranking was fitted with."""

    parameters = 5_000_000


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "log.py").write_text("log = get_logger('shop')\nlog.info('started')\n")
    return tmp_path


def answer(root: Path, ranker: Prefers, engine: ScriptedEngine, text: str = "log = get_", **more: object) -> Completion:
    settings = Settings(instant_lane=False, suggestion_cache=False, name_check=False, beginnings=False)
    assistant = Assistant(settings, engine, ranker)
    assistant.project(root).refresh()
    assistant.learn(root)
    request = CompletionRequest(root, root / "main.py", text, len(text), **more)  # type: ignore[arg-type]
    try:
        return assistant.complete(request, CancelFlag())
    finally:
        assistant.close()


def test_the_projects_line_wins_where_it_is_likelier(root: Path) -> None:
    ranker = Prefers("logger('shop')")
    found = answer(root, ranker, SmallEngine("config()"))

    assert [(item.text, item.source) for item in found.items] == [("logger('shop')", "project")]
    assert found.items[0].probability == pytest.approx(0.9)
    assert set(ranker.seen) >= {"logger('shop')", "config()"}


def test_the_models_answer_wins_where_it_is_likelier(root: Path) -> None:
    found = answer(root, Prefers("config()"), SmallEngine("config()"))

    assert [(item.text, item.source) for item in found.items] == [("config()", "model")]


def test_alternatives_come_in_the_order_of_their_chances(root: Path) -> None:
    found = answer(root, Prefers("logger('shop')"), SmallEngine("config()"), alternatives=2, invoked=True)

    assert [item.text for item in found.items] == ["logger('shop')", "config()"]


def test_what_is_unlikely_is_kept_back(root: Path) -> None:
    found = answer(root, Prefers("something else"), SmallEngine("config()"))

    assert not found.items
    assert found.silent == "not sure enough"


def test_a_line_that_the_project_avoids_is_not_copied(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ways = Avoided({"get_logger": "deprecated in b.py:7"})
    monkeypatch.setattr(ProjectSteering, "avoided", lambda self, root: ways)
    alone = answer(root, Prefers("logger('shop')"), SmallEngine("  "))
    beside = answer(root, Prefers("logger('shop')"), SmallEngine("config()"), invoked=True)

    assert (alone.items, alone.silent) == ((), "deprecated in b.py:7")
    assert [item.text for item in beside.items] == ["config()"]


def test_an_engine_that_cannot_judge_answers_as_before(root: Path) -> None:
    class Mute(SmallEngine):
        def score(self, *_: object) -> tuple[()]:
            return ()

    found = answer(root, Prefers("logger('shop')"), Mute("config()"), invoked=True)

    assert [item.text for item in found.items] == ["config()"]


def test_a_larger_model_answers_alone(root: Path) -> None:
    """The ranking was fitted with a small one."""

    class Large(ScriptedEngine):
        parameters = 500_000_000

    found = answer(root, Prefers("logger('shop')"), Large("config()"), invoked=True)

    assert [item.text for item in found.items] == ["config()"]


def test_cancelled_while_judging_is_cancelled(root: Path) -> None:
    """What the model wrote was not compared with anything: shown or remembered, it would pass for judged."""

    class Interrupted(SmallEngine):
        def score(self, request: FillRequest, texts: Sequence[str], cancel: CancelFlag, *_: object) -> tuple[()]:
            cancel.set()
            return ()

    found = answer(root, Prefers("config()"), Interrupted("config()"), invoked=True)

    assert (found.items, found.silent) == ((), "cancelled")


def test_a_block_that_begins_below_the_cursor_is_not_lost(root: Path) -> None:
    """Its first line is empty: there is no rest of the line to compare."""
    engine = SmallEngine("\n    return get_logger('shop')")
    found = answer(root, Prefers("nothing of this"), engine, text="def shop_logger():", invoked=True)

    assert [item.text for item in found.items] == ["\n    return get_logger('shop')"]


def test_nothing_written_and_nothing_found_is_silence_with_a_reason(root: Path) -> None:
    found = answer(root, Prefers("nothing of this"), SmallEngine("  "), text="quux = zork(")

    assert (found.items, found.silent) == ((), "nothing to add")


@pytest.mark.parametrize(("stop", "left"), [("line", [1500 - 2.0]), ("deadline", [])])
def test_judging_gets_the_time_that_writing_has_left(root: Path, stop: StopReason, left: list[float]) -> None:
    asked: list[float | None] = []

    class Timed(SmallEngine):
        def fill(self, *told: Any, **more: Any) -> Fill:
            return replace(super().fill(*told, **more), stop=stop)

        def score(self, request: FillRequest, *told: Any) -> tuple[Judged, ...]:
            asked.append(request.deadline_ms)
            return super().score(request, *told)

    answer(root, Prefers("config()"), Timed("config()"))

    assert asked[:1] == left
    assert asked == sorted(asked, key=lambda one: -(one or 0)), "what is judged then has less"


def test_the_first_of_several_lines_is_shown_where_it_was_ranked(root: Path) -> None:
    """The gate is sure of no more than that; of one line the ranking's word counts."""

    class Doubtful(SmallEngine):
        def fill(self, *told: Any, **more: Any) -> Fill:
            written = super().fill(*told, **more)
            tokens = [Token(7, "config()", 1e-6), Token(8, "\nlog = get_config()", 1e-6)]
            return replace(written, text="config()\nlog = get_config()", tokens=tuple(tokens))

    found = answer(root, Prefers("config()"), Doubtful("config()"))

    assert [item.text for item in found.items] == ["config()"]
    assert found.items[0].probability == pytest.approx(0.9)
