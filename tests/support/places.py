"""Places in code for tests: a text with the cursor marked by █."""

from __future__ import annotations

from pathlib import Path

from inhouse.completion.cursor import Cursor, cursor_of
from inhouse.completion.request import CompletionRequest


def cursor_at(marked: str) -> Cursor:
    offset = marked.index("█")
    text = marked[:offset] + marked[offset + 1 :]
    return cursor_of(CompletionRequest(Path("/p"), Path("/p/a.py"), text, offset))
