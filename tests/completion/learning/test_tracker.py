"""What became of a suggestion is inferred from the document's edits alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inhouse.completion.learning.edits import Edit, Position, behind, moved
from inhouse.completion.learning.tracker import Read, Settled, Shown, Tracker


class Desk:
    """A document with a tracker, a clock and a cursor."""

    def __init__(self, marked: str) -> None:
        self.now = 1000.0
        self.text = marked.replace("█", "")
        self.at = marked.index("█")
        self.told: list[Settled] = []
        self.tracker = Tracker(lambda: self.now, self.told.append)

    def position(self, offset: int) -> Position:
        return behind((0, 0), self.text[:offset])

    def offset(self, position: Position) -> int:
        lines = self.text.split("\n")
        if position[0] >= len(lines):
            return len(self.text)
        return sum(len(line) + 1 for line in lines[: position[0]]) + min(position[1], len(lines[position[0]]))

    def read(self, start: Position, end: Position) -> str:
        return self.text[self.offset(start) : self.offset(end)]

    def show(self, text: str, number: int = 1) -> bool:
        place = self.position(self.at)
        return self.tracker.shown(Shown(number, "a.py", place, text, 0, self.text[: self.at], 0.5, "model", 20.0))

    def replace(self, start: int, end: int, text: str) -> None:
        edit = Edit(self.position(start), self.position(end), text)
        self.text = self.text[:start] + text + self.text[end:]
        self.at = start + len(text)
        self.tracker.changed("a.py", [edit], self.read)

    def type(self, keys: str) -> None:
        for key in keys:
            self.replace(self.at, self.at, key)

    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.tracker.due(lambda _: self.read)

    @property
    def outcomes(self) -> list[tuple[str, int]]:
        return [(settled.outcome, settled.after_s) for settled in self.told]


def test_accepted_as_a_whole() -> None:
    desk = Desk("x = █\n")
    desk.show("value + 1")
    desk.replace(desk.at, desk.at, "value + 1")
    desk.tracker.accepted(1)

    (settled,) = desk.told
    assert (settled.outcome, settled.after_s, settled.accepted) == ("accepted", 0, 9)


def test_the_editor_may_tell_before_the_text_is_there() -> None:
    desk = Desk("x = █\n")
    desk.show("y")
    desk.tracker.accepted(1)
    desk.type("y")

    assert (desk.outcomes, desk.told[0].accepted) == ([("accepted", 0)], 1)


def test_the_editor_may_tell_after_it() -> None:
    desk = Desk("x = █\n")
    desk.show("y")
    desk.type("y")
    desk.tracker.accepted(1)
    desk.wait(15)

    assert desk.outcomes == [("typed", 0), ("accepted", 15)]


@pytest.mark.parametrize(
    ("text", "edits", "outcome", "accepted"),
    [
        ("value + 1", ["value", "9"], "word", 5),
        ("one()\ntwo()", ["one()", "x"], "line", 5),
        ("value + 1", ["value", " + 1"], "accepted", 9),
        ("value", ["v", "a", "l", "u", "e"], "typed", 0),
        ("value", ["v", "alue"], "accepted", 4),
        ("value", ["o"], "typed over", 0),
        ("value", ["v", "o"], "typed over", 0),
        ("(x)", ["()", "y"], "typed over", 0),
        ("\n    y = 1", ["\n    ", "z"], "typed over", 0),
    ],
)
def test_parts_are_inferred_from_the_text(text: str, edits: list[str], outcome: str, accepted: int) -> None:
    desk = Desk("x = █\n")
    desk.show(text)
    for edit in edits:
        desk.replace(desk.at, desk.at, edit)
        if edit == "()":
            desk.at -= 1

    assert [(settled.outcome, settled.accepted) for settled in desk.told] == [(outcome, accepted)]


def test_a_replaced_bracket_is_no_accept() -> None:
    desk = Desk("f(█)\n")
    desk.show("x)")
    desk.type("x")

    assert desk.outcomes == [("typed", 0)]


@pytest.mark.parametrize(
    ("instead", "outcomes"),
    [("", ["accepted", "deleted", "deleted"]), ("value", ["accepted", "accepted", "accepted"])],
)
def test_what_is_accepted_and_gone_was_deleted(instead: str, outcomes: list[str]) -> None:
    desk = Desk("x = █\n")
    desk.show("value + 1")
    desk.replace(4, 4, "value + 1")
    desk.replace(4, 13, instead)
    desk.wait(15)
    desk.replace(4, 4 + len(instead), "value + 1")
    desk.wait(15)

    assert [outcome for outcome, _ in desk.outcomes] == outcomes


def test_taken_back() -> None:
    desk = Desk("x = █\n")
    desk.show("value")
    desk.type("va")
    desk.replace(desk.at - 1, desk.at, "")

    assert desk.outcomes == [("typed over", 0)]


def test_a_part_was_accepted_even_if_another_suggestion_follows() -> None:
    desk = Desk("x = █\n")
    desk.show("value + 1", 1)
    desk.replace(desk.at, desk.at, "value")
    desk.show(" + other", 2)

    assert [(settled.outcome, settled.accepted) for settled in desk.told] == [("word", 5)]


def test_the_rest_of_a_suggestion_is_no_new_one() -> None:
    desk = Desk("x = █\n")
    assert desk.show("value", 1)
    desk.type("va")
    assert not desk.show("lue", 2)
    desk.replace(desk.at, desk.at, "lue")

    assert desk.outcomes == [("accepted", 0)]


def test_the_editor_may_tell_of_the_rest() -> None:
    desk = Desk("x = █\n")
    desk.show("va", 1)
    desk.type("v")
    desk.show("a", 2)
    desk.type("a")
    desk.tracker.accepted(2)
    desk.wait(15)

    assert desk.outcomes == [("typed", 0), ("accepted", 15)]


def test_an_alternative_may_be_the_one() -> None:
    desk = Desk("x = █\n")
    shown = Shown(1, "a.py", desk.position(desk.at), "value", 0, "x = ", 0.5, "model", 1.0, ("other", "more"))
    desk.tracker.shown(shown)
    desk.replace(desk.at, desk.at, "other")

    assert [(settled.outcome, settled.shown.text) for settled in desk.told] == [("accepted", "other")]


def test_a_suggestion_elsewhere_ends_the_old_one() -> None:
    desk = Desk("x = █\ny\n")
    desk.show("value", 1)
    desk.at = len(desk.text)
    desk.show("other", 2)

    assert desk.outcomes == [("ignored", 0)]


def test_edits_elsewhere_leave_it_alone() -> None:
    desk = Desk("import a\nx = █\ny\n")
    desk.show("value")
    cursor = desk.at
    desk.replace(0, 0, "import b\n")
    desk.replace(len(desk.text), len(desk.text), "z = 1\n")
    desk.at = cursor + len("import b\n")
    desk.replace(desk.at, desk.at, "value")

    assert desk.outcomes == [("accepted", 0)]


def test_what_survives_is_looked_at_five_times() -> None:
    desk = Desk("x = █\n")
    desk.show("value + other")
    desk.replace(desk.at, desk.at, "value + other")
    desk.wait(15)
    start = desk.text.index("other")
    desk.replace(start, start + 5, "another")
    desk.at = len(desk.text)
    desk.type("more = 1\n")
    desk.wait(15)
    desk.wait(1000)

    checks = [(settled.after_s, settled.kept, settled.size) for settled in desk.told[1:]]
    assert checks == [(15, 11, 11), (30, 6, 11), (120, 6, 11), (300, 6, 11), (600, 6, 11)]
    assert desk.told[-1].became == "value + another"


def test_a_reformatted_file_keeps_its_tokens() -> None:
    desk = Desk("def f():\n  x = █\n")
    desk.show("[a,b]")
    desk.replace(desk.at, desk.at, "[a,b]")
    desk.replace(0, len(desk.text), "def f():\n    x = [a, b]\n")
    desk.wait(15)

    assert (desk.told[-1].kept, desk.told[-1].size) == (5, 5)


def test_what_the_user_wrote_instead_is_the_rest_of_the_line() -> None:
    desk = Desk("x = █\nnext\n")
    desk.show("value")
    desk.type("vision()")
    desk.wait(30)

    assert desk.told[-1].became == "vision()"
    assert (desk.told[-1].kept, desk.told[-1].outcome) == (0, "typed over")


def test_a_deleted_suggestion_is_not_kept() -> None:
    desk = Desk("x = █\ny\n")
    desk.show("value")
    desk.replace(desk.at, desk.at, "value")
    desk.replace(0, desk.text.index("y"), "")
    desk.wait(15)

    assert (desk.told[-1].after_s, desk.told[-1].kept) == (15, 0)


def test_closing_the_document_ends_everything() -> None:
    desk = Desk("x = █\n")
    desk.show("value")
    desk.replace(desk.at, desk.at, "value")
    desk.show("more")
    desk.tracker.closed("a.py", desk.read)

    assert desk.outcomes == [("accepted", 0), ("ignored", 0), ("accepted", 30)]
    assert desk.tracker.due(lambda _: desk.read) is None


def test_right_behind_an_accept_until_the_next_edit() -> None:
    desk = Desk("x = █\n")
    desk.show("value")
    desk.replace(desk.at, desk.at, "value")
    assert desk.tracker.just_accepted("a.py") == (0, 9)
    desk.type("!")
    assert desk.tracker.just_accepted("a.py") is None


def test_the_next_check_is_announced() -> None:
    desk = Desk("x = █\n")
    desk.show("value")
    desk.replace(desk.at, desk.at, "value")

    def reader(_: str) -> Read | None:
        return desk.read

    assert desk.tracker.due(reader) == desk.now + 15
    desk.now += 20
    assert desk.tracker.due(reader) == desk.now + 10


SMALL = st.text(alphabet="ab\n", max_size=8)


@given(SMALL, st.integers(0, 8), st.integers(0, 8), SMALL, st.integers(0, 8))
def test_positions_move_with_the_text(text: str, one: int, two: int, new: str, mark: int) -> None:
    start, end = sorted((min(one, len(text)), min(two, len(text))))
    mark = min(mark, len(text))
    edit = Edit(behind((0, 0), text[:start]), behind((0, 0), text[:end]), new)
    after = text[:start] + new + text[end:]
    if mark <= start:
        wanted = mark
    elif mark < end:
        wanted = start
    else:
        wanted = mark + len(new) - (end - start)

    assert moved(behind((0, 0), text[:mark]), edit) == behind((0, 0), after[:wanted])
