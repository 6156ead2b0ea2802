"""inhouse model list, pull, use, info, remove, verify, as a user runs them, against a hub on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from ggufs import FIM_METADATA, gguf
from hub import FakeHub

from inhouse.model.store import embedded_core

from .conftest import LIMIT_S, Call, Run

ENTRY = """
[[model]]
name = "house"
title = "The house's own"
parameters = 1_000_000
family = "Qwen2.5-Coder"
licence = "House licence"
open = {open}
licence_url = "https://example.com/licence"
files = [{{ quantisation = "Q8_0", repository = "team/house" }}]
"""


@pytest.fixture
def hub(project: Path) -> Iterator[FakeHub]:
    config = project.parent / "config"
    config.mkdir()
    (config / "models.toml").write_text(ENTRY.format(open="true"))
    with FakeHub("team/house", {"house-q8_0.gguf": gguf(FIM_METADATA)}).serving() as running:
        yield running


@pytest.fixture
def pulled(hub: FakeHub, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Pulled in a process of its own: the hub's library reads HF_ENDPOINT when it is imported."""
    monkeypatch.setenv("HF_ENDPOINT", hub.address)
    done = run("model", "pull", "house", "--use")
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.split("\n")[1].partition(" (")[0])


def rows(call: Call) -> dict[str, dict[str, object]]:
    return {row["name"]: row for row in json.loads(call("model", "list", "--json").stdout)["models"]}


def test_pulling_in_a_process_of_its_own_goes_by_the_hubs_own_settings(
    hub: FakeHub, run: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", hub.address)

    done = run("model", "pull", "house")

    assert (done.returncode, done.stderr) == (0, "")
    assert "House licence" in done.stdout
    assert "checksum as the hub states it" in done.stdout
    assert (project.parent / "data" / "models" / "house-q8_0" / "house-q8_0.gguf").is_file()


@pytest.mark.integration
def test_our_own_core_pulled_and_killed_three_times_ends_byte_identical(
    project: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    core = embedded_core()
    (project.parent / "config").mkdir()
    entry = ENTRY.format(open="true").replace("Qwen2.5-Coder", "inhouse core")
    (project.parent / "config" / "models.toml").write_text(entry.replace(" }", f', sha256 = "{core.sha256}" }}'))
    folder = project.parent / "data" / "models" / "house-q8_0"
    for name in ("cache", "config", "data"):
        monkeypatch.setenv(f"INHOUSE_{name.upper()}_DIR", str(project.parent / name))
    with FakeHub("team/house", {"house-q8_0.gguf": core.path.read_bytes()}).serving() as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.address)
        here = 0
        for _ in range(3):
            hub.hold = threading.Event()  # every download stops halfway
            with subprocess.Popen([sys.executable, "-m", "inhouse.cli", "model", "pull", "house"]) as process:
                here = grown(folder, here)
                process.kill()
            hub.hold.set()
        hub.hold = None

        done = run("model", "pull", "house")

        assert (done.returncode, done.stderr) == (0, "")
        assert [asked != "" for asked in hub.downloads] == [False, True, True, True]
    assert (folder / "house-q8_0.gguf").read_bytes() == core.path.read_bytes()
    assert list(folder.glob("*.partial")) == []


def grown(folder: Path, before: int) -> int:
    """Waits until more has come than before; how much is there."""
    deadline = time.monotonic() + LIMIT_S
    while (size := max((one.stat().st_size for one in folder.glob("*.partial")), default=0)) <= before:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return size


def test_a_life_on_the_shelf(pulled: Path, call: Call) -> None:
    row = rows(call)["house:q8_0"]
    assert (row["here"], row["chosen"], row["bytes"]) == (True, True, pulled.stat().st_size)
    info = json.loads(call("model", "info", "--json").stdout)
    assert (info["path"], info["pulled"]["licence"]) == (str(pulled), "House licence")
    assert "right" in call("model", "verify").stdout

    pulled.write_bytes(pulled.read_bytes()[:-1] + b"x")
    damaged = call("model", "verify", "house")
    assert damaged.returncode == 1
    assert "damaged" in damaged.stderr
    pulled.write_bytes(b"")
    assert rows(call)["house:q8_0"]["damaged"]

    assert call("model", "remove", "house").returncode == 0
    assert not pulled.parent.exists()
    assert rows(call)["house:q8_0"]["here"] is False
    assert json.loads(call("model", "info", "--json").stdout)["card"].startswith("# inhouse-core")


def test_the_list_names_sizes_that_nobody_has_stated_as_estimates(call: Call) -> None:
    row = rows(call)["mellum-4b:q8_0"]
    assert row["bytes"] is None
    assert row["sha256"] is None
    assert row["measured"] is False
    done = call("model", "list")
    assert "~4.27 GB" in done.stdout
    assert "For this machine: " in done.stdout


def test_a_licence_that_is_not_open_is_asked_for(pulled: Path, call: Call, run: Run) -> None:
    config = pulled.parents[3] / "config" / "models.toml"
    config.write_text(ENTRY.format(open="false"))
    refused = call("model", "pull", "house")
    assert refused.returncode == 2
    assert "--accept-licence" in refused.stderr
    assert "https://example.com/licence" in refused.stdout
    assert run("model", "pull", "house", "--accept-licence").returncode == 0


@pytest.mark.parametrize(("typed", "fetched"), [(b"y\n", True), (b"n\n", False), (b"\n", False)])
def test_in_a_terminal_the_licence_is_asked_for(
    hub: FakeHub, project: Path, monkeypatch: pytest.MonkeyPatch, typed: bytes, fetched: bool
) -> None:
    pty = pytest.importorskip("pty", reason="there are no pseudo-terminals here")
    for name in ("cache", "config", "data"):
        monkeypatch.setenv(f"INHOUSE_{name.upper()}_DIR", str(project.parent / name))
    monkeypatch.setenv("HF_ENDPOINT", hub.address)
    (project.parent / "config" / "models.toml").write_text(ENTRY.format(open="false"))
    keyboard, terminal = pty.openpty()
    os.write(keyboard, typed)
    command = [sys.executable, "-m", "inhouse.cli", "model", "pull", "house"]

    done = subprocess.run(command, stdin=terminal, capture_output=True, text=True, timeout=LIMIT_S, check=False)

    os.close(keyboard)
    os.close(terminal)
    assert "House licence, https://example.com/licence" in done.stdout
    assert "do you accept it?" in done.stdout
    assert done.returncode == (0 if fetched else 130), done.stderr
    assert (project.parent / "data" / "models" / "house-q8_0" / "house-q8_0.gguf").is_file() == fetched


def test_going_back_to_the_embedded_core(pulled: Path, call: Call) -> None:
    assert "inhouse-core" in call("model", "use", "embedded").stdout
    assert json.loads(call("model", "list", "--json").stdout)["chosen"] is None


def test_a_setting_that_wins_over_the_choice_is_told(pulled: Path, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INHOUSE_MODEL", "embedded")
    assert "wins over this choice" in call("model", "use", "house").stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("use", "qwen2.5-coder-0.5b"), "inhouse model pull qwen2.5-coder-0.5b:q8_0"),
        (("pull", "qwen2.5-coder"), "did you mean"),
        (("remove", "qwen2.5-coder-0.5b"), "not on this machine"),
        (("verify", "house"), "inhouse model pull house"),
        (("info", "missing.gguf"), "no such model file"),
    ],
)
def test_what_cannot_be_done_says_what_to_do(call: Call, arguments: tuple[str, ...], says: str) -> None:
    done = call("model", *arguments)
    assert done.returncode == 1
    assert says in done.stderr
