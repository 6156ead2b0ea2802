"""Whether a name is known at a cursor, and by what."""

import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import cast

import pytest

from inhouse.context import Project
from inhouse.context.known import LibraryNames, is_builtin_member
from inhouse.context.libraries import Libraries
from inhouse.context.outline import Import

Tree = Callable[[Mapping[str, str | bytes]], Path]
Open = Callable[[Path], Project]

USER = """import json
import thing
from store import Shelf

def use(box):
    seen = []
    box.fileWord()
    """
FILES = {
    "store.py": "class Shelf:\n    def put(self): ...\n\ndef usesOnly(a):\n    return a.only_used\n",
    "user.py": USER,
    ".venv/lib/python3.11/site-packages/thing/__init__.py": (
        "from .deep import *\nclass Made:\n    def of_member(self): ...\n"
    ),
    ".venv/lib/python3.11/site-packages/thing/deep.py": "def in_the_deep(): ...\n",
}
NAMES = [
    ("seen", "local"),
    ("box", "parameter"),
    ("use", "function"),
    ("Shelf", "import"),
    ("print", "builtin"),
    ("fileWord", "file"),
    ("put", "project"),
    ("only_used", "project"),
    ("usesOnly", "project"),
    ("usesonly", ""),
    ("append", "library"),
    ("of_member", "library"),
    ("in_the_deep", "library"),
    ("dumps", "library"),
    ("invented", ""),
]


@pytest.fixture
def project(tree: Tree, open_project: Open) -> Project:
    """A project with an environment of its own."""
    found = open_project(tree(FILES))
    found.refresh()
    return found


@pytest.mark.parametrize(("name", "wanted"), NAMES)
def test_a_name_is_known_by_the_nearest_thing(project: Project, name: str, wanted: str) -> None:
    deadline = time.monotonic() + 20
    found = "unread"
    while found == "unread" and time.monotonic() < deadline:
        found = project.where(project.root / "user.py", USER, len(USER), name)

    assert found == wanted


def test_nothing_is_denied_while_a_library_is_read(project: Project) -> None:
    assert project.where(project.root / "user.py", USER, len(USER), "invented") == "unread"


def test_what_the_project_knows_follows_the_editor(project: Project) -> None:
    assert not project.knows("comes_new")

    project.update(project.root / "new.py", "def comes_new(): ...\n")
    assert project.settle(20)

    assert project.knows("comes_new")
    assert not project.knows("Comes_new")


class Shelves:
    """Libraries of three names each, that note what is read and by how many at once."""

    def __init__(self) -> None:
        self.read: list[str] = []
        self.alone: list[bool] = []
        self._lock = threading.Lock()
        self.go = threading.Event()

    def vocabulary(self, language: str, own: str, module: str) -> frozenset[str]:
        self.alone.append(self._lock.acquire(blocking=False))
        assert self.go.wait(20)
        self.read.append(module)
        self._lock.release()
        return frozenset(f"{module}_{number}" for number in range(3))


def imports_of(*modules: str) -> list[Import]:
    return [Import(module, "x", "") for module in modules]


def settled(names: LibraryNames, name: str, imports: list[Import]) -> bool:
    deadline = time.monotonic() + 20
    while (found := names.has(name, "python", "a.py", imports)) is None and time.monotonic() < deadline:
        pass
    assert found is not None
    return found


def test_a_file_with_many_imports_has_one_reader_and_is_read_once() -> None:
    shelves = Shelves()
    names = LibraryNames(cast("Libraries", shelves), kept_names=30)
    many = imports_of(*(f"m{number}" for number in range(40)))
    assert names.has("nowhere", "python", "a.py", many) is None
    shelves.go.set()

    assert not settled(names, "nowhere", many)
    assert settled(names, "m39_2", many)
    assert sorted(shelves.read) == sorted({item.module for item in many})
    assert all(shelves.alone)


def test_a_name_may_be_known_by_its_beginning() -> None:
    shelves = Shelves()
    shelves.go.set()
    names = LibraryNames(cast("Libraries", shelves), kept_names=30)
    imports = imports_of("shelf")

    assert settled(names, "shelf_2", imports)
    assert not settled(names, "shelf", imports)
    assert names.has("shelf_", "python", "a.py", imports, whole=False)
    assert not names.has("shelves", "python", "a.py", imports, whole=False)
    assert is_builtin_member("python", "appe", whole=False)
    assert not is_builtin_member("python", "appe")


def test_libraries_of_files_long_left_are_forgotten() -> None:
    shelves = Shelves()
    shelves.go.set()
    names = LibraryNames(cast("Libraries", shelves), kept_names=6)
    for module in ("a", "b", "a", "c"):
        assert settled(names, f"{module}_1", imports_of(module))
    assert shelves.read == ["a", "b", "c"]

    assert settled(names, "b_1", imports_of("b"))
    assert shelves.read[-1] == "b"
