"""Where the line is not sure, its first word may be: found around the cursor, judged, and shown alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from fakes import ScriptedEngine
from hypothesis import given
from hypothesis import strategies as st

from inhouse.completion import Assistant, Completion, CompletionRequest, Settings, beginnings, gate
from inhouse.completion.avoided import Avoided
from inhouse.completion.beginnings import Use, features_of, first_word, proposed, uses
from inhouse.completion.cursor import Cursor, cursor_of
from inhouse.completion.display import would_show
from inhouse.completion.gate import Gate
from inhouse.completion.ranking import Candidate, Ranking
from inhouse.completion.reserved import Reserved
from inhouse.completion.steering import ProjectSteering
from inhouse.model import CancelFlag, FillRequest, Judged, Steering, Token

TEXT = "leading = 1\nledger = 2\nself.lemon = leading\n"


def cursor_in(text: str, after: str = "\n") -> Cursor:
    return cursor_of(CompletionRequest(Path("/p"), Path("/p/a.py"), text + after, len(text)))


def test_names_that_begin_like_the_one_at_the_cursor() -> None:
    around = uses(cursor_in(TEXT + "print(le", ")\nlegend = 3\n"))

    assert around.head == "le"
    assert set(around.names) == {"ading", "dger", "mon", "gend"}
    assert around.names["ading"].times == 2
    assert around.names["mon"].since < around.names["dger"].since < around.names["gend"].since


def test_behind_a_dot_what_was_taken_from_the_receiver() -> None:
    around = uses(cursor_in("log.info(1)\nlog.warn(2)\nother.info2(3)\nlog."))

    assert set(around.names) == {"info", "warn"}
    assert around.after_dot
    assert uses(cursor_in("a = 1\nb = ")).names == {}, "any name can stand here"


def test_no_word_of_the_language_behind_a_dot() -> None:
    cursor = cursor_in("function f() {}\nfunctional = 1\nx.fun")

    assert set(uses(cursor, Reserved(Path("a.ts"), cursor.prefix)).names) == {"ctional"}
    assert set(uses(cursor_in("function f() {}\nfun"), Reserved(Path("a.ts"), "")).names) == {"ction"}


@given(st.text(max_size=60), st.text(max_size=30))
def test_any_text_is_looked_at(before: str, after: str) -> None:
    around = uses(cursor_in(before, after))

    assert all(name and use.times >= 1 for name, use in around.names.items())
    assert all(around.head + name in before + after for name in around.names)


def test_the_answers_words_come_first_and_nothing_twice() -> None:
    names = {f"ading{number}": Use(1, number) for number in range(30)}
    around = beginnings.Uses("le", names, after_dot=False, at_line_start=False)
    found = proposed(around, ["ading3 = 4", "ading3.join()", "ft + right", "\n"])

    assert found[:2] == ["ading3", "ft"]
    assert len(found) == len(set(found))
    assert 12 <= len(found) <= 14


@pytest.mark.parametrize(
    ("text", "word"),
    [("ading + 1", "ading"), (" = tokens[0]", " = tokens"), (".append(x)", ".append"), ("))))x", ""), ("", "")],
)
def test_the_first_word_has_what_joins_it_to_the_text(text: str, word: str) -> None:
    assert first_word(text) == word


def test_agreeing_lines_speak_for_their_word() -> None:
    around = uses(cursor_in(TEXT + "le"))
    lines = [
        (Candidate("ading + 1", (), {}), 0.25),
        (Candidate("ading", (), {}), 0.5),
        (Candidate("ss", (), {}), 0.125),
    ]
    features = features_of("ading", Judged((7,), (-1.0,), -1.5), around, lines, [Token(1, "ading", 0.5, 2, 0.25)])

    assert features["mass"] == 0.75
    assert features["all_mass"] == 0.875
    assert features["near"] == features["written"] == 1.0
    assert features["log_probability"] == -1.0
    assert features["written_margin"] == 0.25
    assert features_of("ading", Judged((7,), (-1.0,), -1.5), around, lines, [])["written_margin"] == 0.0


class Unsure:
    """A ranker that is sure of no line."""

    def chances(self, answers: Sequence[Candidate]) -> list[float]:
        return [0.1 for _ in answers]


class Judging(ScriptedEngine):
    """As small as the cores that beginnings were fitted with; sure of one text."""

    parameters = 5_000_000
    sure_of = "ading"

    def score(
        self, request: FillRequest, texts: Sequence[str], cancel: CancelFlag, steering: Steering | None = None
    ) -> tuple[Judged, ...]:
        return tuple(Judged((1,), (-0.1 if text == self.sure_of else -9.0,), -9.0) for text in texts)


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beginnings are as likely as the model says."""
    monkeypatch.setattr(beginnings, "fitted", lambda: Ranking({"log_probability": 1.0}, -3.0))


def answer(root: Path, **more: object) -> Completion:
    settings = Settings(instant_lane=False, suggestion_cache=False, learning=False, **more)  # type: ignore[arg-type]
    assistant = Assistant(settings, Judging("mon + leading"), Unsure())
    assistant.project(root).refresh()
    assistant.learn(root)
    text = TEXT + "print(le"
    request = CompletionRequest(root, root / "main.py", text + ")\n", len(text))
    try:
        return assistant.complete(request, CancelFlag())
    finally:
        assistant.close()


@pytest.mark.usefixtures("judged")
def test_the_sure_word_is_shown_in_place_of_an_unsure_line(tmp_path: Path) -> None:
    found = answer(tmp_path)

    assert [item.text for item in found.items] == ["ading"]
    assert found.items[0].probability > 0.5
    assert any("beginning" in note for note in found.notes)


@pytest.mark.usefixtures("judged")
def test_where_all_is_shown_it_is_still_told_what_would_be(tmp_path: Path) -> None:
    item = answer(tmp_path, show_above=0.0).items[0]

    assert item.text == "mon + leading"
    assert item.features["shorter_worth"] > 0.0
    assert not would_show(0.99, {**item.features, "shorter_worth": 99.0}, 0.25), "a part is worth more"


@pytest.mark.usefixtures("judged")
def test_the_sure_part_of_an_unsure_line_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Judging, "sure_of", "mon")
    monkeypatch.setattr(gate, "fitted", lambda name="gate": Gate({"written": 5.0}, -2.0))
    found = answer(tmp_path)

    assert [item.text for item in found.items] == ["mon +"], "all but the last word of `mon + leading`"
    assert found.items[0].probability > 0.9
    assert answer(tmp_path, beginnings=False).silent == "not sure enough"
    assert [item.text for item in answer(tmp_path, line_parts=False).items] == ["mon"]


@pytest.mark.usefixtures("judged")
def test_beginnings_can_be_switched_off_and_made_rarer(tmp_path: Path) -> None:
    assert answer(tmp_path, beginnings=False).silent == "not sure enough"
    assert answer(tmp_path, show_above=0.6).silent == "not sure enough"


@pytest.mark.usefixtures("judged")
def test_a_word_that_the_project_avoids_is_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ways = Avoided({"leading": "deprecated in b.py:7"}, {"leading": frozenset({"other.py"})})
    monkeypatch.setattr(ProjectSteering, "avoided", lambda self, root: ways)

    assert answer(tmp_path).silent == "not sure enough"
    assert answer(tmp_path, name_bias=False).items
    at_home = Avoided(ways.names, {"leading": frozenset({"main.py"})})
    monkeypatch.setattr(ProjectSteering, "avoided", lambda self, root: at_home)
    assert answer(tmp_path).items


@pytest.mark.usefixtures("judged")
def test_two_letters_are_not_worth_a_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Judging, "sure_of", "ft")
    monkeypatch.setattr(beginnings, "proposed", lambda around, answers: ["ft", "ading"])

    assert answer(tmp_path).silent == "not sure enough"


def test_what_travels_with_the_program_uses_what_is_computed() -> None:
    around = uses(cursor_in("le"))
    features = features_of("ading", Judged((1,), (-1.0,), -1.0), around, [], [])

    assert set(beginnings.fitted().weights) <= set(features)
