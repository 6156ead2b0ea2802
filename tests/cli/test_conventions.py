"""`inhouse conventions`: a report for people, one JSON object for programs, one line for a wrong folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import Run


@pytest.fixture
def house(tmp_path: Path) -> Path:
    folder = tmp_path / "house"
    folder.mkdir()
    for number in range(8):
        (folder / f"part_{number}.py").write_text(
            f"def part_{number}(value):\n    return 'x'\n\n\ndef two():\n    pass\n"
        )
    return folder


def test_for_people_each_habit_has_its_evidence(run: Run, house: Path) -> None:
    done = run("conventions", str(house))

    assert done.returncode == 0, done.stderr
    assert "names of functions: snake_case" in done.stdout
    assert "part_0.py:1" in done.stdout


def test_for_programs_one_json_object(run: Run, house: Path) -> None:
    done = run("conventions", str(house), "--json")

    assert {"wrappers", "giants", "deprecated", "habits"} <= set(json.loads(done.stdout))


def test_a_file_is_no_project(run: Run, house: Path) -> None:
    done = run("conventions", str(house / "part_0.py"))

    assert done.returncode == 2
    assert "is not a directory" in done.stderr
