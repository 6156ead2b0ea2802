"""From cursor to answer with a scripted engine and a real index of a small project."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import ScriptedEngine

from inhouse.completion import Assistant, Completion, CompletionRequest, Settings
from inhouse.completion.items import UNSURE
from inhouse.model import CancelFlag
from inhouse.model.power import Battery, Power

HOUSE = "def read_settings(path):\n    return path.read_text()\n"
DOCUMENT = "from house import read_settings\n\n\ndef main(path):\n    settings = read█\n    return settings\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "house.py").write_text(HOUSE)
    return folder


@pytest.fixture
def engine() -> ScriptedEngine:
    return ScriptedEngine("_settings(path)")


@pytest.fixture
def assistant(engine: ScriptedEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Assistant]:
    monkeypatch.setenv("INHOUSE_CACHE_DIR", str(tmp_path / "cache"))
    assistant = Assistant(Settings(languages_off=("markdown",), project_lines=False), engine)
    yield assistant
    assistant.close()


def ask(assistant: Assistant, root: Path, marked: str = DOCUMENT, name: str = "main.py") -> Completion:
    offset = marked.index("█")
    text = marked.replace("█", "")
    assistant.project(root).refresh()
    return assistant.complete(CompletionRequest(root, root / name, text, offset), CancelFlag())


def test_the_answer_has_text_range_probability_and_where_it_was_looked_up(assistant: Assistant, root: Path) -> None:
    answer = ask(assistant, root)

    (item,) = answer.items
    assert (item.text, item.source) == ("_settings(path)", "model")
    assert 0 < item.probability < 1
    assert item.features["log_probability"] < 0
    assert item.start == item.end == DOCUMENT.index("█")
    assert "house.py" in {place.path for place in item.provenance}
    assert answer.silent is None
    assert (answer.tokens.prompt, answer.tokens.reused, answer.tokens.decoded) == (10, 4, 1)
    assert {"context", "prefill", "decode", "total"} <= set(answer.timings_ms)


def test_the_model_sees_the_project_and_the_file(assistant: Assistant, engine: ScriptedEngine, root: Path) -> None:
    ask(assistant, root)

    (request,) = engine.requests
    assert request.path == "main.py"
    assert request.prefix.endswith("settings = read")
    assert request.suffix.startswith("\n    return settings")
    assert any("read_settings" in block.text for block in request.blocks)


def test_the_file_s_own_stale_copy_is_not_looked_up(assistant: Assistant, engine: ScriptedEngine, root: Path) -> None:
    (root / "main.py").write_text(DOCUMENT.replace("read█", "read_settings('the old text')"))

    ask(assistant, root)

    assert all("the old text" not in block.text for block in engine.requests[0].blocks)


def test_without_project_context_the_model_sees_the_file_only(engine: ScriptedEngine, root: Path) -> None:
    assistant = Assistant(Settings(project_context=False, project_lines=False), engine)
    offset = DOCUMENT.index("█")
    request = CompletionRequest(root, root / "main.py", DOCUMENT.replace("█", ""), offset)

    assert assistant.complete(request, CancelFlag()).items
    assert engine.requests[0].blocks == ()


@pytest.mark.parametrize(
    ("marked", "name", "why"),
    [
        ("text █", "notes.md", "switched off for markdown"),
        ("na█me = 1", "a.py", "inside a word"),
        ("x = █ + 1", "a.py", "text follows on the line"),
    ],
)
def test_silence_has_a_reason_and_runs_no_model(
    assistant: Assistant, engine: ScriptedEngine, root: Path, marked: str, name: str, why: str
) -> None:
    language = "markdown" if name.endswith(".md") else None
    text = marked.replace("█", "")
    answer = assistant.complete(CompletionRequest(root, root / name, text, marked.index("█"), language), CancelFlag())

    assert (answer.items, answer.silent) == ((), why)
    assert engine.requests == []


def test_switched_off_altogether(engine: ScriptedEngine, root: Path) -> None:
    answer = Assistant(Settings(enabled=False), engine).complete(
        CompletionRequest(root, root / "a.py", "", 0), CancelFlag()
    )

    assert answer.silent == "switched off"


def test_an_empty_answer_is_silence(assistant: Assistant, engine: ScriptedEngine, root: Path) -> None:
    engine.answer = "  "

    assert ask(assistant, root).silent == "nothing to add"


def test_what_is_too_unsure_is_held_back_unless_asked_for(engine: ScriptedEngine, root: Path) -> None:
    quiet = Settings(show_above=1.0, project_context=False, name_check=False, project_lines=False)
    assistant = Assistant(quiet, engine)
    request = CompletionRequest(root, root / "a.py", "x = ", 4)

    unasked = assistant.complete(request, CancelFlag())
    asked = assistant.complete(replace(request, invoked=True), CancelFlag())

    assert (unasked.items, unasked.silent) == ((), UNSURE)
    assert asked.items[0].text == engine.answer


def test_a_cancelled_request_is_silence(assistant: Assistant, root: Path) -> None:
    cancel = CancelFlag()
    cancel.set()

    answer = assistant.complete(CompletionRequest(root, root / "a.py", "x = ", 4), cancel)

    assert (answer.items, answer.silent) == ((), "cancelled")


class Impatient(CancelFlag):
    """Is set once it was looked at so many times."""

    def __init__(self, patience: int) -> None:
        super().__init__()
        self.patience = patience

    def check(self) -> None:
        self.patience -= 1
        if self.patience < 0:
            self.set()
        super().check()


def test_a_cancel_is_heeded_wherever_it_comes(assistant: Assistant, engine: ScriptedEngine, root: Path) -> None:
    text, offset = DOCUMENT.replace("█", ""), DOCUMENT.index("█")
    assistant.project(root).refresh()
    assistant.learn(root)
    request = CompletionRequest(root, root / "main.py", text, offset)
    before = after = 0
    while assistant.complete(request, Impatient(before + after)).silent == "cancelled":
        if engine.requests:
            after += 1
            engine.requests.clear()
        else:
            assert after == 0, "the model is not asked any more"
            before += 1

    assert before > 6, "between the steps of all that is looked up before the model is asked"
    assert after, "and of what is looked up for its answer"


def test_closing_releases_the_engine(assistant: Assistant, engine: ScriptedEngine) -> None:
    assistant.close()

    assert engine.closed


def test_reading_ahead_reads_what_the_next_request_will_ask(
    assistant: Assistant, engine: ScriptedEngine, root: Path
) -> None:
    offset = DOCUMENT.index("█")
    assistant.project(root).refresh()
    request = CompletionRequest(root, root / "main.py", DOCUMENT.replace("█", ""), offset)

    assert assistant.warm(request, CancelFlag())
    assistant.complete(request, CancelFlag())

    assert engine.warmed == engine.requests


def test_nothing_is_read_ahead_where_nothing_is_suggested(
    assistant: Assistant, engine: ScriptedEngine, root: Path
) -> None:
    request = CompletionRequest(root, root / "a.md", "text", 4, language="markdown")

    assert assistant.warm(request, CancelFlag())
    assert Assistant(Settings()).warm(replace(request, language="python"), CancelFlag()), "no model is loaded yet"
    assert engine.warmed == []


@pytest.mark.parametrize(
    ("percent", "invoked", "silent", "tokens"),
    [(50, False, None, 16), (10, False, "saving the battery", None), (10, True, None, 48)],
)
def test_on_battery_less_is_asked_of_the_model(
    tmp_path: Path, percent: float, invoked: bool, silent: str | None, tokens: int | None
) -> None:
    engine = ScriptedEngine("1")
    assistant = Assistant(Settings(show_above=0.0), engine)
    assistant.power = Power(battery=lambda: Battery(percent, False))
    request = CompletionRequest(tmp_path, tmp_path / "a.py", "x = ", 4, invoked=invoked)

    assert assistant.complete(request, CancelFlag()).silent == silent

    assert [asked.max_tokens for asked in engine.requests] == ([tokens] if tokens else [])
    assistant.close()


@pytest.mark.parametrize(("name", "sent"), [("a.py", True), ("secrets.py", False), ("private/a.py", False)])
def test_what_the_project_keeps_to_itself_is_not_sent_to_a_server(tmp_path: Path, name: str, sent: bool) -> None:
    (tmp_path / ".gitignore").write_text("private/\n")
    engine = ScriptedEngine()
    assistant = Assistant(Settings(engine="server", show_above=0.0), engine)
    request = CompletionRequest(tmp_path, tmp_path / name, "x = ", 4, invoked=True)

    answer = assistant.complete(request, CancelFlag())
    assistant.warm(request, CancelFlag())

    assert (answer.silent == "not sent to the server") == (not sent)
    assert bool(engine.requests) == sent
    assistant.close()


def test_the_same_path_in_two_projects_is_two_documents(
    assistant: Assistant, engine: ScriptedEngine, root: Path, tmp_path: Path
) -> None:
    (tmp_path / "second").mkdir()

    for folder in (root, tmp_path / "second"):
        ask(assistant, folder)

    first, second = engine.requests[0], engine.requests[-1]
    assert first.path == second.path
    assert first.key != second.key


@pytest.mark.parametrize("hidden", ["secrets.py", "private/keys.py"])
def test_lines_of_files_that_stay_here_do_not_go_along_with_others(tmp_path: Path, hidden: str) -> None:
    """Whoever edits a secret file and then types elsewhere: the server gets what the project shows, and no more."""
    (tmp_path / ".gitignore").write_text("private/\n")
    (tmp_path / "house.py").write_text("price = 1\n")
    engine = ScriptedEngine()
    assistant = Assistant(Settings(engine="server", show_above=0.0), engine)
    project = assistant.project(tmp_path)
    project.refresh()
    for path, text in ((hidden, "token = 'squeamish ossifrage'\n"), ("house.py", "price = 2\n")):
        project.update(tmp_path / path, "")
        project.update(tmp_path / path, text)
        project.viewed(tmp_path / path, 1)
    assert project.settle(20)

    assistant.complete(CompletionRequest(tmp_path, tmp_path / "a.py", "x = ", 4, invoked=True), CancelFlag())
    assistant.warm(CompletionRequest(tmp_path, tmp_path / "a.py", "x = ", 4), CancelFlag())

    assert engine.requests
    assert engine.warmed
    for asked in (*engine.requests, *engine.warmed):
        assert [block.text for block in asked.blocks] == ["price = 2"]
    assistant.close()


def test_each_project_has_its_own_settings(
    assistant: Assistant, engine: ScriptedEngine, root: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    assistant.tell_projects({other: replace(assistant.settings, show_above=1.0, max_tokens=7, learning=False)})

    assert ask(assistant, root).items
    answer = ask(assistant, other)

    assert answer.silent == UNSURE
    assert "held back below a chance of 1.0" in " ".join(answer.notes)
    assert {engine.requests[0].max_tokens, engine.requests[-1].max_tokens} == {48, 7}
    assert assistant.learner(other) is None
    assert assistant.learner(root) is not None
    assistant.tell_projects({})
    assert ask(assistant, other).items
