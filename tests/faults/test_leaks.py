"""What was opened is closed again: a server that runs for days holds no more than it did in the morning."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from wire_client import WireClient

from inhouse.completion import Assistant, Settings
from inhouse.server.roots import MOST_IDLE
from inhouse.server.server import InhouseServer

from .conftest import count, until
from .session import MOST_DESCRIPTORS, MOST_THREADS, SERVER


@pytest.fixture
def client(project: Path, tmp_path: Path) -> Iterator[WireClient]:
    client = WireClient([sys.executable, str(SERVER)], tmp_path / "stderr")
    client.start(project, "utf-16")
    yield client
    client.kill()


def state(client: WireClient) -> dict[str, Any]:
    found: dict[str, Any] = client.answer(client.ask("test/state", None))["result"]
    return found


def is_at_rest(held: dict[str, Any]) -> bool:
    return bool(held["descriptors"] <= MOST_DESCRIPTORS and held["threads"] <= MOST_THREADS)


def opened(client: WireClient, path: Path) -> str:
    uri = path.as_uri()
    item = {"uri": uri, "languageId": "python", "version": 1, "text": path.read_text() + "\nx = "}
    client.notify("textDocument/didOpen", {"textDocument": item})
    return uri


def answered(client: WireClient, uri: str, line: int) -> list[object]:
    place = {"textDocument": {"uri": uri}, "position": {"line": line, "character": 4}, "context": {"triggerKind": 2}}
    items: list[object] = client.answer(client.ask("textDocument/inlineCompletion", place))["result"]["items"]
    return items


def configured(client: WireClient, **settings: object) -> None:
    client.notify("workspace/didChangeConfiguration", {"settings": {"inhouse": settings}})


class Closing(Assistant):
    """Tells that it was closed."""

    def __init__(self, settings: Settings, closed: list[Assistant]) -> None:
        super().__init__(settings)
        self._closed = closed

    def close(self, *, keep_engine: bool = False) -> None:
        super().close(keep_engine=keep_engine)
        self._closed.append(self)


def test_of_two_quick_changes_of_the_settings_both_engines_are_closed() -> None:
    """Found by reading, after the random sessions had grown: the second one's closing pushed out the first one's."""
    closed: list[Assistant] = []
    made: list[Assistant] = []

    def make(settings: Settings) -> Assistant:
        made.append(Closing(settings, closed))
        return made[-1]

    server, go = InhouseServer(make), threading.Event()
    server.decoder.submit("something", lambda _: go.wait(60))
    for _ in range(3):
        server.loading.replace()
    go.set()
    until("the replaced ones are closed", lambda: closed == made[:3])
    assert server.close()
    assert closed == made


def test_changed_settings_leave_no_engine_behind(client: WireClient, project: Path, tmp_path: Path) -> None:
    uri = opened(client, project / "basket.py")
    answered(client, uri, 12)
    for number in range(count("CYCLES", 6)):
        for tokens in (512, 768, 1024):
            configured(client, context_tokens=tokens + number % 2)
        answered(client, uri, 12)
    client.settle()
    until("few descriptors and threads", lambda: is_at_rest(state(client)))
    assert client.close() == 0
    assert "Traceback" not in (tmp_path / "stderr").read_text()


def test_projects_in_which_nothing_is_open_are_let_go(client: WireClient, project: Path, tmp_path: Path) -> None:
    """A file outside of the workspace makes its folder a project: whoever reads through libraries opens many."""
    opened(client, project / "basket.py")
    folders = [tmp_path / "libraries" / f"l{number}" for number in range(count("FOLDERS", 8))]
    for folder in folders:
        (folder / ".git").mkdir(parents=True)
        (folder / "a.py").write_text("def only_here(value):\n    return value\n")
        uri = opened(client, folder / "a.py")
        answered(client, uri, 3)
        client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    until("few projects", lambda: int(state(client)["projects"]) <= 1 + MOST_IDLE)
    again = opened(client, folders[0] / "a.py")
    assert isinstance(answered(client, again, 3), list)
    until("it is open again", lambda: int(state(client)["projects"]) <= 2 + MOST_IDLE)
    more = {"added": [], "removed": [{"uri": project.as_uri(), "name": project.name}]}
    client.notify("workspace/didChangeWorkspaceFolders", {"event": more})
    client.settle()
    assert client.close() == 0
    assert "Traceback" not in (tmp_path / "stderr").read_text()
