"""What `inhouse bench latency` leaves for `inhouse model list`."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ggufs import FIM_METADATA, write

from inhouse.cli.bench import remember
from inhouse.completion import Settings
from inhouse.model.speeds import Speeds
from inhouse.model.store import embedded_core

from .conftest import Call


@pytest.mark.parametrize(
    ("engine", "asked", "kept"), [("embedded", 20, [3]), ("embedded", 19, []), ("server", 200, [])]
)
def test_only_a_model_that_ran_here_and_often_is_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str, asked: int, kept: list[int]
) -> None:
    monkeypatch.setenv("INHOUSE_DATA_DIR", str(tmp_path))
    file = write(tmp_path / "m.gguf", FIM_METADATA)

    remember(Settings(engine=engine, model=str(file), threads=3), measured(asked=asked))

    assert [speed.threads for speed in Speeds().all()] == kept


def measured(*, asked: int = 100, p50: float = 90.0, p95: float = 120.0) -> Any:
    return SimpleNamespace(asked=asked, decode_tokens_per_s=50.0, answer_ms=SimpleNamespace(p50=p50, p95=p95))


def rows(call: Call) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in json.loads(call("model", "list", "--json").stdout)["models"]}


def test_what_was_measured_stands_in_the_list(call: Call, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The embedded core, one of the catalogue, and a file of one's own."""
    models = project.parent / "data" / "models"
    files = {"embedded": embedded_core().path}
    for name in ("qwen2.5-coder-0.5b-q8_0", "house"):
        (models / name).mkdir(parents=True)
        files[name] = write(models / name / f"{name}.gguf", FIM_METADATA)
    note = {"name": "qwen2.5-coder-0.5b:q8_0", "file": files["qwen2.5-coder-0.5b-q8_0"].name}
    note["bytes"] = files["qwen2.5-coder-0.5b-q8_0"].stat().st_size  # type: ignore[assignment]
    (models / "qwen2.5-coder-0.5b-q8_0" / "model.json").write_text(json.dumps(note))
    before = rows(call)
    monkeypatch.setattr("inhouse.model.fit.gpus", list)
    for name, listed, p50 in (
        ("embedded", "embedded", 40.0),
        ("qwen2.5-coder-0.5b-q8_0", "qwen2.5-coder-0.5b:q8_0", 700.0),
        ("house", "house", 80.0),
    ):
        assert before[listed]["measured"] is False
        remember(Settings(model=str(files[name])), measured(p50=p50))
        row = rows(call)[listed]
        assert (row["measured"], row["answer_ms"], row["here"]) == (True, p50, True)
        assert row["fits"] == ("slow" if p50 > 600 else "fits")
    assert f"{40} ms" in call("model", "list").stdout


def test_the_list_marks_the_model_in_use(call: Call, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def in_use() -> list[str]:
        return [name for name, row in rows(call).items() if row["chosen"]]

    assert in_use() == ["embedded"]
    file = write(project.parent / "own.gguf", FIM_METADATA)
    assert call("model", "use", str(file)).returncode == 0
    assert in_use() == [str(file)]
    monkeypatch.setenv("INHOUSE_EDITOR", '{"model": "embedded"}')
    assert in_use() == ["embedded"], "a setting wins over the choice"
