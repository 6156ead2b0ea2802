"""Index, completion, tour and server without any network: nothing opens a socket, and all works.

Three cages: a hook of the interpreter's that ends the process at the first socket which is not local, a network
namespace without interfaces, and a trace of the system calls. A cage that this machine does not permit is skipped.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from plain_client import PlainClient

pytestmark = [pytest.mark.integration, pytest.mark.skipif(sys.platform != "linux", reason="the cages are Linux's")]

LIMIT_S = 120.0
HOOK = """\
import os, sys
def refuse(event, arguments):
    if not event.startswith("socket.") or (event == "socket.__new__" and arguments[1] == 1):  # 1: AF_UNIX
        return
    said = f"{event} {arguments[1:]}\\n".encode()
    os.write(os.open(os.environ["SOCKETS_SEEN"], os.O_WRONLY | os.O_CREAT | os.O_APPEND), said)
    os._exit(99)
sys.addaudithook(refuse)
"""
NO_INTERFACE = "[line for line in open('/proc/net/dev').read().split('\\n')[2:] if line and 'lo:' not in line]"


@dataclass(frozen=True)
class Cage:
    """How to start a process in it, and what it has seen of sockets."""

    name: str
    start: list[str]
    seen: Callable[[], str]


@pytest.fixture(params=["hook", "namespace", "trace"])
def cage(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cage:
    file = tmp_path / "sockets"
    if request.param == "hook":
        (tmp_path / "guard").mkdir()
        (tmp_path / "guard" / "sitecustomize.py").write_text(HOOK)
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path / "guard"), os.environ.get("PYTHONPATH", "")]))
        monkeypatch.setenv("SOCKETS_SEEN", str(file))
        return Cage("hook", [], lambda: file.read_text() if file.exists() else "")
    if request.param == "namespace":
        start = without_network()
        if start is None:
            pytest.skip("this machine permits no network namespace (unshare -n)")
        return Cage("namespace", start, str)
    strace = shutil.which("strace")
    if strace is None or subprocess.run([strace, "-qq", "true"], capture_output=True, check=False).returncode:
        pytest.skip("strace is not installed, or may not trace here")
    command = [strace, "-f", "-qq", "-e", "trace=%network", "-o", str(file)]
    return Cage("trace", command, lambda: foreign(file.read_text()))


@cache
def without_network() -> list[str] | None:
    """A command that runs another one where there is no interface; None where that is not permitted."""
    for command in (["unshare", "-n"], ["unshare", "-rn"]):
        if (
            shutil.which("unshare")
            and not subprocess.run([*command, "true"], capture_output=True, check=False).returncode
        ):
            return command
    return None


def foreign(trace: str) -> str:
    """The lines of a trace that concern sockets which are not local."""
    calls = (line for line in trace.split("\n") if "(" in line)
    return "\n".join(line for line in calls if re.search(r"\bAF_(?!UNIX|LOCAL|UNSPEC)", line))


def check_run(cage: Cage, *arguments: str, cwd: Path) -> str:
    command = [*cage.start, sys.executable, "-m", "inhouse.cli", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S, cwd=cwd, check=False)
    assert (done.returncode, done.stderr, cage.seen()) == (0, "", "")
    return done.stdout


def test_index(cage: Cage, project: Path) -> None:
    assert json.loads(check_run(cage, "index", ".", "--json", cwd=project))["files"] == 2


def test_completion(cage: Cage, project: Path) -> None:
    answer = json.loads(check_run(cage, "complete", "basket.py:12:33", "--json", "--invoked", cwd=project))
    assert answer["tokens"]["prompt"] > 0, "the model ran"
    assert answer["items"]


def test_tour(cage: Cage, project: Path) -> None:
    lines = "".join(f"    price_{number} = net_price(amount, {number})\n" for number in range(40))
    (project / "long.py").write_text(f"from prices import net_price\n\n\ndef prices(amount):\n{lines}")
    assert "long.py:" in check_run(cage, "tour", ".", cwd=project)


def test_server(cage: Cage, project: Path) -> None:
    command = [*cage.start, sys.executable, "-m", "inhouse.cli", "serve", "--stdio"]
    uri = (project / "basket.py").as_uri()
    text = (project / "basket.py").read_text()
    with PlainClient(command, project, "utf-16", {}) as client:
        item = {"uri": uri, "languageId": "python", "version": 1, "text": text}
        client.notify("textDocument/didOpen", {"textDocument": item})
        place = {"textDocument": {"uri": uri}, "position": {"line": 11, "character": 32}, "context": {"triggerKind": 1}}
        answer = client.request("textDocument/inlineCompletion", place)
        assert answer["items"]
        accepted = {"command": "inhouse.accepted", "arguments": answer["items"][0]["command"]["arguments"]}
        client.request("workspace/executeCommand", accepted)
        assert client.request("workspace/executeCommand", {"command": "inhouse.conventions"})["text"]
        client.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
        assert client.request("textDocument/inlineCompletion", place)["items"]
        client.request("shutdown", None)
        client.notify("exit", None)
    assert cage.seen() == ""


def test_the_cages_hold() -> None:
    """What the cages say nothing about they do see: a socket is refused, there is no interface, a trace names it."""
    connect = "import socket; socket.create_connection(('127.0.0.1', 9), 1)"
    hooked = subprocess.run(
        [sys.executable, "-c", f"import os; os.environ['SOCKETS_SEEN'] = os.devnull\n{HOOK}\n{connect}"], check=False
    )
    assert hooked.returncode == 99
    assert foreign('12 socket(AF_INET6, SOCK_STREAM, 0) = 3\n12 connect(3, {sa_family=AF_UNIX, sun_path="/x"}) = 0')
    if start := without_network():
        found = subprocess.run(
            [*start, sys.executable, "-c", f"print({NO_INTERFACE})"], capture_output=True, text=True, check=True
        )
        assert found.stdout == "[]\n"
