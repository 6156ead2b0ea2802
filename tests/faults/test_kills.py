"""The server is killed, stopped and resumed, or finds its folders unusable: it comes back, and nothing is lost."""

from __future__ import annotations

import random
import resource
import signal
import sys
import time
from pathlib import Path

import pytest
from wire_client import WireClient

from inhouse.completion.learning.store import Calibration, Run, Store, data_folder

from .conftest import count
from .session import SERVER, Session

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and rights are Unix's")


def test_killed_at_random_moments_it_comes_back_and_nothing_is_lost(project: Path) -> None:
    """The user's files are as they were, what was learnt is there, and the next server answers."""
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    learnt = Store(project)
    learnt.write_learnt("t", [Run([1, 2], [1.0, 1.0], 1.0)], [(b"kept", 1.0)], Calibration(0.5, 1, 1.0))
    learnt.close()
    rng = random.Random(3)
    for _ in range(count("SERVER_KILLS", 4)):
        client = begun(project)
        client.ask("textDocument/inlineCompletion", place(project))
        time.sleep(rng.uniform(0.0, 0.2))  # the moment is what is tried
        client.kill()
    client = begun(project)
    assert "items" in client.answer(client.ask("textDocument/inlineCompletion", place(project)))["result"]
    assert client.close() == 0
    assert {path: path.read_bytes() for path in project.rglob("*") if path.is_file()} == before
    again = Store(project)
    assert again.names().keys() >= {b"kept"}
    assert [list(run.ids) for run in again.runs("t")] == [[1, 2]]
    again.close()
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


def test_many_files_change_while_somebody_types(tmp_path: Path) -> None:
    """A branch switch; INHOUSE_SWITCHED=20000 tries the number that the promise names."""
    session = Session(tmp_path, 5)
    try:
        for number in range(count("SWITCHED", 300)):
            (session.root / f"switched_{number}.py").write_text(f"def name_{number}():\n    return {number}\n")
            if number % 100 == 0:
                session.open()
                session.type()
        for _ in range(30):
            session.type()
        session.check()
        session.finish()
    finally:
        session.client.kill()


def begun(root: Path) -> WireClient:
    """A server with the project's basket open."""
    client = WireClient([sys.executable, str(SERVER)])
    client.start(root, "utf-16")
    uri, text = (root / "basket.py").as_uri(), (root / "basket.py").read_text()
    client.notify(
        "textDocument/didOpen", {"textDocument": {"uri": uri, "languageId": "python", "version": 1, "text": text}}
    )
    return client


def place(root: Path) -> dict[str, object]:
    uri = (root / "basket.py").as_uri()
    return {"textDocument": {"uri": uri}, "position": {"line": 11, "character": 32}, "context": {"triggerKind": 2}}


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
