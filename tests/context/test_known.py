"""Whether a name is known at a cursor, and by what."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from inhouse.context import Project

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
