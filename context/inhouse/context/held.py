"""What of a project's files is kept in memory between keystrokes: outlines, lines, excerpts, trees of what is edited.

Knows the index's rows and the editor's unsaved texts; decides nothing.
"""

import os
import threading
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path

from inhouse.context import files
from inhouse.context.blocks import BlockTexts
from inhouse.context.excerpts import Excerpts
from inhouse.context.importing import Importing
from inhouse.context.outline import Import, Outline
from inhouse.context.store import FileRow, Store
from inhouse.context.trees import PARSED_CHARS, Trees

_KEPT_OUTLINES = 1024
_KEPT_FILES = 64
"""Outlines and texts of other files kept in memory: what one cursor's neighbourhood asks for again and again."""


class Held:
    """The files of one project; safe from several threads."""

    def __init__(self, root: Path, store: Store, unsaved: Mapping[str, str]) -> None:
        self._root = str(root)
        self._store = store
        self._unsaved = unsaved
        self._lock = threading.Lock()
        self._outlines: OrderedDict[tuple[int, int], Outline] = OrderedDict()
        self._lines: OrderedDict[str, tuple[int, list[str]]] = OrderedDict()
        self._last_imports: tuple[tuple[str, str, str], tuple[Import, ...]] | None = None
        self._excerpts = Excerpts(root)
        self.trees = Trees()
        """Of the files being edited."""
        self._importing = Importing(self.trees)
        self.blocks = BlockTexts(self._excerpt, self._excerpts.forget)

    def outline_of(self, row: FileRow) -> Outline:
        """A file's outline; an empty one when it has gone meanwhile."""
        key = (row.id, row.first_block)
        with self._lock:
            held = self._outlines.get(key)
            if held is not None:
                self._outlines.move_to_end(key)
                return held
        found = self._store.outline(row.id) or Outline()
        with self._lock:
            self._outlines[key] = found
            while len(self._outlines) > _KEPT_OUTLINES:
                self._outlines.popitem(last=False)
        return found

    def lines_of(self, path: str) -> list[str]:
        """The lines of another file as they are now: the editor's, else the disk's."""
        unsaved = self._unsaved.get(path)
        if unsaved is not None:
            return unsaved.split("\n")
        try:
            changed_ns = os.stat(f"{self._root}/{path}").st_mtime_ns  # noqa: PTH116 - pathlib takes three times as long
        except OSError:
            return []
        with self._lock:
            held = self._lines.get(path)
            if held is not None and held[0] == changed_ns:
                self._lines.move_to_end(path)
                return held[1]
        lines = (files.read(f"{self._root}/{path}") or "").split("\n")
        with self._lock:
            self._lines[path] = (changed_ns, lines)
            while len(self._lines) > _KEPT_FILES:
                self._lines.popitem(last=False)
        return lines

    def parse_ahead(self, own: str, language: str | None, text: str) -> None:
        """Parses a file that was just opened, so that the first query in it need not (10 ms for 100 kB)."""
        if language and len(text) <= PARSED_CHARS:
            self.trees.parse(own, language, text)

    def imports(self, own: str, language: str, text: str) -> tuple[Import, ...]:
        """The imports of a text that stands for a file."""
        if not language or len(text) > PARSED_CHARS:
            return ()
        key, held = (own, language, text), self._last_imports
        if held is None or held[0] != key:  # asked for each name of a suggestion
            held = self._last_imports = key, self._importing.of(own, language, text)
        return held[1]

    def _excerpt(self, path: str, first: int, last: int) -> str:
        """Some lines of another file as they are now."""
        unsaved = self._unsaved.get(path)
        if unsaved is not None:
            return "\n".join(unsaved.split("\n")[first - 1 : last])
        return self._excerpts.of(path, first, last)
