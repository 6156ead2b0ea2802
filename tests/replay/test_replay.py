"""Cases are cut where they say, scores and intervals are arithmetic, arms differ by what they switch off."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fakes import ScriptedEngine

from inhouse.completion import Settings
from inhouse.replay.arms import ARMS
from inhouse.replay.cases import Case, CaseError, read_cases, sample
from inhouse.replay.replay import Replay, Row
from inhouse.replay.score import begins, difference, score
from inhouse.replay.summary import summaries

SOURCE = '"""Doc."""\nimport os\n\n\n' + "".join(
    f"def function_{number}(path, value):\n    result = compute_{number}(path, value)\n"
    "    return self.result.name\n\n\n"
    for number in range(12)
)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("INHOUSE_CACHE_DIR", str(tmp_path / "cache"))
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "a.py").write_text(SOURCE)
    (folder / "b.py").write_text(SOURCE.replace("function", "other"))
    return folder


def test_holes_are_the_rest_of_real_lines_in_all_kinds(root: Path) -> None:
    cases = sample(root, [root / "a.py", root / "b.py"], 60, seed=1)

    assert {case.kind for case in cases} >= {"member", "arguments", "right-hand side", "mid-word", "statement", "block"}
    for case in cases:
        assert case.prefix + case.target + case.suffix == (root / case.path).read_text()
        assert ("\n" in case.target) == (case.kind == "block")


def test_the_same_seed_cuts_the_same_holes(root: Path) -> None:
    paths = [root / "b.py", root / "a.py"]

    assert sample(root, paths, 20, seed=3) == sample(root, list(reversed(paths)), 20, seed=3)
    assert sample(root, paths, 20, seed=3) != sample(root, paths, 20, seed=4)


def test_cases_from_a_file(root: Path, tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    rows = [
        {"id": "1", "path": "a.py", "offset": 11, "end": 20, "target": "import os", "index_exclude": ["b.py"]},
        {"id": "2", "path": "new.py", "prefix": "x = ", "suffix": "\n", "target": "1", "kind": "made up"},
    ]
    file.write_text("\n".join(json.dumps(row) for row in rows) + "\n\n")

    one, two = read_cases(file, root)

    assert one.prefix + one.suffix == SOURCE[:11] + SOURCE[20:]
    assert one.exclude == ("b.py",)
    assert (two.kind, two.prefix, two.suffix) == ("made up", "x = ", "\n")


@pytest.mark.parametrize(
    "line", ["{", '{"id": 1}', '{"id": "1", "path": "none.py", "offset": 0, "target": "x"}', "[1]"]
)
def test_a_bad_case_is_named_by_its_line(root: Path, tmp_path: Path, line: str) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text("\n" + line)

    with pytest.raises(CaseError, match=r"cases\.jsonl:2: "):
        read_cases(file, root)


def test_scores() -> None:
    assert score("load( path )", "load(path)").exact
    assert score("load(file)", "load(path)").identifier_f1 == pytest.approx(0.5)
    assert score("load(file)", "load(path)").first_identifier
    assert not score("", "load(path)").first_identifier
    assert score("", "load(path)").similarity == 0
    assert begins("x = 1\n    y", "x = 1\ny\nz")
    assert begins("x =  1", "x = 1\ny")
    assert not begins("x", "x = 1\ny"), "half a line"
    assert not begins("x = 1\ny\nz", "x = 1\ny"), "more than there is"


def test_a_difference_that_is_always_there_is_clear_of_zero() -> None:
    groups = [str(number % 6) for number in range(70)]

    clear = difference([1.0] * 70, [0.0] * 70, groups)
    nothing = difference([1.0, 0.0] * 35, [0.0, 1.0] * 35, groups)

    assert (clear.mean, clear.low, clear.high) == (1.0, 1.0, 1.0)
    assert nothing.low < 0 < nothing.high


def test_every_arm_is_told_of() -> None:
    page = Path(__file__).parents[2] / "docs" / "measuring.md"

    assert [name for name in ARMS if f"`{name}`" not in page.read_text(encoding="utf-8")] == []


def test_arms_answer_all_cases_and_are_compared_with_the_first(root: Path) -> None:
    engine = ScriptedEngine("42")
    cases = [
        Case("1", "made up", "new.py", "from a import function_1\nx = ", "\n", "42"),
        Case("2", "made up", "new.py", "y = ", "\n", "43"),
    ]
    rows: list[Row] = []
    replay = Replay(Settings(), engine, root, ["full", "plain"], finished={("plain", "2")})

    replay.run(cases, rows.append)

    assert [(row.arm, row.id) for row in rows] == [("full", "1"), ("plain", "1"), ("full", "2")]
    assert [row.exact for row in rows] == [True, True, False]
    full, plain = summaries(rows)
    assert (full.exact, full.against) == (0.5, {})
    assert plain.against["full"]["exact"].mean == 0
    asked = [bool(request.blocks) for request in engine.requests]
    assert asked == [True, False, True]
    assert not engine.closed
    assert Row.parse(rows[0].json()) == rows[0]


def test_every_arm_switches_off_settings_that_exist() -> None:
    for arm in ARMS.values():
        arm.settings(Settings())


def test_without_shaping_the_text_comes_as_it_was_written(root: Path) -> None:
    rows: list[Row] = []
    case = Case("1", "made up", "new.py", "x = 1\n", "\ny = total(x)\nz = 2\n", "w = 3")

    replay = Replay(Settings(name_check=False), ScriptedEngine("y = total(x)"), root, ["full", "no-shape"])
    replay.run([case], rows.append)

    assert [row.text for row in rows] == ["", "y = total(x)"]
