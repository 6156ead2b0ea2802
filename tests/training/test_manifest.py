from __future__ import annotations

from pathlib import Path

import pytest
from coretrain import manifest


def test_the_listed_packages_keep_apart_what_is_trained_on_and_what_is_held_out() -> None:
    wanted = manifest.read_packages()
    assert {"scrapy", "mkdocs", "luigi", "peewee"} <= {p.name for p in wanted if p.split == "held"}
    assert not {"pygls", "nanochat", "tinker-cookbook"} & {p.name for p in wanted}


def test_everything_pinned_was_listed() -> None:
    listed = {(p.name, p.source, p.split) for p in manifest.read_packages()}
    pinned = manifest.read_manifest()
    assert {(p.name, p.source, p.split) for p in pinned} <= listed
    assert all(len(p.sha256) == 64 and p.version for p in pinned)


def test_a_package_may_not_be_trained_on_and_held_out(tmp_path: Path) -> None:
    listing = tmp_path / "packages.toml"
    listing.write_text('[train]\npypi = ["nox"]\n[held]\npypi = ["nox"]\n[never]\nnames = []\n')
    with pytest.raises(manifest.ManifestError, match="nox"):
        manifest.read_packages(listing)


def test_a_changed_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "train").mkdir()
    (tmp_path / "train" / "a-1.0.tgz").write_bytes(b"other")
    pinned = manifest.Pinned("a", "npm", "train", "1.0", "a-1.0.tgz", "0" * 64, 5, "MIT")
    with pytest.raises(manifest.ManifestError, match="not the pinned file"):
        manifest.verify([pinned], tmp_path)
