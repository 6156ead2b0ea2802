"""Which names of a suggestion are asked about, which exist nowhere, and when another's way intrudes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from inhouse.context import Project
from inhouse.replay.cases import copies_of
from inhouse.replay.names import Names, intrudes, names_of


@pytest.mark.parametrize(
    ("text", "language", "names"),
    [
        ("load(path, mode=fast)", "python", ["load", "path", "fast"]),
        ("total = total + other", "python", ["other"]),
        ("with open(path) as file: file.read()", "python", ["open", "path", "read"]),
        ("def fresh(self, path):", "python", ["path"]),
        ('say("not a name") # nor this', "python", ["say"]),
        ("a / b // not code", "javascript", ["a", "b"]),
        ("const size = width * 2;", "javascript", ["width"]),
        ("if x == y:", "python", ["x", "y"]),
        ("", "python", []),
    ],
)
def test_names_that_are_used_and_not_bound(text: str, language: str, names: list[str]) -> None:
    assert names_of(text, language) == names


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    root = tmp_path / "project"
    root.mkdir()
    (root / "shelf.py").write_text("class Shelf:\n    def add_parcel(self, parcel):\n        return parcel\n")
    project = Project(root, tmp_path / "cache")
    project.refresh()
    yield project
    project.close()


def test_invented_names_are_those_known_nowhere(project: Project) -> None:
    names = Names(project)
    prefix = "import os\nfrom shelf import Shelf\n\n\ndef run(size):\n    "

    assert names.invented("a.py", prefix, "\n", "Shelf().add_parcel(size)") == (0, 3)
    assert names.invented("a.py", prefix, "\n", "Shelf().add_wagon(len(size))") == (1, 4)
    assert names.invented("a.py", prefix + "Shelf().add_par", "\n", "cel(size)") == (0, 2)
    assert names.invented("a.py", prefix + "from somewhere import ", "\n", "anything") == (0, 0)
    assert names.invented("notes.txt", "", "", "anything") == (0, 0)


def test_the_foreign_name_in_the_place_of_the_house_one_intrudes(project: Project) -> None:
    pair = ("print0", "print")
    names = Names(project, [pair])

    assert names.house_pair("print0(loss)") == pair
    assert names.house_pair("report(loss)") is None
    assert intrudes("print(loss)", pair)
    assert not intrudes("print0(loss)", pair)
    assert not intrudes("footprint(loss)", pair)


def test_copies_are_found_by_what_stands_together() -> None:
    text = "".join(f"def function_{number}(path):\n    return compute(path, {number})\n" for number in range(20))
    texts = {"a.py": text, "copy.py": text.replace("function_3", "other"), "part.py": text[: len(text) // 3]}
    texts["apart.py"] = "".join(f"class Thing{number}:\n    size = {number}\n" for number in range(20))

    found = copies_of(texts)

    assert found["a.py"] == ("copy.py", "part.py")
    assert "apart.py" not in found
