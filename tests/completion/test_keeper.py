"""Look-ups are kept while the cursor stays near, and keep their order when they are made anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from inhouse.completion.keeper import ContextKeeper, in_kept_order
from inhouse.context import Chunk


def chunk(name: str) -> Chunk:
    return Chunk(f"{name}.py", 1, 2, f"text of {name}", "window", 1.0, False)


class LookUp:
    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.calls = 0

    def __call__(self) -> Sequence[Chunk]:
        self.calls += 1
        return [chunk(letter) for letter in self.answers[min(self.calls, len(self.answers)) - 1]]


def names(chunks: Sequence[Chunk]) -> str:
    return "".join(found.path[0] for found in chunks)


def test_typing_near_by_looks_up_once() -> None:
    keeper, look_up = ContextKeeper(), LookUp("ab", "cd")

    assert {names(keeper.chunks("x.py", line, look_up)) for line in (10, 10, 11, 16, 4)} == {"ab"}
    assert look_up.calls == 1


def test_a_file_that_is_gone_is_not_kept() -> None:
    keeper, look_up = ContextKeeper(), LookUp("ab", "b")
    keeper.chunks("x.py", 10, look_up, lambda _: True)

    assert names(keeper.chunks("x.py", 10, look_up, lambda path: path != "a.py")) == "b"
    assert names(keeper.chunks("x.py", 10, look_up, lambda path: path != "a.py")) == "b"
    assert look_up.calls == 2


def test_a_librarys_file_is_not_looked_for_in_the_project() -> None:
    keeper, library = ContextKeeper(), replace(chunk("a"), kind="library", source="/env/a.py")

    first = keeper.chunks("x.py", 10, lambda: [library], lambda _: False)

    assert keeper.chunks("x.py", 10, lambda: [chunk("b")], lambda _: False) == first == (library,)


def test_a_cursor_that_moved_away_asks_again() -> None:
    keeper, look_up = ContextKeeper(), LookUp("ab", "cd")
    keeper.chunks("x.py", 10, look_up)

    assert names(keeper.chunks("x.py", 17, look_up)) == "cd"


def test_an_empty_answer_is_asked_for_again() -> None:
    keeper, look_up = ContextKeeper(), LookUp("", "cd")
    keeper.chunks("x.py", 10, look_up)

    assert names(keeper.chunks("x.py", 10, look_up)) == "cd"


def test_files_are_kept_apart() -> None:
    keeper, look_up = ContextKeeper(), LookUp("ab", "cd")
    keeper.chunks("x.py", 10, look_up)

    assert names(keeper.chunks("y.py", 10, look_up)) == "cd"
    assert names(keeper.chunks("x.py", 10, look_up)) == "ab"


def test_what_is_still_wanted_keeps_its_place_at_the_beginning() -> None:
    before, now = [chunk(letter) for letter in "abc"], [chunk(letter) for letter in "dba"]

    assert names(in_kept_order(before, now)) == "abd"
    assert names(in_kept_order([chunk("z")], now)) == "dba"
