"""A cache folder that cannot be written from the start: a temporary one stands in, for this user and process alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from inhouse.cli import checks
from inhouse.context import Project, spare

from .conftest import until
from .test_kills import begun, place

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="rights and locks are Unix's")


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The system's temporary folder; a file stands where the cache would, so that nobody, root neither, can write."""
    folder, blocked = tmp_path / "temporary", tmp_path / "blocked"
    folder.mkdir()
    blocked.touch()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setenv(spare.VARIABLE, str(blocked / "cache"))
    before = signal.getsignal(signal.SIGTERM)
    yield folder
    spare.remove()
    signal.signal(signal.SIGTERM, before)


def test_one_folder_for_the_user_alone_is_made_and_removed(temporary: Path, tmp_path: Path) -> None:
    told = spare.take()
    (folder,) = temporary.iterdir()
    assert told is not None
    assert "\n" not in told
    assert all(word in told for word in (str(tmp_path / "blocked"), str(folder), spare.VARIABLE))
    assert spare.take() is None, "it is told once"
    assert spare.taken()
    assert folder.stat().st_mode & 0o777 == 0o700
    (tmp_path / "project").mkdir()
    project = Project(tmp_path / "project")
    assert project.database.is_relative_to(folder)
    project.close()
    spare.remove()
    assert not spare.taken()
    assert list(temporary.iterdir()) == []


def test_where_the_cache_can_be_written_nothing_is_done(
    temporary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(spare.VARIABLE, str(tmp_path / "new" / "cache"))
    assert spare.take() is None
    assert not spare.taken()
    assert list(temporary.iterdir()) == []
    assert list((tmp_path / "new" / "cache" / "projects").iterdir()) == []


def test_a_disk_without_room_is_one_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    assert spare.trouble(tmp_path) is None
    monkeypatch.setattr(Path, "write_bytes", full)
    fault = spare.trouble(tmp_path)
    assert fault is not None
    assert fault.strerror == "No space left on device"


def test_without_a_temporary_folder_all_is_as_before(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = os.environ[spare.VARIABLE]
    monkeypatch.setattr("tempfile.tempdir", str(temporary / "none"))
    assert spare.take() is None
    assert os.environ[spare.VARIABLE] == before


HOLDER = "from inhouse.context import spare; print(spare.take(), flush=True); input()"


def test_what_a_killed_process_left_is_removed_and_what_is_in_use_is_not(temporary: Path) -> None:
    (temporary / "inhouse-spare-link").symlink_to(temporary)
    with (
        subprocess.Popen([sys.executable, "-c", HOLDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as killed,
        subprocess.Popen([sys.executable, "-c", HOLDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as lives,
    ):
        for one in (killed, lives):
            assert one.stdout is not None, "a pipe was asked for"
            assert spare.VARIABLE.encode() in one.stdout.readline()
        both = folders(temporary)
        assert len(both) == 2
        killed.kill()
        killed.wait()
        assert folders(temporary) == both
        assert spare.take()
        now = folders(temporary)
        assert len(now) == 2
        assert len(now & both) == 1
        lives.communicate(b"\n")
    spare.remove()
    assert folders(temporary) == set()
    assert (temporary / "inhouse-spare-link").is_symlink()


def test_a_process_that_is_told_to_end_leaves_nothing(temporary: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as told:
        assert told.stdout is not None, "a pipe was asked for"
        assert spare.VARIABLE.encode() in told.stdout.readline()
        told.terminate()
        assert told.wait(60) == -signal.SIGTERM
    assert folders(temporary) == set()


def folders(temporary: Path) -> set[Path]:
    return {path for path in temporary.iterdir() if not path.is_symlink()}


def test_the_server_says_so_and_takes_its_folder_away(temporary: Path, project: Path) -> None:
    client = begun(project)
    try:
        asked = client.ask("workspace/executeCommand", {"command": "inhouse.status"})
        assert client.answer(asked)["result"]["index"] == "temporary"
        assert "items" in client.answer(client.ask("textDocument/inlineCompletion", place(project)))["result"]
        until("the project is in the temporary index", lambda: bool(list(temporary.rglob("*.sqlite3"))))
        assert client.close() == 0
    finally:
        client.kill()
    assert list(temporary.iterdir()) == []


@pytest.mark.integration
@pytest.mark.parametrize(
    "command", [["tour", "."], ["conventions", "."], ["bench", "latency", "--keystrokes", "5", "--threads", "1"]]
)
def test_commands_do_their_work_and_say_it_in_one_line(temporary: Path, project: Path, command: list[str]) -> None:
    function = "def function_{0}(path, value):\n    result = join(path, value)\n    return result.name_{0}\n\n\n"
    (project / "many.py").write_text("".join(map(function.format, range(24))))
    done = subprocess.run(
        [sys.executable, "-m", "inhouse.cli", *command],
        cwd=project, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("inhouse: ")]
    assert spare.VARIABLE in line
    assert "Traceback" not in done.stderr
    assert list(temporary.iterdir()) == []


@pytest.mark.usefixtures("temporary")
def test_the_doctor_says_what_is_done_meanwhile() -> None:
    found = checks.index_folder()
    assert found.state == "bad"
    assert "temporary folder" in found.detail
    assert spare.VARIABLE in (found.mend or "")
