"""Source files out of wheels, npm tarballs and the running interpreter's standard library.

Reads archives in memory and never executes or extracts them to disk; it judges nothing (see filters.py).
"""

from __future__ import annotations

import email.parser
import json
import re
import sys
import sysconfig
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

LANGUAGES = {
    ".py": "python",
    ".ts": "typescript",
    ".tsx": "typescript",
    ".mts": "typescript",
    ".js": "javascript",
    ".jsx": "javascript",
    ".mjs": "javascript",
    ".cjs": "javascript",
}

_LICENCE_FILE = re.compile(r"/LICEN[CS]E[^/]*$", re.IGNORECASE)
_LICENCE_WORDS = {
    "MIT": "Permission is hereby granted, free of charge, to any person obtaining a copy",
    "BSD": "Redistribution and use in source and binary forms, with or without modification, are permitted",
    "Apache-2.0": "Apache License Version 2.0",
}


@dataclass(frozen=True)
class Member:
    path: str
    language: str
    raw: bytes


def language_of(path: str) -> str | None:
    return LANGUAGES.get(path[path.rfind(".") :])


def members(archive: Path) -> Iterator[Member]:
    """Source files in a stable order, named as an installed project would name them."""
    pairs = _wheel_files(archive) if archive.suffix == ".whl" else _tarball_files(archive)
    for path, raw in pairs:
        language = language_of(path)
        if language:
            yield Member(path, language, raw)


def licence(archive: Path) -> str:
    """What the package says of itself: an SPDX expression where it gives one, else its classifiers."""
    if archive.suffix != ".whl":
        return _npm_licence(archive)
    with zipfile.ZipFile(archive) as wheel:
        name = next(n for n in wheel.namelist() if n.endswith(".dist-info/METADATA"))
        fields = email.parser.BytesHeaderParser().parsebytes(wheel.read(name))
    if fields["License-Expression"]:
        return str(fields["License-Expression"])
    kinds = [str(c).split(" :: ")[-1] for c in fields.get_all("Classifier", []) if str(c).startswith("License :: ")]
    kinds = [kind for kind in kinds if kind != "OSI Approved"]
    return "; ".join(kinds) or str(fields["License"] or "").strip().partition("\n")[0][:60] or _licence_text(archive)


def _licence_text(archive: Path) -> str:
    """Some packages name no licence and only carry its text."""
    with zipfile.ZipFile(archive) as wheel:
        names = [n for n in wheel.namelist() if ".dist-info/" in n and _LICENCE_FILE.search(n)]
        text = wheel.read(names[0]).decode("utf-8", "replace") if len(names) == 1 else ""
    return next((name for name, words in _LICENCE_WORDS.items() if words in " ".join(text.split())), "?")


def standard_library() -> Iterator[Member]:
    root = Path(sysconfig.get_paths()["stdlib"])
    skipped = {"site-packages", "__pycache__", "ensurepip", "lib2to3", "idlelib", "turtledemo"}
    for path in sorted(root.rglob("*.py")):
        relative = path.relative_to(root)
        if not skipped.intersection(relative.parts):
            yield Member(relative.as_posix(), "python", path.read_bytes())


def standard_library_version() -> str:
    return ".".join(map(str, sys.version_info[:3]))


def _wheel_files(archive: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(archive) as wheel:
        for name in sorted(wheel.namelist()):
            if language_of(name):
                yield name, wheel.read(name)


def _tarball_files(archive: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(archive) as tar:
        for entry in sorted((e for e in tar if e.isfile() and language_of(e.name)), key=lambda e: e.name):
            file = tar.extractfile(entry)
            if file:
                yield entry.name.split("/", 1)[1], file.read()


def _npm_licence(archive: Path) -> str:
    with tarfile.open(archive) as tar:
        file = tar.extractfile(next(e for e in tar if e.name.count("/") == 1 and e.name.endswith("/package.json")))
        assert file, "package.json is a regular file in every npm tarball"
        said = json.load(file).get("license", "?")
    return str(said["type"] if isinstance(said, dict) else said)
