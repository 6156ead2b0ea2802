"""The server process against random sessions: every request is answered once, the texts are the editor's, and no item
is one that an editor would not draw. `python tests/faults/fuzz.py` does the same for as long as one likes."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from wire_client import WireClient

from .conftest import count
from .session import ENCODINGS, SERVER, Session
from .texts import edited, offset_of

DEEDS = (
    "open", "edit", "replace", "type", "ask", "cancel", "accept", "save", "close", "rename", "delete", "disk",
    "configure", "folders", "command", "careless",
)  # fmt: skip


class Editor(RuleBasedStateMachine):
    """One session; hypothesis chooses the deeds and shortens what fails."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.session: Session | None = None

    @precondition(lambda self: self.session is None)
    @rule(encoding=st.sampled_from(ENCODINGS), seed=st.integers(0, 9))
    def begin(self, encoding: str, seed: int) -> None:
        self.session = Session(Path(self.folder.name), seed, encoding=encoding)

    @precondition(lambda self: self.session is not None)
    @rule(deeds=st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(0, 2**32)), min_size=1, max_size=30))
    def act(self, deeds: list[tuple[str, int]]) -> None:
        assert self.session is not None, "by the precondition"
        for name, seed in deeds:
            self.session.rng = random.Random(seed)
            getattr(self.session, name)()
        self.session.check()

    def teardown(self) -> None:
        try:
            if self.session is not None:
                self.session.finish()
        finally:
            if self.session is not None:
                self.session.client.kill()
            self.folder.cleanup()


def test_random_sessions_with_an_engine_that_says_anything() -> None:
    chosen = settings(
        max_examples=count("FUZZ_SESSIONS", 3), stateful_step_count=8, deadline=None, derandomize=True,
        suppress_health_check=list(HealthCheck), database=None,
    )  # fmt: skip
    run_state_machine_as_test(Editor, settings=chosen)


@pytest.mark.integration
def test_a_random_session_with_the_core(tmp_path: Path) -> None:
    session = Session(tmp_path, 7, core=True)
    try:
        for number in range(count("FUZZ_CORE_STEPS", 80)):
            session.step()
            if number % 20 == 19:
                session.check()
        session.finish()
    finally:
        session.client.kill()


def test_the_long_run_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    command = [sys.executable, str(Path(__file__).parent / "fuzz.py"), "--round", "40", "--log", str(tmp_path / "log")]
    for steps in ("40", "80"):
        done = subprocess.run([*command, "--steps", steps], capture_output=True, text=True, timeout=200, check=False)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout.splitlines()[-1])["steps"] == int(steps)
    rows = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert [(row["round"], row["steps"], row["failure"]) for row in rows] == [(0, 40, None), (1, 40, None)]


def test_what_is_asked_of_a_text_is_not_answered_from_the_next(tmp_path: Path) -> None:
    """Found by the sessions above: the handler began after the edit that came in the same read."""
    client = WireClient([sys.executable, str(SERVER)])
    try:
        client.start(tmp_path, "utf-16")
        uri = (tmp_path / "a.py").as_uri()
        item = {"uri": uri, "languageId": "python", "version": 1, "text": "x = "}
        client.notify("textDocument/didOpen", {"textDocument": item})
        where = {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 4}, "context": {"triggerKind": 2}}
        client.answer(client.ask("textDocument/inlineCompletion", where))
        client.expect(99, "textDocument/inlineCompletion")
        change = {"textDocument": {"uri": uri, "version": 2}, "contentChanges": [{"text": "y"}]}
        client.write(
            framed({"id": 99, "method": "textDocument/inlineCompletion", "params": where})
            + framed({"method": "textDocument/didChange", "params": change})
        )
        assert client.answer(99)["result"]["items"] == []
        assert client.close() == 0
    finally:
        client.kill()


def framed(message: dict[str, object]) -> bytes:
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


@pytest.mark.parametrize(
    ("text", "line", "character", "encoding", "offset"),
    [
        ("a😀b", 0, 3, "utf-16", 2), ("a😀b", 0, 2, "utf-16", 1),
        ("a😀b", 0, 3, "utf-8", 1), ("a😀b", 0, 2, "utf-32", 2),
        ("a\r\nb", 0, 9, "utf-16", 1), ("a\rb\nc", 2, 0, "utf-16", 4),
        ("a\u2028b", 0, 3, "utf-16", 3), ("a", 5, 0, "utf-8", 1),
    ],
)  # fmt: skip
def test_what_the_texts_are_compared_with(text: str, line: int, character: int, encoding: str, offset: int) -> None:
    assert offset_of(text, line, character, encoding) == offset
    here = {"line": line, "character": character}
    change = {"range": {"start": here, "end": here}, "text": "\ud83d"}
    assert edited(text, change, encoding) == text[:offset] + "\ufffd" + text[offset:]
