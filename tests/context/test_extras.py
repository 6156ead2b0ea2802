"""The convention card and recent edits: what is offered without being searched for."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inhouse.context import Project
from inhouse.context.extras import RecentPlaces, changed_line

Tree = Callable[[Mapping[str, str | bytes]], Path]
Open = Callable[[Path], Project]

LOG: str = "import logging\n\n\ndef shop_log(name):\n    return logging.getLogger(name)\n"


def test_mined_house_ways_come_as_real_lines(tree: Tree, open_project: Open) -> None:
    users: dict[str, str | bytes] = {
        f"u{n}.py": f"from log import shop_log\n\nlog = shop_log('u{n}')\n" for n in range(3)
    }
    project = open_project(tree({"log.py": LOG, **users, "fresh.py": ""}))
    project.refresh()
    assert project.gather(project.root / "fresh.py", "x = \n", 4, 2000) == []

    project.conventions()
    chunks = project.gather(project.root / "fresh.py", "x = \n", 4, 2000)

    assert [(chunk.kind, chunk.path, chunk.start_line, chunk.text) for chunk in chunks] == [
        ("convention", "u0.py", 3, "log = shop_log('u0')")
    ]
    assert chunks[0].stable
    knows = "from log import shop_log\n\nlog = shop_log('me')\nx = \n"
    kinds = [chunk.kind for chunk in project.gather(project.root / "fresh.py", knows, len(knows) - 1, 2000)]
    assert "convention" not in kinds


def test_a_place_edited_in_another_file_is_offered(tree: Tree, open_project: Open) -> None:
    project = open_project(tree({"a.py": "", "b.py": "one = 1\ntwo = 2\n"}))
    project.refresh()
    other = project.root / "b.py"
    project.update(other, "one = 1\ntwo = 2\n")
    project.update(other, "one = 1\ntwo = weigh_moon(2)\n")
    assert project.settle(20)

    chunks = project.gather(project.root / "a.py", "", 0, 2000)

    assert [(chunk.kind, chunk.path, chunk.start_line, chunk.text) for chunk in chunks] == [
        ("recent", "b.py", 1, "one = 1\ntwo = weigh_moon(2)")
    ]
    assert project.gather(other, "one = 1\n", 0, 2000) == []


def test_a_place_looked_at_is_offered_behind_the_edited_ones(tree: Tree, open_project: Open) -> None:
    lines = "".join(f"value_{n} = {n}\n" for n in range(40))
    project = open_project(tree({"a.py": "", "b.py": lines, "c.py": "one = 1\n", "d.py": "two = 2\n"}))
    project.refresh()
    project.viewed(project.root / "b.py", 20)
    project.viewed(project.root / "a.py", 1)
    project.viewed(Path("/elsewhere/e.py"), 1)

    def recent() -> list[tuple[str, int, int]]:
        chunks = project.gather(project.root / "a.py", "", 0, 4000)
        return [(chunk.path, chunk.start_line, chunk.end_line) for chunk in chunks if chunk.kind == "recent"]

    assert recent() == [("b.py", 16, 24)]

    project.update(project.root / "c.py", "one = 1\n")
    project.update(project.root / "c.py", "one = 2\n")
    project.viewed(project.root / "c.py", 1)
    assert project.settle(20)
    assert recent() == [("c.py", 1, 2), ("b.py", 16, 24)]


@pytest.mark.parametrize("path", ["secrets.py", "private/keys.py", "deploy/prod.env", "out/made.py"])
def test_a_place_in_a_secret_or_ignored_file_is_never_offered(tree: Tree, open_project: Open, path: str) -> None:
    """Edited in the editor and looked at on the disk: neither text may reach a prompt."""
    project = open_project(tree({"a.py": "", ".gitignore": "private/\n", path: "TOKEN = 'on-the-disk'\n"}))
    project.refresh()
    hidden = project.root / path
    project.viewed(hidden, 1)
    assert project.gather(project.root / "a.py", "", 0, 2000) == []

    project.update(hidden, "TOKEN = 'on-the-disk'\n")
    project.update(hidden, "TOKEN = 'in-the-editor'\n")
    assert project.settle(20)
    assert project.gather(project.root / "a.py", "", 0, 2000) == []


def test_a_place_is_no_longer_offered_once_its_file_is_ignored(tree: Tree, open_project: Open) -> None:
    project = open_project(tree({"a.py": "", "b.py": "one = 1\n"}))
    project.refresh()
    project.viewed(project.root / "b.py", 1)
    assert [chunk.path for chunk in project.gather(project.root / "a.py", "", 0, 2000)] == ["b.py"]

    (project.root / ".inhouseignore").write_text("b.py\n")
    project.refresh()
    assert project.gather(project.root / "a.py", "", 0, 2000) == []


def test_old_edits_are_forgotten_and_neighbours_are_one() -> None:
    now = [0.0]
    edits = RecentPlaces(clock=lambda: now[0])
    edits.note("a.py", "1\n2\n3\n", "1\nx\n3\n")
    edits.note("a.py", "1\nx\n3\n", "1\nx\ny\n")
    now[0] = 600.0
    edits.note("b.py", "", "z")
    assert edits.places() == [("b.py", 1), ("a.py", 3)]

    now[0] = 1000.0
    assert edits.places() == [("b.py", 1)]


@given(st.text("ab\n", max_size=20), st.text("ab\n", max_size=20))
def test_the_changed_line_is_the_first_that_differs(old: str, new: str) -> None:
    line = changed_line(old, new)

    if line is None:
        assert old == new
    else:
        assert old.split("\n")[: line - 1] == new.split("\n")[: line - 1]
        assert old != new
