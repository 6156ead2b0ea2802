"""What the documented way of fitting leads to: pinned packages, the arm that is fitted on, a gate that separates."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
SCRIPT = BENCHMARKS / "fit_gate.py"


def packages(name: str) -> dict[str, str]:
    entries = json.loads((BENCHMARKS / name).read_text(encoding="utf-8"))["packages"]
    return {entry["name"]: entry["sha256"] for entry in entries}


def fitted(*rows: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(SCRIPT), *map(str, rows)], capture_output=True, text=True, check=False)


def row(number: int, arm: str) -> dict[str, object]:
    sure = number % 2
    features = {"sure": sure + number % 7 / 10, "length": number % 5}
    return {"arm": arm, "source": "model", "path": f"{number % 40}.py", "exact": bool(sure), "features": features}


def test_nothing_is_fitted_on_what_figures_are_reported_on() -> None:
    developed, reported = packages("development_set.json"), packages("public_set.json")

    assert developed
    assert not developed.keys() & reported.keys()
    assert all(re.fullmatch("[0-9a-f]{64}", digest) for digest in (*developed.values(), *reported.values()))


def test_the_documented_arm_is_the_one_that_the_gate_is_fitted_on(tmp_path: Path) -> None:
    told = (BENCHMARKS / "README.md").read_text(encoding="utf-8")
    before = told[: told.index("fit_gate.py FOLDER")]
    arm = re.findall(r"--arm (\S+)", before)[-1]
    rows = tmp_path / "rows.jsonl"
    rows.write_text("".join(json.dumps(row(number, arm)) + "\n" for number in range(200)))

    done = fitted(rows)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["test"]["right_of_shown"] > 0.9


def test_rows_of_another_arm_are_refused_in_one_line(tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text(json.dumps(row(1, "full")) + "\n")

    done = fitted(rows)

    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "--arm no-lines" in done.stderr
