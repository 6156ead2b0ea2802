"""Which file is meant, and whether it is whole."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from inhouse.model import ModelError
from inhouse.model.shelf import sha256_of
from inhouse.model.store import Core, embedded_core, resolve, verify, verify_once


def test_no_name_means_the_embedded_core(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("INHOUSE_CACHE_DIR", str(tmp_path))
    monkeypatch.setenv("INHOUSE_DATA_DIR", str(tmp_path / "data"))

    assert resolve(None) == embedded_core().path
    assert list(tmp_path.rglob(embedded_core().sha256))


def test_the_embedded_core_has_its_checksum_and_a_card() -> None:
    core = embedded_core()

    verify(core)
    assert core.card.startswith("# inhouse-core")


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no such model file"):
        resolve(str(tmp_path / "none.gguf"))
    with pytest.raises(ModelError, match="is a folder"):
        resolve(str(tmp_path))


def core_at(path: Path) -> Core:
    path.write_bytes(b"weights")
    return Core(path, sha256_of(path), "")


def test_a_changed_core_is_refused(tmp_path: Path) -> None:
    core = core_at(tmp_path / "core.gguf")
    core.path.write_bytes(b"other weights")

    with pytest.raises(ModelError, match="damaged"):
        verify_once(core, tmp_path / "cache")


def test_the_checksum_is_taken_once_for_an_unchanged_file(tmp_path: Path) -> None:
    core = core_at(tmp_path / "core.gguf")
    verify_once(core, tmp_path / "cache")
    status = core.path.stat()
    core.path.write_bytes(b"WEIGHTS")  # same size and time: only a second checksum would notice
    os.utime(core.path, ns=(status.st_atime_ns, status.st_mtime_ns))

    verify_once(core, tmp_path / "cache")


def test_a_replaced_core_is_looked_at_again(tmp_path: Path) -> None:
    core = core_at(tmp_path / "core.gguf")
    verify_once(core, tmp_path / "cache")
    core.path.write_bytes(b"weighty")

    with pytest.raises(ModelError, match="damaged"):
        verify_once(core, tmp_path / "cache")


def test_an_unwritable_cache_is_no_obstacle(tmp_path: Path) -> None:
    core = core_at(tmp_path / "core.gguf")
    (tmp_path / "cache").write_text("a file where the folder should be")

    verify_once(core, tmp_path / "cache")
