"""Projects that are large or change all at once while somebody types."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

import psutil
import pytest
from wire_client import WireClient

from inhouse.context import Project

from .conftest import count, tell, until

SERVE = [sys.executable, "-m", "inhouse.cli", "serve", "--stdio"]
MOST_BYTES = 1_500_000_000
"""Of memory, for 100,000 files with the embedded core; a few hundred files take a quarter of it."""
IN_A_FOLDER = 100


def source(number: int, branch: str) -> str:
    """Some 25 lines with names of their own."""
    names = [f"{branch}_{number}_{one}" for one in ("first", "second", "third")]
    return "".join(
        f'def {name}(amount, rate):\n    """Of {branch}."""\n    result = amount * rate\n'
        f"    if result > {number}:\n        return result\n    return {names[0]}(result, rate)\n\n\n"
        for name in names
    )


def write(root: Path, numbers: range, branch: str) -> None:
    for number in numbers:
        path = root / f"part_{number // IN_A_FOLDER}" / f"module_{number}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(source(number, branch))


class Typing:
    """Somebody who types in one file and waits for each answer."""

    def __init__(self, client: WireClient, root: Path) -> None:
        self.client, self.uri, self.version = client, (root / "typed.py").as_uri(), 1
        self.text = "def typed(amount, rate):\n    x = "
        item = {"uri": self.uri, "languageId": "python", "version": 1, "text": self.text}
        client.notify("textDocument/didOpen", {"textDocument": item})
        self.seconds: list[float] = []

    def key(self) -> None:
        at = {"line": 1, "character": len(self.text.split("\n")[1])}
        letter = "typed(amount, rate) + "[self.version % 22]
        self.text, self.version = self.text + letter, self.version + 1
        change = {"range": {"start": at, "end": at}, "text": letter}
        document = {"uri": self.uri, "version": self.version}
        self.client.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})
        where = {"textDocument": {"uri": self.uri}, "position": {**at, "character": at["character"] + 1}}
        began = time.monotonic()
        answer = self.client.answer(
            self.client.ask("textDocument/inlineCompletion", {**where, "context": {"triggerKind": 2}})
        )
        self.seconds.append(time.monotonic() - began)
        assert "items" in answer["result"]
        if len(self.text) > 300:
            self.text = "def typed(amount, rate):\n    x = "
            change = {"text": self.text}
            self.client.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})


def is_read(client: WireClient) -> bool:
    """Whether the server has told the end of its reading."""
    kinds = [(one["params"]["value"]["kind"], one["params"]["value"].get("title", ""), one["params"]["token"])
             for one in list(client.told) if one["method"] == "$/progress"]  # fmt: skip
    begun = {token for kind, title, token in kinds if kind == "begin" and "reading" in title}
    client_said = {token for kind, _, token in kinds if kind == "end"}
    return bool(begun & client_said)


@pytest.mark.integration
def test_a_large_project_is_read_while_somebody_types(tmp_path: Path) -> None:
    """INHOUSE_FILES=100000 tries the number that the promise names."""
    root, files = tmp_path / "large", count("FILES", 300)
    root.mkdir()
    write(root, range(files), "main")
    began = time.monotonic()
    client = WireClient(SERVE, tmp_path / "stderr")
    try:
        client.start(root, "utf-16", {"power": "full"})
        process, typing = psutil.Process(client.process.pid), Typing(client, root)
        most, end = 0, time.monotonic() + 1500
        while not is_read(client):
            typing.key()
            most = max(most, process.memory_info().rss)
            assert time.monotonic() < end, "never read"
        read_s = time.monotonic() - began
        for _ in range(20):
            typing.key()
        most = max(most, process.memory_info().rss)
        assert most < MOST_BYTES
        tell("keys while a large project is read", typing.seconds, files=files, read_s=round(read_s, 1), bytes=most)
        assert client.close() == 0
    finally:
        client.kill()
    assert "Traceback" not in (tmp_path / "stderr").read_text()
    project = Project(root)
    assert project.figures().files >= files
    assert project.knows(f"main_{files - 1}_third")
    project.close()


@pytest.mark.integration
def test_another_branch_comes_while_somebody_types(tmp_path: Path) -> None:
    """Most files are written anew, some go, some come; INHOUSE_SWITCHED=20000 tries what the promise names."""
    root, files = tmp_path / "switched", count("SWITCHED", 300)
    root.mkdir()
    write(root, range(files), "main")
    client = WireClient(SERVE, tmp_path / "stderr")
    try:
        client.start(root, "utf-16", {"power": "full"})
        process, typing = psutil.Process(client.process.pid), Typing(client, root)
        until("it is read", lambda: is_read(client), 900)

        def switch() -> None:
            write(root, range(files // 10, files + files // 10), "other")
            for number in range(files // 10):
                (root / f"part_{number // IN_A_FOLDER}" / f"module_{number}.py").unlink()

        switching = threading.Thread(target=switch)
        began = time.monotonic()
        switching.start()
        while switching.is_alive():
            typing.key()
        switched_s = time.monotonic() - began
        for _ in range(50):
            typing.key()
        bytes_used = process.memory_info().rss
        assert bytes_used < MOST_BYTES
        tell("keys while a branch is switched", typing.seconds, files=files, switched_s=round(switched_s, 1),
             bytes=bytes_used)  # fmt: skip
        assert client.close() == 0
    finally:
        client.kill()
    assert "Traceback" not in (tmp_path / "stderr").read_text()
    project = Project(root)
    assert project.refresh().files == files
    assert project.knows(f"other_{files}_third")
    assert not project.knows("main_0_first")
    project.close()
