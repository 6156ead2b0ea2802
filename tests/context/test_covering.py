"""The windows for a cursor: chosen together, at half blocks, joined where they touch, as many lines as are told."""

from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path

from inhouse.context import Chunk, Project
from inhouse.context.covering import MOST_LINES

Tree = Callable[[Mapping[str, str | bytes]], Path]
Open = Callable[[Path], Project]

TEXT = "def handle(request):\n    shelf = request.shelf\n    "


def windows(project: Project, budget: int = 100_000) -> list[Chunk]:
    chunks = project.gather(project.root / "new.py", TEXT, len(TEXT), budget)
    return [chunk for chunk in chunks if chunk.kind == "window"]


def filled(place: int, what: str, lines: int = 60) -> str:
    """A file of so many different lines with something at one of them, from 1."""
    plain = [f"filler_{number} = compute({number})" for number in range(1, lines + 1)]
    plain[place - 1 : place] = what.split("\n")
    return "\n".join(plain) + "\n"


LIKE = "    shelf = request.shelf\n    shelf.weigh_all(request)"


def test_no_more_lines_than_five_windows_of_twenty(tree: Tree, open_project: Open) -> None:
    project = open_project(tree({f"h{n}.py": filled(31, f"{LIKE}_{n}") for n in range(12)} | {"new.py": ""}))
    project.refresh()

    found = project.windows(project.root / "new.py", TEXT, len(TEXT))

    assert 0 < sum(chunk.end_line - chunk.start_line + 1 for chunk in found) <= MOST_LINES
    for chunk in found:
        lines = (project.root / chunk.path).read_text(encoding="utf-8").split("\n")
        assert chunk.text == "\n".join(lines[chunk.start_line - 1 : chunk.end_line])


def test_windows_begin_at_half_blocks_and_hold_what_is_like_the_cursor(tree: Tree, open_project: Open) -> None:
    project = open_project(tree({"like.py": filled(34, LIKE), "new.py": ""}))
    project.refresh()

    [*found] = windows(project)

    assert all((chunk.start_line - 1) % 5 == 0 for chunk in found)
    assert any("weigh_all" in chunk.text for chunk in found)


def test_windows_that_touch_are_one_and_no_line_comes_twice(tree: Tree, open_project: Open) -> None:
    near = "\n".join(f"    shelf.weigh_{number}(request.shelf)" for number in range(45))
    project = open_project(tree({"like.py": filled(11, near), "new.py": ""}))
    project.refresh()

    found = windows(project)

    spans = sorted((chunk.start_line, chunk.end_line) for chunk in found)
    assert all(end + 1 < start for (_, end), (start, _) in pairwise(spans))
    lines = [line for chunk in found for line in chunk.text.split("\n")]
    assert len(lines) == len(set(lines))
    assert max(end - start for start, end in spans) > 20


def test_a_second_window_brings_other_names_than_the_first(tree: Tree, open_project: Open) -> None:
    same = "    shelf = request.shelf\n    shelf.weigh_{0}(request)\n    other_{1} = shelf"
    files = {f"h{n}.py": filled(31, same.format("often" if n < 6 else "rarely", n)) for n in range(8)}
    project = open_project(tree({**files, "new.py": ""}))
    project.refresh()

    text = "\n".join(chunk.text for chunk in windows(project))

    assert "weigh_often" in text
    assert "weigh_rarely" in text


def test_a_small_budget_takes_windows_of_one_block(tree: Tree, open_project: Open) -> None:
    project = open_project(tree({"like.py": filled(31, LIKE), "new.py": ""}))
    project.refresh()

    assert all(chunk.end_line - chunk.start_line < 20 for chunk in windows(project, 2500))
