"""A run that was broken off goes on; rows of another run are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from inhouse.completion import Settings
from inhouse.replay.cases import CaseError
from inhouse.replay.rows import Rows, run_of


def test_rows_are_there_again(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    Rows(file, "one").add({"id": "a", "arm": "full"})
    with file.open("a") as out:
        out.write('{"run": "one", "id": "b"')  # broken off within a line
    again = Rows(file, "one")
    again.add({"id": "c"})

    assert again.finished == [{"id": "a", "arm": "full"}]
    assert Rows(file, "one").finished == [{"id": "a", "arm": "full"}, {"id": "c"}]


def test_another_run_is_named_by_its_line(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    Rows(file, "one").add({"id": "a"})

    with pytest.raises(CaseError, match=r"rows\.jsonl:1: is of another run"):
        Rows(file, "two")


def test_a_run_is_named_by_the_models_content_and_the_settings(tmp_path: Path) -> None:
    model = tmp_path / "core.gguf"
    model.write_bytes(b"one")
    run = run_of(model, Settings(), 3)
    assert run == run_of(model, Settings(model="/elsewhere/core.gguf"), 3)
    assert len({run, run_of(model, Settings(max_lines=1), 3), run_of(model, Settings(), 1)}) == 3

    model.write_bytes(b"two")
    assert run_of(model, Settings(), 3) != run


def test_without_a_file_nothing_is_kept() -> None:
    rows = Rows(None, "one")
    rows.add({"id": "a"})

    assert rows.finished == []
