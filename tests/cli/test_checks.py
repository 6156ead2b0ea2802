"""What the doctor finds."""

from __future__ import annotations

import json
import re
import sys
import tomllib
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
        "engine", "power", "index", "indexes", "learnt", "folders", "neovim", "vscode", "errors",
    ]  # fmt: skip
    for name in names:
        assert name in for_people.stdout


def test_the_doctor_sees_a_cache_that_cannot_be_written(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = run("doctor", cache=tmp_path / "file")
    assert done.returncode == 1
    assert "BAD  index" in done.stdout


@pytest.mark.parametrize(
    ("said", "mend"),
    [
        ("NVIM v0.9.5", "0.11 and newer"),
        ("NVIM", "0.11 and newer"),
        ("NVIM v0.11.4", "docs/editors.md"),
        ("NVIM v0.12.0-dev-1234+gabc", "docs/editors.md"),
        (None, "install Neovim"),
    ],
)
def test_neovims_of_every_kind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: str | None, mend: str) -> None:
    monkeypatch.setattr(checks, "ask", lambda *_: said)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)

    found = checks.neovim()

    assert (found.state, mend in (found.mend or "")) == ("note", True)


def test_every_grammar_that_is_needed_is_looked_for() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    needed = (re.match("tree-sitter-([a-z-]+)", line) for line in project["dependencies"])
    assert {one[1].replace("-", "_") for one in needed if one} == set(checks.GRAMMARS)
