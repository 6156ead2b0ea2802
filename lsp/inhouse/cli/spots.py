"""Chooses cursors in real files for the tour: the same ones each time. It completes nothing and shows nothing."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from inhouse.context import language_of

SMALLEST_BYTES, LARGEST_BYTES = 1_500, 200_000
"""A smaller file has little to complete in, a larger one is data or generated."""

MOST_FILES = 2_000
"""Enough to spread the spots over; bounds the walk when somebody names a home folder."""

SHORTEST, LONGEST = 12, 90
"""Characters of a line worth a spot, without its indentation."""

_COMMENT = re.compile(r"""^(#|//|/\*|\*|--|\"\"\"|'''|@)""")
_DEFINES = re.compile(r"^(import|from|use|package|#include|async|def|class|func|fn|pub|export|interface|type|struct)\b")
_MIDDLE = re.compile(r"(?:[.(]|= ?|\breturn )(?=.{3})")
"""A place inside of a line where somebody would pause: after a dot, an opening bracket, an equals sign, return."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A cursor with the rest of its line taken away."""

    path: Path
    text: str
    """The document without the rest of the line."""
    offset: int
    """The cursor, in characters into text."""
    line: int
    """From 1."""
    truth: str
    """What stood in the file from the cursor to the end of the line."""


def choose(root: Path, count: int) -> Iterator[Spot]:
    """Up to `count` spots, one a file, spread over the project and over the files' lengths."""
    files = sorted(_files(root))
    for number in range(min(count, len(files))):
        path = files[(2 * number + 1) * len(files) // (2 * min(count, len(files)))]
        spot = _spot(path, number, count)
        if spot is not None:
            yield spot


def _files(root: Path) -> Iterator[Path]:
    found = 0
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith((".", "__")) and name != "node_modules")
        for name in sorted(names):
            path = Path(folder, name)
            if language_of(path) is None or not SMALLEST_BYTES <= path.stat().st_size <= LARGEST_BYTES:
                continue
            found += 1
            if found > MOST_FILES:
                return
            yield path


def _spot(path: Path, number: int, count: int) -> Spot | None:
    """In the file's lines, as far along as the file is in the row; by turns at a line's head and in its middle."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    except (OSError, UnicodeDecodeError):
        return None
    usable = [index for index, line in enumerate(lines) if _is_code(line)]
    if not usable:
        return None
    index = usable[(2 * number + 1) * len(usable) // (2 * count)]
    line = lines[index].rstrip("\r\n")
    column = len(line) - len(line.lstrip())
    if number % 2 == 0 and (middle := _MIDDLE.search(line, column)):
        column = middle.end()
    offset = sum(map(len, lines[:index])) + column
    text = "".join(lines)
    return Spot(path, text[:offset] + text[offset - column + len(line) :], offset, index + 1, line[column:])


def _is_code(line: str) -> bool:
    code = line.strip()
    indented = line[:1] in (" ", "\t")
    return indented and SHORTEST <= len(code) <= LONGEST and not _COMMENT.match(code) and not _DEFINES.match(code)
