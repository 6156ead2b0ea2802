"""complete, index, tour and model info with the embedded model, as a user runs them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from inhouse.cli.complete import answer_at
from inhouse.cli.target import Target
from inhouse.completion import Settings

from .conftest import LIMIT_S, Call, Run

pytestmark = pytest.mark.integration


def check_shape(answer: dict[str, Any]) -> None:
    """Exactly the object that the design promises."""
    assert list(answer) == ["items", "silent", "notes", "timings_ms", "tokens", "model"]
    assert list(answer["tokens"]) == ["prompt", "reused", "decoded", "drafted", "accepted"]
    assert (answer["silent"] is None) == bool(answer["items"])
    for item in answer["items"]:
        assert list(item) == ["text", "range", "probability", "source", "provenance"]
        assert list(item["range"]) == ["start", "end"]
        for end in item["range"].values():
            assert list(end) == ["line", "character"]
        assert 0 <= item["probability"] <= 1
        assert item["source"] in ("model", "project", "ngram", "cache")
        for place in item["provenance"]:
            assert list(place) == ["path", "line", "kind"]


def test_complete_gives_the_promised_object(run: Run, project: Path) -> None:
    done = run("complete", "basket.py:5:16", "--root", str(project), "--json", cwd=project)
    assert (done.returncode, done.stderr) == (0, "")
    answer = json.loads(done.stdout)
    check_shape(answer)
    assert done.stdout.count("\n") == 1
    assert answer["tokens"]["prompt"] > 0
    assert answer["model"]


def test_complete_finds_the_project_by_itself(run: Run, project: Path) -> None:
    done = run("complete", str(project / "basket.py") + ":5:16", "--json")
    assert done.returncode == 0
    check_shape(json.loads(done.stdout))


def test_positions_are_utf16_from_0(call: Call, project: Path) -> None:
    (project / "emoji.py").write_text("def f(x):\n    print('😀', x.\n", encoding="utf-8")
    for column in range(15, 19):
        done = call("complete", f"emoji.py:2:{column}", "--json", "--invoked")
        for item in json.loads(done.stdout)["items"]:
            assert item["range"]["start"] == {"line": 1, "character": column}  # one less, and one more for the emoji


def test_the_document_may_come_from_standard_input(run: Run, project: Path) -> None:
    text = "from prices import net_price\n\n\ndef all_prices(amounts):\n    return [\n"
    done = run("complete", "unsaved.py:5:13", "--stdin", "--json", stdin=text, cwd=project)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    check_shape(answer)
    assert answer["tokens"]["prompt"] > 0


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "1:1"),
        ("<|fim_prefix|><|fim_middle|>x = <|endoftext|>\n<|fim_suffix|>\ny = ", "3:5"),
        ("def f():\r\n    return \r\n", "2:12"),
        ("x = 'caf\xe9'\ny = ", "2:5"),
        ("\t\t\n" * 500 + "z = ", "501:5"),
    ],
    ids=["empty", "control tokens", "CRLF", "Latin-1", "tabs"],
)
def test_odd_files(call: Call, project: Path, text: str, place: str) -> None:
    (project / "odd.py").write_bytes(text.encode("latin-1"))
    done = call("complete", f"odd.py:{place}", "--json")
    assert done.returncode == 0, done.stderr
    check_shape(json.loads(done.stdout))


def test_for_people_the_suggestion_stands_alone_on_standard_output(call: Call) -> None:
    done = call("complete", "basket.py:5:16", "--why", "--alternatives", "3", "--invoked")
    assert done.returncode == 0
    assert "model " in done.stderr
    assert done.stdout or "nothing suggested" in done.stderr


def test_silence_is_explained_and_no_failure(call: Call) -> None:
    done = call("complete", "basket.py:1:3")
    assert (done.returncode, done.stdout) == (0, "")
    assert "nothing suggested: inside a word" in done.stderr


def test_the_same_question_has_the_same_answer(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INHOUSE_CACHE_DIR", str(project.parent / "cache"))
    place = Target(project / "basket.py", 5, 16)
    answers = [answer_at(place, project, Settings(), 1, False, False) for _ in range(2)]
    assert answers[0]["items"] == answers[1]["items"]


def test_complete_opens_no_socket_and_writes_nothing_into_the_project(run: Run, project: Path) -> None:
    before = sorted((path, path.stat().st_mtime_ns) for path in project.rglob("*"))
    guard = project.parent / "guard"
    guard.mkdir()
    (guard / "sitecustomize.py").write_text(
        "import sys\n"
        "def refuse(event, _):\n"
        "    if event.startswith('socket.'):\n"
        "        raise SystemExit('a socket was opened: ' + event)\n"
        "sys.addaudithook(refuse)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(guard), "INHOUSE_CACHE_DIR": str(project.parent / "cache")}
    command = [sys.executable, "-m", "inhouse.cli", "complete", "basket.py:5:16", "--json"]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=LIMIT_S, cwd=project, env=environment, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    check_shape(json.loads(done.stdout))
    assert sorted((path, path.stat().st_mtime_ns) for path in project.rglob("*")) == before


def test_index_tells_figures(call: Call, project: Path) -> None:
    done = call("index", str(project), "--json")
    assert (done.returncode, done.stderr) == (0, "")
    figures = json.loads(done.stdout)
    assert (figures["files"], figures["languages"]) == (2, {"python": 2})
    assert figures["root"] == str(project.resolve())
    assert Path(figures["index"]).is_file()
    for_people = call("index", str(project))
    assert "files      2 (python 2)" in for_people.stdout


def test_the_tour_shows_what_is_computed_and_how_to_connect_editors(run: Run) -> None:
    done = run("tour")
    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout, "no colours where nobody watches"
    assert done.stdout.count("  suggested  ") >= 5
    assert done.stdout.count("  the file   ") == done.stdout.count("  suggested  ")
    for word in ("pygls", "model: ", " ms", "vim.lsp.enable", "VS Code", "inhouse serve --stdio"):
        assert word in done.stdout


def test_the_tour_of_a_project_of_ones_own(call: Call, project: Path) -> None:
    lines = "".join(f"    value_{number} = net_price({number}, 0.2)\n" for number in range(60))
    (project / "long.py").write_text(f"from prices import net_price\n\n\ndef f():\n{lines}")
    done = call("tour", str(project))
    assert done.returncode == 0, done.stderr
    assert "long.py:" in done.stdout


def test_the_models_card_and_file(call: Call) -> None:
    for_people, for_programs = call("model", "info"), call("model", "info", "--json")
    facts = json.loads(for_programs.stdout)
    assert facts["architecture"] == "llama"
    assert facts["metadata"]["general.architecture"] == "llama"
    assert facts["card"].strip().split("\n")[0] in for_people.stdout
    own = call("model", "info", facts["path"], "--json")
    assert json.loads(own.stdout)["card"] is None
