"""The latency figures count what they say; no time is asserted."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes import ScriptedEngine

from inhouse.completion import Assistant, Settings
from inhouse.replay.latency import Spread, bandwidth_gb_s, measure
from inhouse.replay.typing_session import Keystroke


def test_counts_answers_and_tokens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INHOUSE_CACHE_DIR", str(tmp_path / "cache"))
    path = tmp_path / "a.py"
    keys = [Keystroke(path, "x = ", 4, "type"), Keystroke(path, "x = 1 + y", 4, "type")]
    seen: list[int] = []
    assistant = Assistant(Settings(), ScriptedEngine())

    figures = measure(assistant, tmp_path, keys, 12.5, 1000, 1, seen.append)

    assistant.close()
    assert (figures.keystrokes, figures.asked, figures.model) == (2, 1, "scripted")
    assert figures.load_ms == 12.5
    assert figures.cold_start_ms > 12.5
    assert figures.every_answer_ms.max == figures.answer_ms.max
    assert figures.evaluated_tokens == Spread(6, 6, 6)
    assert figures.decode_tokens_per_s == 500.0
    assert seen == [1, 2]


def test_spread() -> None:
    assert Spread.of([float(number) for number in range(101)]) == Spread(50, 95, 100)
    assert Spread.of([]) == Spread(0, 0, 0)


def test_the_memory_is_read() -> None:
    assert bandwidth_gb_s(1) > 0
