"""What is answered without the model, and when the model is asked all the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fakes import ScriptedEngine

from inhouse.completion import Assistant, Completion, CompletionRequest, Settings
from inhouse.completion.ahead import states_after
from inhouse.completion.quick import Versions
from inhouse.completion.request import Item
from inhouse.model import Alternative, CancelFlag, Fill, Token


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("INHOUSE_CACHE_DIR", str(tmp_path / "cache"))
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


@pytest.fixture
def engine() -> ScriptedEngine:
    return ScriptedEngine("value + 1")


@pytest.fixture
def assistant(engine: ScriptedEngine, root: Path) -> Iterator[Assistant]:
    assistant = Assistant(Settings(show_above=0.0, name_check=False), engine)
    yield assistant
    assistant.close()


def request(root: Path, marked: str, name: str = "a.py") -> CompletionRequest:
    return CompletionRequest(root, root / name, marked.replace("█", ""), marked.index("█"))


def ask(assistant: Assistant, root: Path, marked: str) -> Completion:
    return assistant.complete(request(root, marked), CancelFlag())


def test_typing_along_asks_the_model_once(assistant: Assistant, engine: ScriptedEngine, root: Path) -> None:
    first = ask(assistant, root, "x = █\n")
    then = ask(assistant, root, "x = val█\n")

    assert [item.text for item in (*first.items, *then.items)] == ["value + 1", "ue + 1"]
    assert [item.source for item in (*first.items, *then.items)] == ["model", "cache"]
    assert len(engine.requests) == 1
    assert set(then.timings_ms) == {"total"}


def test_without_the_cache_each_key_asks(engine: ScriptedEngine, root: Path) -> None:
    assistant = Assistant(Settings(show_above=0.0, name_check=False, suggestion_cache=False), engine)
    ask(assistant, root, "x = █\n")
    ask(assistant, root, "x = v█\n")

    assert len(engine.requests) == 2
    assistant.close()


def test_a_changed_setting_or_project_asks_again(assistant: Assistant, engine: ScriptedEngine, root: Path) -> None:
    ask(assistant, root, "x = █\n")
    assistant.settings = replace(assistant.settings, max_tokens=7)
    ask(assistant, root, "x = v█\n")
    assert len(engine.requests) == 2

    (root / "other.py").write_text("value = 1\n")
    assistant.project(root).refresh()
    assistant.learn(root)
    ask(assistant, root, "x = va█\n")
    assert len(engine.requests) == 3


def test_what_came_from_a_deleted_file_is_not_offered_again(
    assistant: Assistant, engine: ScriptedEngine, root: Path
) -> None:
    for name in ("one", "two", "three", "four"):
        (root / f"{name}.py").write_text("def main(path):\n    data = load(path)\n    return data\n")
    assistant.project(root).refresh()
    assistant.learn(root)
    asked = request(root, "data = load(█\n")
    (sure,) = assistant.complete(asked, CancelFlag()).items
    assert sure.source == "ngram"
    ask(assistant, root, "x = █\n")
    for name in ("one", "two", "three", "four"):
        (root / f"{name}.py").unlink()
    assistant.project(root).refresh()
    assert assistant.learn(root) == 4
    ask(assistant, root, "x = v█\n")

    assert len(engine.requests) == 2, "what was remembered is not used"
    assert assistant.complete(asked, CancelFlag()).items[0].source == "model"


def test_what_is_learnt_while_the_model_writes_makes_its_answer_old(
    assistant: Assistant, engine: ScriptedEngine, root: Path
) -> None:
    asked = engine.fill

    def fill(*arguments: Any) -> Fill:
        (root / f"other{len(engine.requests)}.py").write_text("value = 1\n")
        assistant.project(root).refresh()
        assistant.learn(root)
        return asked(*arguments)

    engine.fill = fill  # type: ignore[method-assign, assignment]
    first = ask(assistant, root, "x = █\n")
    ask(assistant, root, "x = v█\n")
    assert len(engine.requests) == 2

    assistant.look_ahead(request(root, "x = █\n"), first.items[0], CancelFlag())
    ask(assistant, root, "x = value + 1█\n")
    assert len(engine.requests) == 4


def test_the_file_s_own_index_entry_is_no_change(assistant: Assistant, engine: ScriptedEngine, root: Path) -> None:
    learnt: list[int] = []
    (root / "a.py").write_text("x = \n")
    assistant.project(root).refresh()
    assistant.learn(root)
    ask(assistant, root, "x = █\n")
    assistant.project(root).on_change(lambda: learnt.append(assistant.learn(root)))
    assistant.project(root).update(root / "a.py", "x = v\n")
    assert assistant.project(root).settle(20)
    assert learnt == [1]
    ask(assistant, root, "x = v█\n")

    assert len(engine.requests) == 1


@pytest.mark.parametrize("shown_again", [True, False])
def test_what_is_on_the_screen_stays_the_first_when_more_is_asked_for(
    assistant: Assistant, engine: ScriptedEngine, root: Path, shown_again: bool
) -> None:
    others = (Alternative("alue + 1", (Token(7, "alue + 1", 0.4),), 0),) if shown_again else ()
    ask(assistant, root, "x = █\n")
    ask(assistant, root, "x = v█\n")
    engine.answer, engine.others = "alter", (*others, Alternative("able", (Token(7, "able", 0.4),), 0))
    found = assistant.complete(replace(request(root, "x = v█\n"), invoked=True, alternatives=3), CancelFlag())

    assert [item.text for item in found.items][:2] == ["alue + 1", "alter"]
    engine.answer, engine.others = "other", ()
    elsewhere = assistant.complete(replace(request(root, "y = v█\n"), invoked=True, alternatives=3), CancelFlag())
    assert [item.text for item in elsewhere.items] == ["other"]


def test_several_on_the_screen_keep_their_order(assistant: Assistant, engine: ScriptedEngine, root: Path) -> None:
    def others(*texts: str) -> tuple[Alternative, ...]:
        return tuple(Alternative(text, (Token(7, text, 0.4),), 0) for text in texts)

    asked = replace(request(root, "x = █\n"), invoked=True, alternatives=3)
    engine.answer, engine.others = "one", others("two", "three")
    assert [item.text for item in assistant.complete(asked, CancelFlag()).items] == ["one", "two", "three"]
    assistant.settings = replace(assistant.settings, max_tokens=7)  # what was remembered does not hold any more
    engine.answer, engine.others = "three", others("four", "one")

    assert [item.text for item in assistant.complete(asked, CancelFlag()).items] == ["one", "two", "three"]
    assert len(engine.requests) == 2


def test_what_follows_an_accept_is_computed_ahead(assistant: Assistant, engine: ScriptedEngine, root: Path) -> None:
    asked = request(root, "x = █\n")
    (item,) = assistant.complete(asked, CancelFlag()).items
    engine.answer = ".name"

    assert assistant.look_ahead(asked, item, CancelFlag())
    assert assistant.look_ahead(asked, item, CancelFlag()), "it is known already"
    assert len(engine.requests) == 2
    found = ask(assistant, root, "x = value + 1█\n")
    assert [(item.text, item.source) for item in found.items] == [(".name", "cache")]
    assert len(engine.requests) == 2


def test_where_the_line_is_complete_the_next_one_is_computed(
    assistant: Assistant, engine: ScriptedEngine, root: Path
) -> None:
    asked = request(root, "def f():\n    if x:█\n")
    engine.answer = ""
    assert assistant.look_ahead(asked, Item(" y", asked.offset, asked.offset, 0.5, "model"), CancelFlag())

    assert [hole.prefix.split("\n")[-1] for hole in engine.requests] == ["    if x: y", "    "]


def test_a_request_ends_looking_ahead(assistant: Assistant, engine: ScriptedEngine, root: Path) -> None:
    asked, flag = request(root, "x = █\n"), CancelFlag()
    flag.set()

    assert not assistant.look_ahead(asked, Item("y", asked.offset, asked.offset, 0.5, "model"), flag)
    ask(assistant, root, "x = y█\n")
    assert len(engine.requests) == 1, "nothing of the first one was kept"


@pytest.mark.parametrize(
    ("marked", "text", "after"),
    [
        ("x = █\n", "y", ["x = y█\n", "x = y\n█\n"]),
        ("\tif x█\r\n", ":", ["\tif x:█\r\n", "\tif x:\r\n\t\t█\r\n"]),
        ("if x█", ":", ["if x:█", "if x:\n    █"]),
        ("def f():\n  if x█\n", ":", ["def f():\n  if x:█\n", "def f():\n  if x:\n    █\n"]),
        ("f(█)\n", "y)", ["f(y)█\n", "f(y)\n█\n"]),
        ("f(█, 1)\n", "y", ["f(y█, 1)\n"]),
    ],
)
def test_where_the_cursor_goes_after_an_accept(tmp_path: Path, marked: str, text: str, after: list[str]) -> None:
    asked = request(tmp_path, marked)
    replaced = text.count(")")
    states = states_after(asked, Item(text, asked.offset, asked.offset + replaced, 0.5, "model"))

    assert [f"{state.text[: state.offset]}█{state.text[state.offset :]}" for state in states] == after


def test_versions_count_changes_elsewhere(tmp_path: Path) -> None:
    versions = Versions()
    assert versions.of(tmp_path, "a.py") == 0
    versions.changed(tmp_path, "a.py")
    versions.changed(tmp_path, None)
    versions.changed(tmp_path, "b.py")

    assert (versions.of(tmp_path, "a.py"), versions.of(tmp_path, "c.py")) == (2, 3)
