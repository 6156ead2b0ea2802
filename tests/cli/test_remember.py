"""What `inhouse bench latency` leaves for `inhouse model list`."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ggufs import FIM_METADATA, write

from inhouse.cli.bench import remember
from inhouse.completion import Settings
from inhouse.model.speeds import Speeds


@pytest.mark.parametrize(
    ("engine", "asked", "kept"), [("embedded", 20, [3]), ("embedded", 19, []), ("server", 200, [])]
)
def test_only_a_model_that_ran_here_and_often_is_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str, asked: int, kept: list[int]
) -> None:
    monkeypatch.setenv("INHOUSE_DATA_DIR", str(tmp_path))
    file = write(tmp_path / "m.gguf", FIM_METADATA)
    figures: Any = SimpleNamespace(asked=asked, decode_tokens_per_s=50.0, answer_ms=SimpleNamespace(p50=90.0))

    remember(Settings(engine=engine, model=str(file), threads=3), figures)

    assert [speed.threads for speed in Speeds().all()] == kept
