"""Small cores get the project through the logits, large models through the prompt."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from fakes import ScriptedEngine

from inhouse.completion import Assistant, CompletionRequest, Settings
from inhouse.completion.sizes import rule_for, rules
from inhouse.model import CancelFlag


def test_every_size_has_a_rule() -> None:
    assert rules()[0].parameters_from == 0
    assert [rule.parameters_from for rule in rules()] == sorted({rule.parameters_from for rule in rules()})
    assert rule_for(5_000_000).context_percent <= rule_for(7_000_000_000).context_percent
    assert rule_for(5_000_000).mix_at_most >= rule_for(7_000_000_000).mix_at_most


@pytest.mark.parametrize(
    ("parameters", "percent", "seen"),
    [(5_000_000, None, False), (500_000_000, None, True), (5_000_000, 40, True), (500_000_000, 0, False)],
)
def test_other_files_go_into_the_prompt_by_size_unless_told_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parameters: int, percent: int | None, seen: bool
) -> None:
    monkeypatch.setenv("INHOUSE_CACHE_DIR", str(tmp_path / "cache"))
    root = tmp_path / "project"
    root.mkdir()
    (root / "house.py").write_text("def read_settings(path):\n    return path.read_text()\n")
    engine = ScriptedEngine()
    engine.parameters = parameters
    assistant = Assistant(replace(Settings(), context_percent=percent), engine)
    assistant.project(root).refresh()
    text = "from house import read_settings\n\nsettings = read_set"

    assistant.complete(CompletionRequest(root, root / "main.py", text, len(text)), CancelFlag())
    assistant.close()

    assert bool(engine.requests[0].blocks) == seen
