"""The server is killed, stopped and resumed, or finds its folders unusable: it comes back, and nothing is lost."""

from __future__ import annotations

import random
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from wire_client import WireClient

from inhouse.completion.learning.store import Calibration, Run, Store, data_folder

from .conftest import count, tell, until
from .session import SERVER

FUZZED = [sys.executable, str(SERVER)]
SERVE = [sys.executable, "-m", "inhouse.cli", "serve", "--stdio"]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and rights are Unix's")


def test_killed_at_random_moments_it_comes_back_and_nothing_is_lost(project: Path) -> None:
    """The user's files are as the user left them, what was learnt is there, and the next server answers. Every second
    one is the program with its core; all of them are killed in the midst of typing, saving and reading."""
    learnt = Store(project)
    learnt.write_learnt("t", [Run([1, 2], [1.0, 1.0], 1.0)], [(b"kept", 1.0)], Calibration(0.5, 1, 1.0))
    learnt.close()
    files = {path: path.read_text() for path in project.rglob("*") if path.is_file()}
    rng, back, rows, killed = random.Random(3), list[float](), 0, 0
    try:
        for number in range(count("SERVER_KILLS", 4)):
            began = time.monotonic()
            client = begun(project, SERVE if number % 2 else FUZZED)
            if number % 5 == 3:  # while it starts
                threading.Event().wait(rng.uniform(0.0, 0.8))
            else:
                assert "items" in client.answer(client.ask("textDocument/inlineCompletion", place(project)))["result"]
                back.append(time.monotonic() - began)
            typed_until_killed(client, project, rng, files)
            assert {path: path.read_text() for path in project.rglob("*") if path.is_file()} == files
            rows, before = shown_so_far(project), rows
            assert rows >= before
            killed += 1
    finally:
        tell("kills of the server, until it answers again", back, killed=killed, rows_learnt=rows)
    client = begun(project)
    assert "items" in client.answer(client.ask("textDocument/inlineCompletion", place(project)))["result"]
    assert client.close() == 0
    again = Store(project)
    assert again.names().keys() >= {b"kept"}
    assert [list(run.ids) for run in again.runs("t")] == [[1, 2]]
    again.close()
    assert not list(data_folder().glob("*.damaged"))


def shown_so_far(project: Path) -> int:
    """Suggestions of which something is kept; the connection of a killed server leaves its log to be read, too."""
    learnt = Store(project)
    try:
        return len(learnt.shown())
    finally:
        learnt.close()


def typed_until_killed(client: WireClient, project: Path, rng: random.Random, files: dict[Path, str]) -> None:
    """Type, take, save and write files, which are noted, until the process dies, with all that it has started."""
    started = psutil.Process(client.process.pid)
    aside = list[psutil.Process]()

    def kill() -> None:
        aside.extend(started.children(recursive=True))
        client.process.kill()

    timer = threading.Timer(rng.uniform(0.0, 0.6), kill)
    timer.start()
    uri = (project / "basket.py").as_uri()
    with suppress(AssertionError, OSError, KeyError):  # it was killed: no answer, or a broken pipe
        for version in range(2, 10_000):
            at = {"line": 11, "character": 30 + version}
            change = {"range": {"start": at, "end": at}, "text": rng.choice("ab_(.")}
            document = {"uri": uri, "version": version}
            client.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})
            asked = client.ask("textDocument/inlineCompletion", place(project, 31 + version))
            if items := client.answer(asked)["result"]["items"]:
                client.ask("workspace/executeCommand", items[0]["command"])
            if version % 5 == 0:
                path = project / f"new_{rng.randrange(9)}.py"
                files[path] = f"def new_{version}(a):\n    return a\n"
                path.write_text(files[path])
                client.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
    timer.join()
    client.kill()
    until("the processes beside it end", lambda: not any(map(lives, aside)))


def lives(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


EDITOR = """
import sys
from pathlib import Path
sys.path[:0] = sys.argv[1:3]
from tests.faults.test_kills import begun, place
root = Path(sys.argv[3])
client = begun(root, sys.argv[4:])
print(client.process.pid, flush=True)
while True:
    client.answer(client.ask("textDocument/inlineCompletion", place(root)))
"""


def test_where_the_editor_is_killed_its_server_ends_and_the_next_one_answers(project: Path) -> None:
    here = Path(__file__).parents[1]
    rng, seconds = random.Random(5), list[float]()
    for number in range(count("EDITOR_KILLS", 1)):
        paths = [str(here / "support"), str(here.parent)]
        command = [sys.executable, "-c", EDITOR, *paths, str(project), *(SERVE if number % 2 else FUZZED)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as editor:
            assert editor.stdout is not None, "a pipe was asked for"
            server = psutil.Process(int(editor.stdout.readline()))
            time.sleep(rng.uniform(0.0, 0.4))  # the moment is what is tried
            family = [server, *server.children(recursive=True)]
            editor.kill()
            killed = time.monotonic()
            until("the server and what it started end", lambda family=family: not any(map(lives, family)))  # type: ignore[misc]
            seconds.append(time.monotonic() - killed)
    tell("kills of the editor, until its server is gone", seconds)
    client = begun(project)
    assert "items" in client.answer(client.ask("textDocument/inlineCompletion", place(project)))["result"]
    assert client.close() == 0
    assert not list(data_folder().glob("*.damaged"))


def test_stopped_and_resumed_it_answers_everything(project: Path) -> None:
    client = begun(project)
    try:
        for _ in range(count("STOPS", 5)):
            client.process.send_signal(signal.SIGSTOP)
            for _ in range(20):
                client.ask("textDocument/inlineCompletion", place(project))
            client.process.send_signal(signal.SIGCONT)
            client.settle()
        assert client.close() == 0
    finally:
        client.kill()


def test_with_folders_that_cannot_be_written_it_answers(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file stands where the folder would: nobody, root neither, can write there."""
    blocked = project.parent / "blocked"
    blocked.touch()
    for name in ("CACHE", "DATA"):
        monkeypatch.setenv(f"INHOUSE_{name}_DIR", str(blocked / "inside"))
    client = begun(project)
    try:
        for _ in range(5):
            answer = client.answer(client.ask("textDocument/inlineCompletion", place(project)))
            assert "result" in answer
        assert client.close() == 0
    finally:
        client.kill()


def test_where_files_cannot_grow_it_answers(project: Path) -> None:
    """A full disk, as near as a process can make one: no file may grow beyond 20 kB."""
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # the server inherits it: a write fails instead of ending it
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limit[1]))
    try:
        client = begun(project)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, before)
    try:
        assert "result" in client.answer(client.ask("textDocument/inlineCompletion", place(project)))
        assert "result" in client.answer(client.ask("workspace/executeCommand", {"command": "inhouse.conventions"}))
        assert client.close() == 0
    finally:
        client.kill()


def begun(root: Path, command: Sequence[str] = FUZZED) -> WireClient:
    """A server with the project's basket open."""
    client = WireClient(command)
    try:
        client.start(root, "utf-16")
    except (AssertionError, OSError):
        client.kill()
        raise
    uri, text = (root / "basket.py").as_uri(), (root / "basket.py").read_text()
    client.notify(
        "textDocument/didOpen", {"textDocument": {"uri": uri, "languageId": "python", "version": 1, "text": text}}
    )
    return client


def place(root: Path, character: int = 32) -> dict[str, object]:
    position = {"line": 11, "character": character}
    return {"textDocument": {"uri": (root / "basket.py").as_uri()}, "position": position, "context": {"triggerKind": 2}}


def test_a_line_of_ten_million_characters_is_opened_and_typed_in(project: Path) -> None:
    client = begun(project)
    uri = (project / "long.py").as_uri()
    item = {"uri": uri, "languageId": "python", "version": 1, "text": "x = 1; " * 1_430_000}
    try:
        client.notify("textDocument/didOpen", {"textDocument": item})
        for number in range(3):
            at = {"line": 0, "character": 10_010_000 + number}
            change = {"range": {"start": at, "end": at}, "text": "y"}
            document = {"uri": uri, "version": number + 2}
            client.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})
            where = {"textDocument": {"uri": uri}, "position": {**at, "character": at["character"] + 1}}
            asked = client.ask("textDocument/inlineCompletion", {**where, "context": {"triggerKind": 2}})
            assert "result" in client.answer(asked)
        assert client.close() == 0
    finally:
        client.kill()
