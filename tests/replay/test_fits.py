"""What the documented way of fitting leads to: pinned packages, the arm that is fitted on, a gate that separates."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from inhouse.completion import beginnings
from inhouse.completion.beginnings import first_word

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
SCRIPT = BENCHMARKS / "fit_gate.py"


def packages(name: str) -> dict[str, str]:
    told = json.loads((BENCHMARKS / name).read_text(encoding="utf-8"))
    return {entry["name"]: entry["sha256"] for part in ("packages", "more") for entry in told.get(part, ())}


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


def typed(project: str, number: int) -> dict[str, object]:
    """A text whose rest the likeliest line gives at every other key, and something else at the others."""
    target = f"return value_{number} + 1"
    names = dict.fromkeys(beginnings.fitted().weights, 0.0)
    positions: list[dict[str, object]] = []
    for at in range(len(target)):
        right = (at + number) % 2 == 0
        line = target[at:] if right else "other(thing)"
        words = [[first_word(line) or line, {**names, "mass": 0.9 if right else 0.1}]]
        token = [line, 0.9 if right else 0.4, 0.05 if right else 0.3, 1]
        told = {"instant": [], "lines": [[line, 0.7 if right else 0.3]], "beginnings": words, "tokens": [token]}
        positions.append({**told, "items": [], "agreement": []})
    return {"project": project, "id": str(number), "target": target, "before": "", "positions": positions}


def test_what_is_shown_is_judged_on_projects_left_out(tmp_path: Path) -> None:
    rows = tmp_path / "words.jsonl"
    texts = [typed(project, number) for project in ("one", "two") for number in range(8)]
    rows.write_text("".join(json.dumps(text) + "\n" for text in texts), encoding="utf-8")

    script = str(BENCHMARKS / "fit_display.py")
    done = subprocess.run([sys.executable, script, str(rows)], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["left_out"]["lines"]["typed"]["right_of_sure"] > 0.9
    assert found["typed"]["saved"] > 0.3
    assert found["typed"]["line"]["all_right"] > 0.9
    assert found["typed, all shown"]["false_shows"] > found["typed"]["false_shows"]


def hole(project: str, number: int) -> dict[str, object]:
    """A hole that looks like a typed position whose line is right; its line is right at one of four."""
    text = typed(project, 2 * number)
    positions = text["positions"]
    assert isinstance(positions, list)
    target = "nothing of it" if number % 4 else text["target"]
    return {**text, "id": f"hole{number}", "kind": "statement", "target": target, "positions": positions[:1]}


def test_lines_at_holes_count_as_much_as_typed_ones(tmp_path: Path) -> None:
    """Some 500 typed positions say that such lines are always right, 24 holes that a quarter is."""
    rows = tmp_path / "rows.jsonl"
    projects = ("one", "two", "three")
    texts = [make(project, number) for make in (typed, hole) for project in projects for number in range(8)]
    rows.write_text("".join(json.dumps(text) + "\n" for text in texts), encoding="utf-8")

    command = [sys.executable, str(BENCHMARKS / "fit_lines.py"), "fit", str(rows)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)["left_out"]
    assert found["holes"]["rows"] == 24
    assert found["typed"]["rows"] > 400
    assert found["holes"]["right"] == 0.25
    assert 0.35 < found["holes"]["said"] < 0.65
    assert set(found["said_too_much"]) == set(projects)


def beside(number: int, right: int, *, first: bool = False) -> dict[str, object]:
    """A cursor with four answers beside the best one; the right one's feature is the highest."""
    candidates = [
        {"text": str(place), "written": False, "exact": place == right, "features": {"sure": float(place == right)}}
        for place in range(4)
    ]
    about = {"project": f"p{number % 3}", "id": str(number), "kind": "member", "first": "x", "first_exact": first}
    return {**about, "candidates": candidates}


def test_what_stands_beside_the_best_answer_is_fitted_where_that_one_is_wrong(tmp_path: Path) -> None:
    rows = [beside(number, number % 4) for number in range(60)]
    rows += [beside(number, -1, first=True) for number in range(60, 90)]
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(json.dumps(one) + "\n" for one in rows))

    command = [sys.executable, str(BENCHMARKS / "fit_ranking.py"), "fit", str(file), "--alternatives"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)["mean"]
    assert told["exact"] == 0.3333
    assert told["any_of_3"] == told["any_of_all"] == 1.0


def test_places_where_something_is_on_the_screen_count_less(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is sure is shown and typed along, so it is not asked for at its other keys."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    screen, typed_rows = (importlib.import_module(name) for name in ("screen", "typed_rows"))
    texts = [typed("one", number) for number in range(4)]
    rows = typed_rows.line_rows(texts, {})

    counts = screen.counts(rows, texts)

    assert set(counts) == {1.0, screen.LOOKED_AWAY}
    assert all(count == 1.0 for row, count in zip(rows, counts, strict=True) if row["at"][2] == 0)


def lane(project: str, number: int, kind: str = "name") -> dict[str, object]:
    """A text at whose first key the lane is right where it saw the same often; every other one is a hole."""
    right = number % 3 != 0
    features = {"log_chance": 0.0 if right else -1.0 - number % 5, "log_support": 1.0 + number % 2}
    position = {"guesses": [[kind, "value", features, "value"]], "ms": 1.0}
    told = {"id": f"{kind}{number}", "hole": number % 2 == 0, "target": "value" if right else "other", "before": "x = "}
    return {"project": project, **told, "positions": [position, *[{"guesses": [], "ms": 1.0}] * 4]}


def test_the_lane_is_judged_on_projects_left_out(tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    texts = [lane(project, number, kind) for project in ("a", "b") for kind in ("name", "line") for number in range(90)]
    rows.write_text("".join(json.dumps(text) + "\n" for text in texts), encoding="utf-8")

    command = [sys.executable, str(BENCHMARKS / "fit_instant.py"), "fit", str(rows)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)["left_out"]
    assert found["typed"]["right"] == 1.0
    assert found["typed"]["saved"] > 0.3
    assert found["name, holes"]["right_of_sure"] == found["line, holes"]["right_of_sure"] == 1.0


def several(project: str, number: int) -> dict[str, object]:
    """A block whose second line is right if it was written surely."""
    right = number % 2 == 0
    tokens = [["a = 1\n", 0.9, 0.05, 1], ["b = 2", 0.95 if right else 0.3, 0.02, 2]]
    position = {"lines": [["a = 1", 0.8]], "tokens": tokens, "beginnings": [], "agreement": [0.5, 0.5]}
    told = {"id": str(number), "kind": "block", "target": "a = 1\nb = 2" if right else "a = 1\nc", "before": ""}
    return {"project": project, **told, "positions": [position]}


def test_further_lines_are_judged_on_projects_left_out(tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    texts = [several(project, number) for project in ("one", "two") for number in range(40)]
    rows.write_text("".join(json.dumps(text) + "\n" for text in texts), encoding="utf-8")

    command = [sys.executable, str(BENCHMARKS / "fit_further.py"), str(rows)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["rows"] == 80
    assert json.loads(done.stdout)["right_of_sure"] == 1.0


@pytest.mark.parametrize(
    ("text", "path", "kind"),
    [
        ('x = "', "a.py", "string"),
        ("x = 1", "a.py", "code"),
        ('x = f"a {', "a.py", "code"),
        ('x = f"a {b} c', "a.py", "string"),
        ('def f():\n    """Foo', "a.py", "text"),
        ('"""a""" + "', "a.py", "string"),
        ("# don't", "a.py", "comment"),
        ("x = '''a", "a.py", "text"),
        ("/* a", "a.js", "text"),
        ("/* a */ x", "a.js", "code"),
        ("// x", "a.js", "comment"),
        ("`a ${", "a.js", "code"),
        ("`a ${b} ", "a.js", "string"),
        ("x", "README.md", "text"),
        ("fn a<'a>(x: &'a str", "a.rs", "code"),
    ],
)
def test_what_the_cursor_stands_in(text: str, path: str, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))

    assert importlib.import_module("within").within(text, Path(path)).kind == kind
