"""Other users of the machine, and words that a terminal would obey: neither gets what is not meant for it."""

from __future__ import annotations

import json
import logging
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from ggufs import FIM_METADATA, write
from plain_client import PlainClient

from inhouse.completion.configuration import configured
from inhouse.completion.settings import KNOWN
from inhouse.context import Project
from inhouse.server.log import configure as configure_log
from inhouse.server.printable import has_hidden, printable
from inhouse.server.visible import Place, is_visible

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="rights are Unix's")


def rights(folder: Path) -> dict[str, int]:
    """The rights of others on everything in a folder that hold something of a project."""
    found = (path for path in folder.rglob("*") if {"projects", "learnt"} & {*path.parts} or path.name == "errors.log")
    return {path.name: stat.S_IMODE(path.stat().st_mode) & 0o077 for path in found}


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "inhouse.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=cwd, check=False)


@pytest.mark.integration
def test_what_the_server_keeps_is_for_its_user_alone(project: Path, own_folders: Path) -> None:
    before = os.umask(0o022)
    try:
        with PlainClient([sys.executable, "-m", "inhouse.cli", "serve"], project, "utf-16", {}) as client:
            uri, text = (project / "basket.py").as_uri(), (project / "basket.py").read_text()
            item = {"uri": uri, "languageId": "python", "version": 1, "text": text}
            client.notify("textDocument/didOpen", {"textDocument": item})
            place = {"textDocument": {"uri": uri}, "position": {"line": 11, "character": 32}}
            [shown] = client.request("textDocument/inlineCompletion", {**place, "context": {"triggerKind": 2}})["items"]
            change = {"range": shown["range"], "text": shown["insertText"]}
            client.notify(
                "textDocument/didChange", {"textDocument": {"uri": uri, "version": 2}, "contentChanges": [change]}
            )
            accepted = {"command": "inhouse.accepted", "arguments": shown["command"]["arguments"]}
            client.request("workspace/executeCommand", accepted)
            client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
            client.request("workspace/executeCommand", {"command": "inhouse.conventions"})
            client.request("shutdown", None)
            client.notify("exit", None)
    finally:
        os.umask(before)
    found = rights(own_folders)
    assert {"projects", "learnt"} <= found.keys()
    assert found == dict.fromkeys(found, 0)


def test_an_index_that_others_could_read_is_mended(project: Path, tmp_path: Path) -> None:
    Project(project, tmp_path / "cache").close()
    [database] = (tmp_path / "cache" / "projects").glob("*.sqlite3")
    database.chmod(0o644)
    database.parent.chmod(0o755)
    Project(project, tmp_path / "cache").close()
    assert rights(tmp_path / "cache") == {"projects": 0, database.name: 0}


def test_a_folder_that_the_user_chose_keeps_its_rights(project: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache").chmod(0o755)
    Project(project, tmp_path / "cache").close()
    assert stat.S_IMODE((tmp_path / "cache").stat().st_mode) == 0o755


def test_a_project_sets_no_path_address_or_command(tmp_path: Path) -> None:
    """Each setting that names a file or an address, or spends what the machine has, is the user's."""
    told = {"model": "evil.gguf", "server_url": "http://evil.example", "engine": "server", "server_model": "x"}
    (tmp_path / "inhouse.toml").write_text("".join(f"{name} = {json.dumps(value)}\n" for name, value in told.items()))
    found = configured(tmp_path, environ={})
    assert not found.origins
    assert len(found.problems) == len(told)
    texts = {name for name, one in KNOWN.items() if one.default is None or isinstance(one.default, str)}
    assert {name for name in texts if not KNOWN[name].metadata.get("machine")} == {"context_percent"}


ESCAPE = "\x1b]0;owned\x07\x1b[2J"


@pytest.mark.integration
def test_terminal_escapes_of_a_project_are_shown_not_obeyed(project: Path) -> None:
    (project / f"{ESCAPE}.py").write_text(f"def odd(amount):\n    '{ESCAPE}'\n    return amount\n" * 20)
    (project / "inhouse.toml").write_text(f'"{json.dumps(ESCAPE)[1:-1]}" = 1\n')
    for arguments in (("tour", "."), ("index", "."), ("conventions", "."), ("complete", f"{ESCAPE}.py:2:30", "--why")):
        done = run(*arguments, cwd=project)
        assert "\x1b" not in done.stdout + done.stderr, arguments
        assert "\x07" not in done.stdout + done.stderr


def test_terminal_escapes_of_a_model_are_shown_not_obeyed(tmp_path: Path) -> None:
    model = write(tmp_path / "a.gguf", {**FIM_METADATA, "general.name": ESCAPE, ESCAPE: "x"})
    assert "\x1b" not in run("model", "info", str(model), cwd=tmp_path).stdout


def test_terminal_escapes_reach_no_log(capsys: pytest.CaptureFixture[str], own_folders: Path) -> None:
    root = logging.getLogger()
    before = list(root.handlers)
    try:
        configure_log()
        logging.getLogger("inhouse").warning("%s: read", ESCAPE)
    finally:
        for handler in [one for one in root.handlers if one not in before]:
            root.removeHandler(handler)
            handler.close()
    assert "owned" in capsys.readouterr().err
    kept = own_folders / "cache" / "errors.log"
    assert "owned" in kept.read_text()
    assert "\x1b" not in kept.read_text()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


@pytest.mark.parametrize("hidden", ["\x1b[31m", "\0", "\x08", "\u202e", "\u2066", "\x9b", "\u200b", "\u2028", "\r"])
def test_nothing_is_suggested_that_is_not_seen(hidden: str) -> None:
    assert not is_visible(Place("x = ", 4), f"a{hidden}b", 4, 4)
    assert has_hidden(hidden)
    assert len(printable(hidden)) == len(hidden)
    assert is_visible(Place(f"{hidden} = ", len(hidden) + 3), "a + b\n\tc", len(hidden) + 3, len(hidden) + 3)
