"""A project that is followed tries its first answers on its commonest languages while nobody asks."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from inhouse.context import Project
from inhouse.context.looking import Looking
from inhouse.context.rehearsal import samples
from inhouse.context.store import FileRow

Tree = Callable[[Mapping[str, str | bytes]], Path]
Open = Callable[[Path], Project]


def row(path: str, language: str, lines: int) -> FileRow:
    return FileRow(0, path, language, 1, 1, b"", lines, 1, 1, 1)


def test_a_file_of_middle_size_for_each_common_language() -> None:
    rows = [row(f"{number}.py", "python", number) for number in range(21)]
    rows += [row("long.go", "go", 9), row("short.go", "go", 1), row("middle.go", "go", 5), row("a.lua", "lua", 3)]

    assert samples(rows) == ["10.py", "middle.go"]
    assert samples([]) == []


def test_each_of_them_is_asked_about_once_the_project_is_followed(
    tree: Tree, open_project: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tree({"a.py": "import b\n", "b.py": "x = 1\n", "c.go": "package c\n"})
    project = open_project(root)
    project.refresh()
    asked: list[str] = []
    rehearse = Looking.rehearse

    def noted(self: Looking, path: Path, text: str, offset: int) -> bool:
        asked.append(path.name)
        return len(asked) != 1 and rehearse(self, path, text, offset)  # the first one is ended by a query

    monkeypatch.setattr(Looking, "rehearse", noted)
    project.watch()

    assert project.settle(20)
    assert asked == ["b.py", "b.py", "c.go"]
