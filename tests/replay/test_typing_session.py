"""The recorded session types real text, key by key, the same at each run."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from inhouse.replay.typing_session import Keystroke, session

TEXT = "".join(f"def function_{number}(value):\n    return value + {number}\n\n" for number in range(40))


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / "a.py", tmp_path / "b.py", tmp_path / "short.py", tmp_path / "binary.py"]
    paths[0].write_text(TEXT)
    paths[1].write_text(TEXT.replace("value", "item"))
    paths[2].write_text("x = 1\n")
    paths[3].write_bytes(b"\xff\xfe\x00" * 100)
    return paths


def keys(files: list[Path], count: int = 700, seed: int = 1) -> list[Keystroke]:
    return list(session(files, count, seed))


def test_the_same_seed_types_the_same_keys(files: list[Path]) -> None:
    assert keys(files) == keys(files)
    assert keys(files, seed=2) != keys(files)


def test_all_kinds_of_keys_are_pressed_in_both_files(files: list[Path]) -> None:
    pressed = keys(files)

    assert len(pressed) == 700
    assert {key.kind for key in pressed} == {"type", "newline", "delete", "move", "switch"}
    assert {key.path.name for key in pressed} == {"a.py", "b.py"}


def test_each_key_changes_the_document_at_the_cursor_only(files: list[Path]) -> None:
    pressed = keys(files)
    for before, after in pairwise(pressed):
        if after.kind in ("move", "switch"):
            continue
        assert before.text[before.offset :] == after.text[after.offset :]
        longer, shorter = sorted((before.text[: before.offset], after.text[: after.offset]), key=len, reverse=True)
        assert longer.startswith(shorter)
        assert (after.kind == "delete") == (after.offset < before.offset)


def test_what_was_typed_at_a_place_is_the_file_s_own_text(files: list[Path]) -> None:
    pressed = keys(files)
    ends = [before for before, after in pairwise(pressed) if after.kind in ("move", "switch")]

    assert ends
    assert all(key.text == key.path.read_text() for key in ends)


def test_no_readable_files_give_no_keys(files: list[Path]) -> None:
    assert keys(files[2:]) == []
