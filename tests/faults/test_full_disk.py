"""A full disk, or a cache that became read-only, later: the index stays as it is, and one line says what to do."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from pathlib import Path

import pytest
from wire_client import WireClient

from inhouse.context import ContextError, Project
from inhouse.context.damage import is_damage

if sys.platform == "win32":
    pytest.skip("limits of files are Unix's", allow_module_level=True)
import resource


def write(root: Path, numbers: range) -> None:
    for number in numbers:
        (root / f"m{number}.py").write_text(f"def name_{number}(a):\n    return name_{number - 1}(a)\n" * 40)


@pytest.fixture
def indexed(tmp_path: Path) -> Iterator[Project]:
    """Thirty files in the index, and two hundred more that are not yet."""
    root = tmp_path / "project"
    root.mkdir()
    write(root, range(30))
    project = Project(root, tmp_path / "cache")
    project.refresh()
    write(root, range(30, 230))
    yield project
    project.close()


@contextmanager
def no_file_grows(beyond: int) -> Generator[None]:
    """As on a full disk: a write beyond so many bytes fails."""
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (beyond, limit[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, before)


@contextmanager
def no_page_more(project: Project) -> Generator[None]:
    """The database itself says that it is full, as it does when the disk says so."""
    connection = project._index.store.connection()
    before = connection.execute("PRAGMA max_page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {connection.execute('PRAGMA page_count').fetchone()[0] + 20}")
    try:
        yield
    finally:
        connection.execute(f"PRAGMA max_page_count = {before}")


def size(project: Project) -> int:
    return max(Path(f"{project.database}{end}").stat().st_size for end in ("", "-wal"))


FULL: dict[str, Callable[[Project], AbstractContextManager[None]]] = {
    "no file grows": lambda project: no_file_grows(size(project) + 20_000),
    "no page more": no_page_more,
}


@pytest.mark.parametrize("kind", FULL)
def test_a_disk_that_is_full_later_leaves_the_index_as_it_is(indexed: Project, kind: str) -> None:
    inode = indexed.database.stat().st_ino
    with FULL[kind](indexed), pytest.raises(ContextError) as told:
        indexed.refresh()
    assert "\n" not in str(told.value)
    assert "stays as it is; make room there" in str(told.value)
    assert indexed.knows("name_3")
    assert 30 <= indexed.figures().files < 230
    assert indexed.files().keys() >= {f"m{number}.py" for number in range(30)}
    assert indexed.refresh().files == 230
    assert indexed.knows("name_229")
    assert indexed.database.stat().st_ino == inode, "the same file all along"


def test_a_single_change_on_a_full_disk_is_told_once(indexed: Project, caplog: pytest.LogCaptureFixture) -> None:
    inode = indexed.database.stat().st_ino
    lines = "".join(f"def much_{number}(a{number}):\n    return b{number}\n" for number in range(9000))
    with no_file_grows(size(indexed) + 20_000):
        for number in range(3):
            indexed.update(indexed.root / "m3.py", f"{lines}x{number} = 1\n")
            assert indexed.settle(60)
    assert len([record for record in caplog.records if "stays as it is" in record.message]) == 1
    assert indexed.knows("name_4")
    assert indexed.database.stat().st_ino == inode


def error(code: int) -> sqlite3.OperationalError:
    found = sqlite3.OperationalError("made for a test")
    found.sqlite_errorcode = code
    return found


@pytest.mark.parametrize(
    ("code", "whole", "damaged"),
    [
        (sqlite3.SQLITE_FULL, False, True),
        (sqlite3.SQLITE_READONLY, False, False),
        (sqlite3.SQLITE_IOERR_WRITE, False, True),
        (sqlite3.SQLITE_CANTOPEN, False, False),
        (sqlite3.SQLITE_BUSY, False, False),
        (sqlite3.SQLITE_NOMEM, False, False),
        (sqlite3.SQLITE_CORRUPT, True, True),
        (sqlite3.SQLITE_NOTADB, True, True),
        (sqlite3.SQLITE_ERROR, True, True),
    ],
)
def test_what_is_damage_and_what_is_the_disk_s_fault(indexed: Project, code: int, whole: bool, damaged: bool) -> None:
    """`whole`: what is told of a database that is whole; `damaged`: of one that is written over in its middle."""
    path = indexed.database
    indexed.close()
    assert is_damage(error(code), path) == whole
    data = bytearray(path.read_bytes())
    if damaged and not whole:
        data[1024:40_000] = b"x" * (40_000 - 1024)
        path.write_bytes(data)
    assert is_damage(error(code), path) == damaged


def test_a_head_that_forbids_writing_is_damage(indexed: Project) -> None:
    path = indexed.database
    indexed.close()
    data = bytearray(path.read_bytes())
    data[18] = 9  # written by a program that is not yet
    path.write_bytes(data)
    again = Project(indexed.root, path.parent.parent)
    assert again.refresh().files == 230
    again.close()


READ_ONLY = """\
mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" || exit 77
shift
exec "$@"
"""


@cache
def read_only(folder: Path) -> list[str] | None:
    """How to start a process for which a folder is read-only; None where this machine permits it not."""
    start = ["unshare", "--map-root-user", "--mount", "sh", "-c", READ_ONLY, "sh", str(folder)]
    try:
        done = subprocess.run([*start, "true"], capture_output=True, timeout=60, check=False)
    except OSError:
        return None
    return start if done.returncode == 0 else None


@pytest.fixture
def read_only_cache(indexed: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """How to start a process for which the index's cache is read-only; nothing in the temporary folder is left."""
    cache_folder = indexed.database.parent.parent
    start = read_only(cache_folder)
    if start is None:
        pytest.skip("this machine permits no mounts of one's own (unshare --mount)")
    indexed.close()
    before = indexed.database.read_bytes()
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setenv("INHOUSE_CACHE_DIR", str(cache_folder))
    yield start
    assert indexed.database.read_bytes() == before
    assert list(temporary.iterdir()) == []


@pytest.mark.integration
@pytest.mark.skipif(sys.platform != "linux", reason="mounts of one's own are Linux's")
@pytest.mark.parametrize(
    ("command", "code"), [(["index", "."], 1), (["complete", "m3.py:2:5"], 0), (["conventions", "."], 0)]
)
def test_a_cache_that_became_read_only_is_left_as_it_is(
    indexed: Project, read_only_cache: list[str], command: list[str], code: int
) -> None:
    done = subprocess.run(
        [*read_only_cache, sys.executable, "-m", "inhouse.cli", *command],
        cwd=indexed.root, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    told = [line for line in done.stderr.splitlines() if "nothing suggested" not in line]
    assert len(told) == 1, done.stderr
    assert "INHOUSE_CACHE_DIR" in told[0]
    assert ("for this session" in told[0]) == (code == 0)


@pytest.mark.integration
@pytest.mark.skipif(sys.platform != "linux", reason="mounts of one's own are Linux's")
def test_a_server_whose_cache_is_read_only_reads_the_project_and_says_so(
    indexed: Project, read_only_cache: list[str], tmp_path: Path
) -> None:
    client = WireClient([*read_only_cache, sys.executable, "-m", "inhouse.cli", "serve"], tmp_path / "stderr")
    try:
        client.start(indexed.root, "utf-16")
        document = {"uri": (indexed.root / "m3.py").as_uri()}
        item = {**document, "languageId": "python", "version": 1, "text": "x = name_3("}
        client.notify("textDocument/didOpen", {"textDocument": item})
        place = {"textDocument": document, "position": {"line": 0, "character": 11}, "context": {"triggerKind": 1}}
        assert client.answer(client.ask("textDocument/inlineCompletion", place))["result"]["items"]
        asked = client.ask("workspace/executeCommand", {"command": "inhouse.status"})
        assert client.answer(asked)["result"]["index"] == "temporary"
        assert client.close() == 0
    finally:
        client.kill()
    assert [one for one in client.told if one["method"] == "window/showMessage"] == []
    said = (tmp_path / "stderr").read_text()
    assert said.count("INHOUSE_CACHE_DIR") == 1
    assert "Traceback" not in said
