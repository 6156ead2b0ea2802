"""The tour's cursors: real code, the same each time."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from inhouse.cli.spots import choose


def package() -> Path:
    found = find_spec("pygls")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent


def test_the_same_spots_each_time() -> None:
    assert list(choose(package(), 6)) == list(choose(package(), 6))


def test_spots_are_real_lines_of_several_files() -> None:
    spots = list(choose(package(), 6))
    assert len({spot.path for spot in spots}) >= 5
    for spot in spots:
        original = spot.path.read_text(encoding="utf-8")
        assert spot.text[: spot.offset] + spot.truth + spot.text[spot.offset :] == original
        assert spot.text[: spot.offset].count("\n") + 1 == spot.line
        assert len(spot.truth.strip()) >= 3
        assert "\n" not in spot.truth


def test_some_spots_are_at_a_head_and_some_in_the_middle() -> None:
    heads = [spot.text[: spot.offset].rpartition("\n")[2].strip() == "" for spot in choose(package(), 6)]
    assert any(heads)
    assert not all(heads)


def test_a_folder_without_source_has_none(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x" * 5000)
    (tmp_path / "small.py").write_text("x = 1\n")
    (tmp_path / "broken.py").write_bytes(b"\xff" * 5000)
    assert list(choose(tmp_path, 6)) == []
