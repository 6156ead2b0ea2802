"""The licences of all locked packages: `python tests/wheel/licences.py` writes docs/licences.md, a test checks it.

A licence is what the installed package says of itself. Packages for other systems, and those of the extras and
groups that a plain set-up leaves out, keep what the list says: write it where they are installed, or their row by hand.
"""

from __future__ import annotations

import re
import sys
import tomllib
from email.message import Message
from importlib import metadata
from pathlib import Path
from typing import cast

REPOSITORY = Path(__file__).resolve().parents[2]
LIST = REPOSITORY / "docs" / "licences.md"
ALLOWED = frozenset(
    {"MIT", "MIT-0", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "Apache-2.0", "ISC", "Zlib", "CC0-1.0", "PSF-2.0",
     "MPL-2.0"}
)  # fmt: skip
"""MPL-2.0 binds changes of its own files only; nothing of it is changed here."""
_SPOKEN = {
    "MIT License": "MIT", "BSD License": "BSD-3-Clause", "BSD": "BSD-3-Clause", "Apache Software License": "Apache-2.0",
    "Apache 2.0": "Apache-2.0", "ISC License (ISCL)": "ISC", "ISC License": "ISC",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}  # fmt: skip


def locked() -> dict[str, str]:
    """Version of each package in uv.lock but our own."""
    packages = tomllib.loads((REPOSITORY / "uv.lock").read_text(encoding="utf-8"))["package"]
    return {one["name"]: one["version"] for one in packages if one["name"] != "inhouse"}


def listed() -> dict[str, str]:
    """What docs/licences.md says of each package."""
    rows = (line[2:-2].partition(" | ") for line in LIST.read_text(encoding="utf-8").splitlines()[6:])
    return {name: licence for name, _, licence in rows}


def licence_of(name: str) -> str | None:
    """The licence in SPDX's words, or as the package puts it; None where it is neither installed nor in the list."""
    try:
        found = cast(Message, metadata.metadata(name))
    except metadata.PackageNotFoundError:
        return listed().get(name)
    classifiers = [line.split("::")[-1].strip() for line in found.get_all("Classifier") or () if "License ::" in line]
    spoken = [*classifiers, (found.get("License") or "").strip().split("\n")[0]]
    return found.get("License-Expression") or next((_SPOKEN.get(word, word) for word in reversed(spoken) if word), None)


def is_allowed(licence: str) -> bool:
    return all(word in ALLOWED for word in re.findall(r"[A-Za-z0-9.-]+", licence) if word not in ("AND", "OR", "WITH"))


def listing() -> str:
    rows = "".join(f"| {name} | {licence_of(name) or 'unknown'} |\n" for name in sorted(locked()))
    head = "# Licences of the locked packages\n\nWritten by `python tests/wheel/licences.py`; a test compares it.\n\n"
    return f"{head}| package | licence |\n|---|---|\n{rows}"


if __name__ == "__main__":
    LIST.write_text(listing(), encoding="utf-8")
    sys.exit(0 if all(is_allowed(licence_of(name) or "unknown") for name in locked()) else 1)
