"""The program as a whole: help, version, and the one line in which each misuse ends."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from inhouse.cli.errors import WrongUse
from inhouse.cli.serve import parse_address

from .conftest import Call, Run


def test_the_version_is_told(run: Run) -> None:
    done = run("--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("inhouse ")


def test_help_names_every_command(run: Run) -> None:
    done = run("--help")
    assert done.returncode == 0
    for command in ("serve", "complete", "index", "tour", "doctor", "model"):
        assert command in done.stdout


def test_without_a_command_help_is_shown(run: Run) -> None:
    done = run()
    assert done.returncode == 2
    assert "complete" in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["complete"], "Missing argument"),
        (["complete", "basket.py"], "must be FILE:LINE:COL"),
        (["complete", "basket.py:1"], "must be FILE:LINE:COL"),
        (["complete", "basket.py:a:1"], "must be FILE:LINE:COL"),
        (["complete", "basket.py:0:1"], "count from 1"),
        (["complete", "basket.py:1:0"], "count from 1"),
        (["complete", "basket.py:-1:1"], "must be FILE:LINE:COL"),
        (["complete", "basket.py:99:1"], "has 6 lines"),
        (["complete", "basket.py:1:99"], "line 1 has 28 characters"),
        (["complete", "none.py:1:1"], "no such file"),
        (["complete", ".:1:1"], "is a directory"),
        (["complete", "data.bin:1:1"], "is a binary file"),
        (["complete", "basket.py:1:1", "--root", "nowhere"], "is not a directory"),
        (["complete", "basket.py:1:1", "--alternatives", "0"], "--alternatives"),
        (["complete", "basket.py:1:1", "--unknown"], "No such option"),
        (["index"], "Missing argument"),
        (["index", "basket.py"], "is not a directory"),
        (["tour", "nowhere"], "is not a directory"),
        (["serve", "--tcp", "9257"], "HOST:PORT"),
        (["serve", "--tcp", "127.0.0.1:9257", "--stdio"], "not both"),
        (["dance"], "No such command"),
    ],
    ids=" ".join,
)
def test_wrong_use_is_one_line_and_exit_code_2(call: Call, project: Path, arguments: list[str], said: str) -> None:
    (project / "data.bin").write_bytes(b"\x7fELF\0\0")
    done = call(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("inhouse: ")
    assert done.stderr.count("\n") == 1
    assert said in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["complete", "basket.py:5:16", "--model", "none.gguf"], "no such model file"),
        (["complete", "basket.py:5:16", "--model", "."], "is a folder"),
        (["complete", "basket.py:5:16", "--model", "basket.py"], "not a whole GGUF file"),
        (["model", "info", "none.gguf"], "no such model file"),
        (["tour", "empty"], "no source file"),
        (["serve", "--log", "empty"], "--log"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_done_is_one_line_and_exit_code_1(
    call: Call, project: Path, arguments: list[str], said: str
) -> None:
    (project / "empty").mkdir()
    done = call(*arguments)
    assert done.returncode == 1
    last = done.stderr.strip().split("\n")[-1]
    assert last.startswith("inhouse: ")
    assert said in last
    assert "Traceback" not in done.stderr


def test_an_address_that_cannot_be_listened_on(run: Run) -> None:
    done = run("serve", "--tcp", "192.0.2.1:9257")  # reserved for documentation: no machine has it
    assert done.returncode == 1
    assert "cannot listen on 192.0.2.1:9257" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_reader_that_goes_away_is_no_failure_worth_a_word(tmp_path: Path) -> None:
    command = f"{shlex.quote(sys.executable)} -m inhouse.cli model info | true"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.stderr == ""


def test_a_cache_that_cannot_be_written_is_told(run: Run, project: Path) -> None:
    blocked = project / "file"
    blocked.touch()
    done = run("index", ".", cwd=project, cache=blocked)
    assert done.returncode == 1
    assert str(blocked) in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("text", "address"),
    [("127.0.0.1:80", ("127.0.0.1", 80)), ("localhost:0", ("localhost", 0)), ("[::1]:5", ("::1", 5))],
)
def test_addresses(text: str, address: tuple[str, int]) -> None:
    assert parse_address(text) == address


@pytest.mark.parametrize("text", ["80", "host", "host:", "host:port", "host:65536", "host:-1", "host:²"])
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(WrongUse):
        parse_address(text)
