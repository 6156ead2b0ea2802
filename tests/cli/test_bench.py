"""`inhouse bench` on the embedded core: the last line is JSON, errors are one line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration

SOURCE = "import os\n\n\n" + "".join(
    f"def function_{number}(path, value):\n    result = os.path.join(path, value)\n    return result.name\n\n\n"
    for number in range(12)
)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("INHOUSE_CACHE_DIR", str(tmp_path / "cache"))
    folder = tmp_path / "project"
    folder.mkdir()
    for name in ("a.py", "b.py"):
        (folder / name).write_text(SOURCE)
    return folder


def bench(*arguments: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "inhouse.cli", "bench", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, cwd=folder)


def test_latency_ends_with_one_json_object_for_the_folder_one_is_in(project: Path) -> None:
    done = bench("latency", "--keystrokes", "15", "--threads", "1", folder=project)

    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout.splitlines()[-1])
    assert figures["keystrokes"] == 15
    assert figures["evaluated_tokens"]["p50"] <= 4
    assert figures["load_ms"] > 0


def test_replay_compares_arms_and_writes_every_answer(project: Path, tmp_path: Path) -> None:
    out = tmp_path / "rows.jsonl"
    done = bench(
        "replay",
        "--root",
        str(project),
        "--sample",
        "6",
        "--arm",
        "full",
        "--arm",
        "plain",
        "--out",
        str(out),
        "--json",
    )

    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert [arm["arm"] for arm in answer["arms"]] == ["full", "plain"]
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert len(rows) == 2 * answer["arms"][0]["cases"]
    assert {"id", "arm", "text", "alternatives", "probability", "shown", "ms", "tokens"} <= set(rows[0])


def test_history_types_what_was_committed_and_goes_on_where_it_was(project: Path, tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        identity = ("-c", "user.name=Ada", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
        subprocess.run(["git", "-C", str(project), *identity, *arguments], check=True, capture_output=True)

    git("init")
    git("add", "-A")
    git("commit", "-m", "base")
    (project / "a.py").write_text(SOURCE + "\n\ndef added(path):\n    return os.path.join(path, 'added')\n")
    git("commit", "-am", "more")
    arguments = (
        "history",
        "--root",
        str(project),
        "--out",
        str(tmp_path / "rows.jsonl"),
        "--latency-ms",
        "0",
        "--json",
    )
    done = bench(*arguments)

    assert done.returncode == 0, done.stderr
    arm = json.loads(done.stdout)["arms"][0]
    assert (arm["arm"], arm["texts"]) == ("full", 1)
    assert 0 < arm["keys"] <= arm["keys_by_hand"]
    again = bench(*arguments)
    assert json.loads(again.stdout) == json.loads(done.stdout)
    assert len((tmp_path / "rows.jsonl").read_text().splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["latency", "--root", "no-such-folder"], 2, "is not a directory"),
        (["replay", "--root", ".", "--arm", "none"], 2, "known are full"),
        (["replay", "--root", ".", "--cases", "none.jsonl"], 1, "cannot be read"),
        (["history", "--root", "."], 1, "not a git repository"),
        (["history", "--root", ".", "--arm", "none"], 2, "known are full"),
    ],
)
def test_wrong_use_is_one_line(project: Path, arguments: list[str], code: int, says: str) -> None:
    done = bench(*[str(project) if argument == "." else argument for argument in arguments])

    assert done.returncode == code
    assert says in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
