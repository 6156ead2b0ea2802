"""Which packages the core may read, pinned by version, licence and hash, and how they are fetched.

Fetches with the ordinary package clients (`pip download`, `npm pack`); it never unpacks or runs what it fetched.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from coretrain import archives

HERE = Path(__file__).resolve().parent.parent
PACKAGES = HERE / "packages.toml"
MANIFEST = HERE / "manifest.json"

PIP_BATCH = 12
"""Names in one pip call: starting pip costs a second of CPU, and one name without a wheel fails its whole call."""

Source = Literal["pypi", "npm"]
Split = Literal["train", "held"]


class ManifestError(Exception):
    """A package could not be had as the manifest pins it."""


@dataclass(frozen=True)
class Wanted:
    name: str
    source: Source
    split: Split
    version: str | None = None


@dataclass(frozen=True)
class Pinned:
    name: str
    source: Source
    split: Split
    version: str
    file: str
    sha256: str
    size_bytes: int
    licence: str


def read_packages(path: Path = PACKAGES) -> list[Wanted]:
    tables = tomllib.loads(path.read_text())
    never = set(tables["never"]["names"])
    wanted: list[Wanted] = []
    splits: tuple[Split, ...] = ("held", "train")
    sources: tuple[Source, ...] = ("pypi", "npm")
    for split in splits:
        for source in sources:
            wanted += [Wanted(name, source, split) for name in tables[split].get(source, [])]
    forbidden = [package.name for package in wanted if package.name in never]
    both = {p.name for p in wanted if p.split == "held"} & {p.name for p in wanted if p.split == "train"}
    if forbidden or both:
        raise ManifestError(f"listed but never to be read: {forbidden}; both trained on and held out: {sorted(both)}")
    return wanted


def read_manifest(path: Path = MANIFEST) -> list[Pinned]:
    return [Pinned(**row) for row in json.loads(path.read_text())]


def write_manifest(rows: Iterable[Pinned], path: Path = MANIFEST) -> None:
    ordered = sorted(rows, key=lambda row: (row.split, row.source, row.name))
    path.write_text("[\n" + ",\n".join(json.dumps(asdict(row)) for row in ordered) + "\n]\n")


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fetch(wanted: Sequence[Wanted], folder: Path) -> list[Pinned]:
    """Fetch each package once; what is already in the folder at the pinned version is not fetched again."""
    folder.mkdir(parents=True, exist_ok=True)
    pypi = [package for package in wanted if package.source == "pypi"]
    npm = [package for package in wanted if package.source == "npm"]
    batches = [pypi[i : i + PIP_BATCH] for i in range(0, len(pypi), PIP_BATCH)]
    with ThreadPoolExecutor(3) as pool:
        found = [row for rows in pool.map(lambda batch: _pip_download(batch, folder), batches) for row in rows]
        found += [row for row in pool.map(lambda package: _npm_pack(package, folder), npm) if row]
    return found


def verify(pinned: Iterable[Pinned], folder: Path) -> None:
    """Every file is the one that was pinned, byte for byte."""
    for row in pinned:
        path = folder / row.split / row.file
        if not path.is_file() or sha256(path) != row.sha256:
            raise ManifestError(f"{row.name} {row.version}: {row.file} is missing or is not the pinned file")


def _spec(package: Wanted) -> str:
    return f"{package.name}=={package.version}" if package.version else package.name


def _pip_download(batch: Sequence[Wanted], folder: Path) -> list[Pinned]:
    target = folder / batch[0].split
    if len({package.split for package in batch}) > 1:
        return [row for split in ("held", "train") for row in _pip_download_split(batch, split, folder)]
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:"]
    command += ["--disable-pip-version-check", "-d", str(target), *(_spec(package) for package in batch)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode and len(batch) > 1:
        return [row for package in batch for row in _pip_download([package], folder)]
    if done.returncode:
        print(f"no wheel of {batch[0].name}: left out", file=sys.stderr)
        return []
    return [_pin(package, _find_wheel(package, target)) for package in batch]


def _pip_download_split(batch: Sequence[Wanted], split: str, folder: Path) -> list[Pinned]:
    part = [package for package in batch if package.split == split]
    return _pip_download(part, folder) if part else []


def _find_wheel(package: Wanted, folder: Path) -> Path:
    stem = package.name.replace("-", "_").lower()
    found = [path for path in folder.glob("*.whl") if path.name.split("-")[0].lower().replace(".", "_") == stem]
    if package.version:
        found = [path for path in found if path.name.split("-")[1] == package.version]
    if len(found) != 1:
        raise ManifestError(f"{package.name}: expected one wheel, found {[path.name for path in found]}")
    return found[0]


def _npm_pack(package: Wanted, folder: Path) -> Pinned | None:
    target = folder / package.split
    target.mkdir(parents=True, exist_ok=True)
    spec = f"{package.name}@{package.version}" if package.version else package.name
    command = ["npm", "pack", "--silent", "--ignore-scripts", "--pack-destination", str(target), spec]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=folder)
    if done.returncode:
        print(f"npm has no {spec}: left out", file=sys.stderr)
        return None
    return _pin(package, target / done.stdout.strip().splitlines()[-1])


def _pin(package: Wanted, path: Path) -> Pinned:
    version = path.name.split("-")[1] if package.source == "pypi" else path.stem.rsplit("-", 1)[1]
    said = archives.licence(path)
    size = path.stat().st_size
    return Pinned(package.name, package.source, package.split, version, path.name, sha256(path), size, said)
