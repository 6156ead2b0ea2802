"""FILE:LINE:COL on the command line, and the text of that file. Knows nothing of what is done there."""

from __future__ import annotations

import codecs
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from lsprotocol import types

from inhouse.cli.errors import WrongUse
from inhouse.server.documents import Cursor, Document
from inhouse.server.positions import content, to_units

_TARGET = re.compile(r"(?s)(.+):(\d+):(\d+)")
_PROBED_BYTES = 8192
"""A zero byte in the first so many makes a file binary, as git sees it."""
_LARGEST_BYTES = 64_000_000
"""Whatever is larger is no source file."""


@dataclass(frozen=True, slots=True)
class Target:
    """A place in a file."""

    path: Path
    line: int
    """From 1, as is column."""
    column: int
    """In characters."""


def parse_target(text: str, root: Path | None) -> Target:
    """Read FILE:LINE:COL; a relative FILE is looked for from here, then from the root. Raises WrongUse."""
    found = _TARGET.fullmatch(text)
    if found is None:
        raise WrongUse(f"{text}: must be FILE:LINE:COL, such as src/app.py:12:5; lines and columns count from 1")
    path, line, column = Path(found[1]), int(found[2]), int(found[3])
    if line < 1 or column < 1:
        raise WrongUse(f"{text}: lines and columns count from 1")
    if root is not None and not path.exists() and (root / path).exists():
        path = root / path
    return Target(path.absolute(), line, column)


def read_text(path: Path, from_stdin: bool) -> str:
    """The document: the file's text, or standard input in its place. Line ends stay as they are. Raises WrongUse."""
    if path.is_dir():
        raise WrongUse(f"{path}: is a directory; name a file in it")
    if from_stdin:
        return decode(sys.stdin.buffer.read(), "standard input")
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise WrongUse(f"{path}: is larger than {_LARGEST_BYTES // 1_000_000} MB; that is no source file")
        return decode(path.read_bytes(), str(path))
    except FileNotFoundError:
        raise WrongUse(f"{path}: no such file; give --stdin to complete in a text that is not saved yet") from None
    except OSError as error:
        raise WrongUse(f"{path}: cannot be read ({error.strerror}); name a file that you may read") from None


def decode(data: bytes, name: str) -> str:
    """Text in UTF-8, in UTF-16 with a byte order mark, or else in Latin-1. Raises WrongUse for what is no text."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    if b"\0" in data[:_PROBED_BYTES]:
        raise WrongUse(f"{name}: is a binary file; name a text file")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def cursor_at(target: Target, text: str) -> tuple[Document, Cursor]:
    """The text as an editor would hold it, with the cursor at the target. Raises WrongUse when it is outside."""
    document = Document(target.path.as_uri(), "", text, None, "utf-16")
    if target.line > document.line_count:
        raise WrongUse(f"{target.path}: has {document.line_count} lines, so there is no line {target.line}")
    line = content(document.line(target.line - 1))
    if target.column > len(line) + 1:
        raise WrongUse(
            f"{target.path}: line {target.line} has {len(line)} characters, so columns 1 to {len(line) + 1}; "
            f"there is no column {target.column}"
        )
    return document, document.cursor(types.Position(target.line - 1, to_units(line, target.column - 1, "utf-16")))
