"""What the doctor finds."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from inhouse.cli import checks

from .conftest import Call, Run


def test_every_finding_that_is_not_well_says_what_to_do() -> None:
    for finding in checks.all_findings():
        assert finding.detail
        assert (finding.state == "ok") == (finding.mend is None), finding


def test_an_index_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    finding = checks.writable(tmp_path / "file" / "cache")
    assert finding.state == "bad"
    assert "INHOUSE_CACHE_DIR" in (finding.mend or "")


def test_an_index_folder_is_left_as_it_was(tmp_path: Path) -> None:
    assert checks.writable(tmp_path).state == "ok"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ([sys.executable, "-c", "print('v1')"], "v1"),
        ([sys.executable, "-c", "raise SystemExit(1)"], None),
        (["inhouse-no-such-program"], None),
    ],
)
def test_programs_are_asked(command: list[str], said: str | None) -> None:
    assert checks.ask(*command) == said


def test_the_doctor_for_people_and_for_programs(call: Call) -> None:
    for_people, for_programs = call("doctor"), call("doctor", "--json")
    report = json.loads(for_programs.stdout)
    assert report["ok"] == (for_programs.returncode == 0)
    names = [finding["name"] for finding in report["findings"]]
    assert names == [
        "python", "system", "packages", "processor", "memory", "llama.cpp", "grammars", "settings", "model", "gpu",
        "engine", "power", "index", "indexes", "folders", "neovim", "vscode", "errors",
    ]  # fmt: skip
    for name in names:
        assert name in for_people.stdout


def test_the_doctor_sees_a_cache_that_cannot_be_written(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = run("doctor", cache=tmp_path / "file")
    assert done.returncode == 1
    assert "BAD  index" in done.stdout
