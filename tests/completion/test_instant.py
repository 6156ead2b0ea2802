"""The n-gram alone finishes a line or a name where it is nearly certain, and only there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import ScriptedEngine

from inhouse.completion import Assistant, Completion, CompletionRequest, Settings
from inhouse.completion.avoided import Avoided
from inhouse.completion.gate import Gate
from inhouse.completion.instant import SURE, InstantLane, Kind, fitted
from inhouse.completion.items import UNSURE
from inhouse.completion.steering import ProjectSteering
from inhouse.context import Ngram
from inhouse.model import CancelFlag

LETTERS = Ngram()
LETTERS.update("b.py", [ord(letter) for letter in "data = load(path)\n" * 80])


def guesses(line: str, ngram: Ngram = LETTERS) -> dict[Kind, str]:
    before = [ord(letter) for letter in line]
    found = InstantLane({}).guesses(before, len(before), ngram.at, lambda token: chr(token).encode(), CancelFlag())
    return {guess.kind: guess.text for guess in found}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("data = l", {"line": "oad(path)", "name": "oad"}),
        ("data = lo", {"line": "ad(path)"}),  # two letters of a name are hardly worth the key that accepts them
        ("data = load(", {"line": "path)", "name": "path"}),
        ("data = load(pat", {"line": "h)"}),
        ("other = xyz", {}),
        ("data = load(path)", {}),
    ],
)
def test_the_line_and_the_name_are_finished(line: str, expected: dict[Kind, str]) -> None:
    assert guesses(line) == expected


def test_where_the_project_is_of_two_minds_the_chance_is_low() -> None:
    divided = Ngram()
    divided.update("b.py", [ord(letter) for letter in "x = read_one()\nx = read_two()\n" * 5])
    before = [ord(letter) for letter in "x = read_"]
    (guess, *_) = InstantLane({}).guesses(
        before, len(before), divided.at, lambda token: chr(token).encode(), CancelFlag()
    )

    assert guess.features["log_chance"] < -0.5
    assert InstantLane().sure([guess]) is None


def test_the_longest_sure_guess_is_taken() -> None:
    lane = InstantLane({"line": Gate({}, 5.0), "name": Gate({}, 9.0)})
    before = [ord(letter) for letter in "data = lo"]
    found = lane.sure(lane.guesses(before, len(before), LETTERS.at, lambda token: chr(token).encode(), CancelFlag()))

    assert found is not None
    assert found[0].kind == "line"
    assert found[1] >= SURE


def test_the_models_that_travel_with_the_program_know_every_feature() -> None:
    before = [ord(letter) for letter in "data = lo"]
    lane = InstantLane(fitted())
    for guess in lane.guesses(before, len(before), LETTERS.at, lambda token: chr(token).encode(), CancelFlag()):
        assert set(fitted()[guess.kind].weights) == set(guess.features)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("INHOUSE_CACHE_DIR", str(tmp_path / "cache"))
    folder = tmp_path / "project"
    folder.mkdir()
    for name in ("one", "two", "three", "four"):
        (folder / f"{name}.py").write_text("def main(path):\n    data = load(path)\n    return data\n")
    return folder


@pytest.fixture
def engine() -> ScriptedEngine:
    return ScriptedEngine("model's own")


def ask(assistant: Assistant, root: Path, *, invoked: bool = False, alternatives: int = 1) -> Completion:
    assistant.project(root).refresh()
    assistant.learn(root)
    text = "def main(path):\n    data = lo\n"
    asked = CompletionRequest(root, root / "new.py", text, len(text) - 1, invoked=invoked, alternatives=alternatives)
    return assistant.complete(asked, CancelFlag())


@pytest.fixture
def assistant(engine: ScriptedEngine) -> Iterator[Assistant]:
    assistant = Assistant(Settings(show_above=0.0, name_check=False), engine)
    yield assistant
    assistant.close()


def test_no_model_runs(assistant: Assistant, engine: ScriptedEngine, root: Path) -> None:
    (item,) = ask(assistant, root).items

    assert item.text == "ad(path)"
    assert item.source == "ngram"
    assert item.probability >= SURE
    assert engine.requests == []


def test_the_places_that_it_was_copied_from_are_told(assistant: Assistant, root: Path) -> None:
    (item,) = ask(assistant, root).items

    (place,) = item.provenance
    assert place.path in ("one.py", "two.py", "three.py", "four.py")
    assert (place.line, place.kind) == (2, "copied")


def test_a_line_copied_from_the_own_file_names_its_line(assistant: Assistant, root: Path) -> None:
    text = "from far import load\n" + "\n".join(f"    data = load(path)  # {n}" for n in range(9)) + "\n    data = l\n"
    asked = CompletionRequest(root, root / "new.py", text, len(text) - 1)
    assistant.learn(root)
    (item,) = assistant.complete(asked, CancelFlag()).items

    assert item.source == "ngram"
    assert [place.path for place in item.provenance] == ["new.py"]
    assert 2 <= item.provenance[0].line <= 10


def test_what_the_project_avoids_is_left_to_the_model(
    assistant: Assistant, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ways = Avoided({"load": "deprecated in b.py:7"})
    monkeypatch.setattr(ProjectSteering, "avoided", lambda self, root: ways)

    assert ask(assistant, root).items[0].source == "model"


@pytest.mark.parametrize(("check", "source"), [(True, "model"), (False, "ngram")])
def test_no_member_is_copied_that_the_class_does_not_have(
    engine: ScriptedEngine, root: Path, *, check: bool, source: str
) -> None:
    for name in ("one", "two", "three", "four"):
        (root / f"{name}.py").write_text("class A:\n    def main(self):\n        data = self.load(path)\n")
    engine.answer = "w(path)"
    assistant = Assistant(Settings(show_above=0.0, name_check=check), engine)
    assistant.project(root).refresh()
    assistant.learn(root)
    text = "class B:\n    def low(self, path):\n        data = self.lo\n"
    found = assistant.complete(CompletionRequest(root, root / "new.py", text, len(text) - 1), CancelFlag())
    assistant.close()

    assert [item.source for item in found.items] == [source]


def test_who_wants_alternatives_gets_the_model(assistant: Assistant, engine: ScriptedEngine, root: Path) -> None:
    assert ask(assistant, root, invoked=True, alternatives=3).items[0].source == "model"


def test_switched_off(engine: ScriptedEngine, root: Path) -> None:
    assistant = Assistant(Settings(show_above=0.0, name_check=False, instant_lane=False), engine)

    assert ask(assistant, root).items[0].source == "model"
    assistant.close()


def test_who_wants_it_quieter_than_the_lane_is_sure_is_asked_of_the_model(engine: ScriptedEngine, root: Path) -> None:
    assistant = Assistant(Settings(show_above=1.0, name_check=False), engine)

    assert ask(assistant, root).silent == UNSURE
    assistant.close()
