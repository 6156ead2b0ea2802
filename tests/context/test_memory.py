"""The token memory follows the project's files and survives on the disk."""

import errno
import stat
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

from inhouse.context import Project, memory
from inhouse.context.memory import TokenMemory

Tree = Callable[[Mapping[str, str | bytes]], Path]
Open = Callable[[Path], Project]


def encode(text: str) -> list[int]:
    """One number a character: small enough to reason about."""
    return [ord(char) for char in text]


def following(tokens: TokenMemory, context: str, own: str | None = None) -> str:
    """What the memory copies after a context."""
    return "".join(chr(token) for token in tokens.ngram.continuation(encode(context), 20, own=own).ids)


@pytest.fixture
def project(tree: Tree, open_project: Open) -> Project:
    """Two files, indexed."""
    made = open_project(tree({"a.py": "def weigh_box(box):\n    return box\n", "b.py": "import a\n"}))
    made.refresh()
    return made


def test_it_learns_the_project_and_follows_its_changes(project: Project) -> None:
    tokens = TokenMemory(project, encode, "characters")
    assert len(tokens.refresh()) == 2
    assert following(tokens, "def weigh").startswith("_box(box):")
    assert len(tokens.refresh()) == 0

    (project.root / "a.py").write_text("def weigh_ship(ship):\n    return ship\n")
    (project.root / "b.py").unlink()
    project.refresh()

    assert len(tokens.refresh()) == 2, "one changed, one gone"
    assert len(tokens.refresh()) == 0
    assert following(tokens, "def weigh").startswith("_ship(ship):")
    assert tokens.ngram.files() == ["a.py"]
    assert following(tokens, "def weigh", own="a.py") == ""


def test_unsaved_text_is_learnt_too(project: Project) -> None:
    tokens = TokenMemory(project, encode, "characters")
    told: list[list[str]] = []
    project.on_change(lambda: told.append(tokens.refresh()))

    project.update(project.root / "b.py", "def weigh_moon(moon): pass\n")

    assert project.settle(20)
    assert any("b.py" in files for files in told)
    assert following(tokens, "def weigh_m").startswith("oon(moon)")


def test_it_is_kept_for_the_next_start(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_SAVED_TOKENS", 1)
    tokens = TokenMemory(project, encode, "characters")
    tokens.refresh()
    tokens.save()

    again = TokenMemory(project, encode, "characters")
    assert len(again.refresh()) == 0
    assert following(again, "def weigh").startswith("_box(box):")
    assert len(TokenMemory(project, encode, "another").refresh()) == 2


def test_a_stop_leaves_the_rest_for_the_next_time(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_BATCH_CHARS", 1)
    tokens = TokenMemory(project, encode, "characters")

    assert len(tokens.refresh(stop=lambda: True)) == 1
    assert len(tokens.refresh()) == 1


def test_what_is_kept_is_for_its_user_alone(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_SAVED_TOKENS", 1)
    tokens = TokenMemory(project, encode, "characters")
    tokens.refresh()
    tokens.path.touch(0o644)
    tokens.save()
    assert sys.platform == "win32" or stat.S_IMODE(tokens.path.stat().st_mode) == 0o600
    assert not list(tokens.path.parent.glob("*.new.*"))


def test_without_room_nothing_is_kept_and_nothing_fails(
    project: Project, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(memory, "_SAVED_TOKENS", 1)
    tokens = TokenMemory(project, encode, "characters")
    tokens.refresh()
    tokens.save()
    kept = tokens.path.read_bytes()

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(np, "savez_compressed", full)
    tokens.save()
    assert tokens.path.read_bytes() == kept
    assert not list(tokens.path.parent.glob("*.new.*"))
    assert "could not be written" in caplog.text
