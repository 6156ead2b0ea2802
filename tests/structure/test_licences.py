"""Every locked package has a licence that is allowed, and docs/licences.md says which."""

from __future__ import annotations

import importlib.util
from importlib import metadata
from pathlib import Path
from types import ModuleType

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def licences() -> ModuleType:
    spec = importlib.util.spec_from_file_location("licences", REPOSITORY / "tests" / "wheel" / "licences.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_licence_is_allowed(licences: ModuleType) -> None:
    found = {name: licences.licence_of(name) for name in licences.locked()}
    assert {name: said for name, said in found.items() if not said or not licences.is_allowed(said)} == {}


def test_the_list_names_what_is_locked(licences: ModuleType) -> None:
    rows = [line.split(" | ")[0][2:] for line in licences.LIST.read_text(encoding="utf-8").splitlines()[6:]]
    assert rows == sorted(licences.locked()), "write it anew: python tests/wheel/licences.py"


def test_what_a_plain_set_up_lacks_is_in_the_list(licences: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> None:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "metadata", absent)
    assert licences.licence_of("keyring") == "MIT"
    assert licences.licence_of("nowhere") is None


def test_what_is_not_allowed_is_told(licences: ModuleType) -> None:
    assert licences.is_allowed("MPL-2.0 AND MIT")
    assert not licences.is_allowed("GPL-3.0-only")
    assert not licences.is_allowed("MIT AND SSPL-1.0")
