"""What was learnt changes what the assistant says, in this project only, and not while learning is off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import ScriptedEngine

from inhouse.completion import Assistant, Completion, CompletionRequest, Settings
from inhouse.completion.items import UNSURE
from inhouse.completion.learning import Learner, Settled, Shown
from inhouse.completion.learning.align import fates
from inhouse.model import CancelFlag


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("INHOUSE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("INHOUSE_DATA_DIR", str(tmp_path / "data"))
    for name in ("project", "other"):
        (tmp_path / name).mkdir()
    return tmp_path / "project"


@pytest.fixture
def assistant(root: Path) -> Iterator[Assistant]:
    settings = Settings(
        show_above=0.0, suggestion_cache=False, instant_lane=False, project_context=False, name_check=False
    )
    assistant = Assistant(settings, ScriptedEngine("value"))
    yield assistant
    assistant.close()


def ask(assistant: Assistant, root: Path) -> Completion:
    return assistant.complete(CompletionRequest(root, root / "a.py", "x = ", 4), CancelFlag())


def typed_over(learner: Learner, times: int) -> None:
    for number in range(times):
        shown = Shown(number, "a.py", (0, 4), "value", 0, "x = ", 0.9, "model", 1.0, model="scripted")
        learner.settle(Settled(shown, "typed over", 30, 0, tuple(fates("value", "vision")), "vision"))


def test_a_project_where_it_is_wrong_makes_it_less_sure(assistant: Assistant, root: Path) -> None:
    before = ask(assistant, root).items[0].probability
    learner = assistant.learner(root)
    assert learner is not None
    typed_over(learner, 30)

    assert ask(assistant, root).items[0].probability < before
    assert ask(assistant, root.parent / "other").items[0].probability == before
    assistant.settings = replace(assistant.settings, learning=False)
    assert ask(assistant, root).items[0].probability == before
    assert assistant.learner(root) is None


def test_the_project_s_wording_learns(assistant: Assistant, root: Path) -> None:
    assistant.project(root).refresh()
    assistant.learn(root)
    learner = assistant.learner(root)
    assert learner is not None
    typed_over(learner, 1)
    assistant.close(keep_engine=True)

    fresh = Assistant(Settings(), ScriptedEngine())
    fresh.learn(root)
    again = fresh.learner(root)
    assert again is not None
    assert len(again.store.runs(ScriptedEngine.tokenizer)) == 2
    fresh.close()


def test_changed_settings_count_from_the_next_request_on(assistant: Assistant, root: Path) -> None:
    assert ask(assistant, root).items
    assistant.settings = replace(assistant.settings, show_above=1.0)

    assert ask(assistant, root).silent == UNSURE
