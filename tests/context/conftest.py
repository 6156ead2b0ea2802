"""Projects for the tests: copies of the annotated fixtures without annotations, with an index of their own."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from annotations import FIXTURES, plain
from hypothesis import settings

from inhouse.context import Project, language_of

Open = Callable[[Path], Project]

settings.register_profile("busy", deadline=None)  # machines of tests are busy: what hangs is stopped by the timeout
settings.load_profile("busy")


@pytest.fixture
def open_project(tmp_path: Path) -> Iterator[Open]:
    """Opens a project whose index lies in the test's own folder; closes it at the end."""
    opened: list[Project] = []

    def open_(root: Path) -> Project:
        project = Project(root, tmp_path / "cache")
        opened.append(project)
        return project

    yield open_
    for project in opened:
        project.close()


@pytest.fixture
def fixture_project(tmp_path: Path, open_project: Open) -> Callable[[str], Project]:
    """A copy of a language's fixture, without annotations, indexed."""

    def make(name: str) -> Project:
        root = tmp_path / name
        shutil.copytree(FIXTURES / name, root)
        for path in root.rglob("*"):
            if path.is_file() and language_of(path):
                path.write_text(plain(path.read_text(encoding="utf-8"))[0], encoding="utf-8")
        project = open_project(root)
        project.refresh()
        return project

    return make


@pytest.fixture
def tree(tmp_path: Path) -> Callable[[Mapping[str, str | bytes]], Path]:
    """Writes files into a new project folder and gives the folder."""

    def write(files: Mapping[str, str | bytes]) -> Path:
        root = tmp_path / "project"
        for name, content in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        root.mkdir(exist_ok=True)
        return root

    return write
