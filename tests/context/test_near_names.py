"""The list of names that similar lines use: which, in what order, how long, and from where."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from inhouse.context import Project
from inhouse.context.near_names import names_chunk, ranked
from inhouse.context.windows import Window

Tree = Callable[[Mapping[str, str | bytes]], Path]
Open = Callable[[Path], Project]

NEAR = Window("near.py", 1, 10, 4.0)
FAR = Window("far.py", 11, 20, 1.0)


@pytest.mark.parametrize("budget", [0, 10, 20, 60, 500])
def test_the_list_fits_and_is_a_comment(budget: int) -> None:
    names = [f"name_{number}" for number in range(60)]

    chunks = names_chunk("python", [NEAR, FAR], names, budget)

    assert sum(len(chunk.text) + len(chunk.path) for chunk in chunks) <= budget
    for chunk in chunks:
        lines = chunk.text.split("\n")
        assert all(line.startswith("# name_") and len(line) < 120 for line in lines)
        said = [name for line in lines for name in line.removeprefix("# ").split(", ")]
        assert said == names[: len(said)]
        assert (chunk.path, chunk.start_line, chunk.kind) == ("near.py", 1, "names")


def test_names_come_by_their_worth_then_by_the_alphabet_and_old_ones_last() -> None:
    assert ranked({"b": 1.0, "a": 1.0, "old": 9.0, "best": 2.0}, {"old"}) == ["best", "a", "b", "old"]


def test_no_window_no_list() -> None:
    assert names_chunk("python", [], ["name"], 100) == []


def test_a_small_budget_still_has_the_names_of_like_lines(tree: Tree, open_project: Open) -> None:
    handler = "def handle_{0}(request):\n    shelf = request.shelf_{0}\n    return weigh_{0}(shelf)\n"
    files = {f"h{n}.py": handler.format(n) + "padding = 1\n" * 60 for n in range(9)}
    project = open_project(tree({**files, "new.py": ""}))
    project.refresh()
    text = "def handle_new(request):\n    "

    chunks = project.gather(project.root / "new.py", text, len(text), 700)

    [names] = [chunk.text for chunk in chunks if chunk.kind == "names"]
    windows = "\n".join(chunk.text for chunk in chunks if chunk.kind == "window")
    assert all(f"weigh_{n}" in names + windows for n in range(9))
    assert "request" not in names
