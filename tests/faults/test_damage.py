"""Index, kept tokens and what was learnt, damaged at random bytes: used, set aside or made anew, never in the way."""

from __future__ import annotations

import random
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from wire_client import WireClient

from inhouse.completion.learning.store import Calibration, Run, Store, data_folder
from inhouse.context import ContextError, Project, TokenMemory, memory
from inhouse.context.locating import default_cache_folder

from .conftest import count, until
from .session import SERVER
from .test_kills import begun, place

SEEDS = sorted({*range(count("DAMAGES", 12)), 20, 60, 349})
"""Those by name have failed once."""


def learnt(root: Path, folder: Path) -> Path:
    store = Store(root, folder)
    store.write_learnt("t", [Run([1, 2, 3], [1.0, 2.0, 3.0], 1.0)], [(b"name", 1.0)], Calibration(0.5, 3, 1.0))
    store.close()
    return store.path


@pytest.mark.parametrize("seed", SEEDS)
def test_damaged_learnt_data_are_used_or_set_aside(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    path = learnt(tmp_path, tmp_path / "learnt")
    damage(path, rng)
    store = Store(tmp_path, tmp_path / "learnt")
    store.runs("t"), store.names(), store.calibrations(), store.shown(), store.kept()
    assert all(isinstance(one.offset, float) for one in store.calibrations().values())
    for run in store.runs("t"):
        assert all(isinstance(one, int) for one in run.ids)
    store.write_learnt("t", [Run([4], [1.0], 2.0)], [(b"other", 1.0)], Calibration(0.25, 4, 2.0))
    store.close()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_damaged_index_is_used_or_made_anew(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    root = tmp_path / "project"
    root.mkdir()
    for number in range(30):
        (root / f"m{number}.py").write_text(f"def name_{number}(a):\n    return name_{number - 1}(a)\n" * 9)
    Project(root, tmp_path / "cache").close()
    project = Project(root, tmp_path / "cache")
    project.refresh()
    project.close()
    damage(project.database, rng)
    text = "x = name_3(\n"
    again = Project(root, tmp_path / "cache")
    with suppress(ContextError):
        again.gather(root / "new.py", text, len(text) - 1, 900)
        again.knows("name_3")
        again.conventions()
    assert again.refresh().files == 30
    (root / "m3.py").write_text("def name_33(a):\n    return a\n")
    again.refresh()
    again.gather(root / "new.py", text, len(text) - 1, 900)
    again.close()


@pytest.mark.parametrize("seed", SEEDS)
def test_damaged_tokens_are_made_anew(tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the n-gram keeps between runs: never believed when a byte is wrong, never in the way."""
    monkeypatch.setattr(memory, "_SAVED_TOKENS", 1)
    root = tmp_path / "project"
    root.mkdir()
    for number in range(30):
        (root / f"m{number}.py").write_text(f"def name_{number}(a):\n    return name_{number - 1}(a)\n" * 9)
    project = Project(root, tmp_path / "cache")
    project.refresh()
    first = TokenMemory(project, lambda text: list(text.encode()), "bytes")
    assert len(first.refresh()) == 30
    first.save()
    whole = first.path.read_bytes()
    damage(first.path, random.Random(seed))
    for read in (0 if first.path.read_bytes() == whole else 30, 0):
        tokens = TokenMemory(project, lambda text: list(text.encode()), "bytes")
        assert len(tokens.refresh()) == read
        assert bytes(tokens.ngram.continuation(list(b"def name_29"), 3).ids.tolist()) == b"(a)"
        tokens.save()
    project.close()


def damage(path: Path, rng: random.Random) -> None:
    """Write over a few places, or cut the file off."""
    data = bytearray(path.read_bytes())
    if rng.random() < 0.2:
        data = data[: rng.randrange(len(data))]
    for _ in range(rng.choice((1, 4, 64))):
        if data:
            at = rng.randrange(len(data))
            new = rng.randbytes(rng.choice((1, 8, 200)))
            data[at : at + len(new)] = new
    path.write_bytes(data)
    for end in ("-wal", "-shm"):
        Path(f"{path}{end}").unlink(missing_ok=True)


@pytest.mark.skipif(sys.platform == "win32", reason="open files cannot be written over there")
@pytest.mark.parametrize("seed", range(count("LIVE_DAMAGES", 1)))
def test_what_is_damaged_while_a_server_uses_it_is_not_in_the_way(project: Path, seed: int) -> None:
    """Another program writes over the databases: this server answers on, and so does the next one."""
    rng = random.Random(seed)
    for number in range(20):
        (project / f"m{number}.py").write_text(f"def name_{number}(a):\n    return name_{number - 1}(a)\n" * 9)
    client = begun(project, [sys.executable, str(SERVER), "--seed", str(seed)])
    try:
        for round_ in range(2):
            answered(client, project)
            until("there is an index", lambda: any(databases()))
            for path in databases():
                with suppress(FileNotFoundError):  # a journal is there for a moment only
                    write_over(path, rng)
            (project / f"m{round_}.py").write_text(f"def changed_{round_}(a):\n    return a\n")
            client.answer(client.ask("workspace/executeCommand", {"command": "inhouse.conventions"}))
        answered(client, project)
        assert client.close() == 0
    finally:
        client.kill()
    client = begun(project)
    answered(client, project)
    assert client.close() == 0
    again = Project(project)
    assert again.refresh().files == 22
    again.close()


def databases() -> list[Path]:
    folders = (default_cache_folder() / "projects", data_folder())
    return [path for folder in folders for path in sorted(folder.glob("*.sqlite*")) if not path.name.endswith("-shm")]


def write_over(path: Path, rng: random.Random) -> None:
    """A few places of a file that is in use."""
    with path.open("r+b") as file:
        size = path.stat().st_size
        for _ in range(rng.choice((1, 8, 64)) if size else 0):
            file.seek(rng.randrange(size))
            file.write(rng.randbytes(rng.choice((1, 8, 200))))


def answered(client: WireClient, project: Path) -> None:
    for _ in range(3):
        answer = client.answer(client.ask("textDocument/inlineCompletion", place(project)))
        assert "result" in answer, answer
