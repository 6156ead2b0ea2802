"""Syntax trees of the files being edited, kept between keystrokes and parsed again only where the text changed."""

import threading
from collections import OrderedDict

import numpy as np
from tree_sitter import Tree

from inhouse.context.languages import parser
from inhouse.context.patience import Check, never

_KEPT_TREES = 8
"""One for every file that somebody edits in turn; a tree takes about ten times its text."""

PARSED_CHARS = 1_000_000
"""Longer texts are not parsed at a keystroke: a first parse would take longer than the answer may."""


_CHUNK_BYTES = 4096
"""Handed to the parser at a time where it may be ended."""


class Trees:
    """The last tree of each edited file, by path; safe from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[str, bytes, Tree]] = OrderedDict()

    def parse(self, path: str, language: str, text: str, check: Check = never) -> tuple[bytes, Tree]:
        """The UTF-8 source and its tree; incremental when the same file was parsed before.

        `check` is called every 0.03 ms; what it raises ends the parsing, and what was kept stays.
        """
        source = text.encode("utf-8", "replace")
        with self._lock:
            kept = self._kept.get(path)
            old: Tree | None = None
            if kept is not None and kept[0] == language:
                if kept[1] == source:
                    self._kept.move_to_end(path)
                    return source, kept[2]
                old = kept[2].copy()
                _edit(old, kept[1], source)
            tree = _parsed(language, source, old, check)
            self._kept[path] = (language, source, tree)
            self._kept.move_to_end(path)
            while len(self._kept) > _KEPT_TREES:
                self._kept.popitem(last=False)
            return source, tree

    def adopt(self, path: str, other: "Trees") -> None:
        """Begins with another one's tree of a file: a text that is nearly the same is then parsed in no time."""
        with other._lock:
            theirs = other._kept.get(path)
            copied = (theirs[0], theirs[1], theirs[2].copy()) if theirs is not None else None
        with self._lock:
            if copied is not None:
                self._kept.setdefault(path, copied)

    def forget(self, path: str) -> None:
        """Drops a closed file's tree."""
        with self._lock:
            self._kept.pop(path, None)


def _parsed(language: str, source: bytes, old: Tree | None, check: Check) -> Tree:
    made = parser(language)
    if check is never:
        return made.parse(source, old) if old else made.parse(source)

    def read(offset: int, _point: object) -> bytes:
        return source[offset : offset + _CHUNK_BYTES]

    def ended(_offset: int, _is_error: bool) -> bool:
        check()
        return False

    tree = made.parse(read, old, progress_callback=ended) if old else made.parse(read, progress_callback=ended)
    return made.parse(source, tree)  # the same one (0.4 ms for 60,000 bytes), which asks `read` for no text any more


def _edit(tree: Tree, old: bytes, new: bytes) -> None:
    """Tells the tree which one stretch of bytes was replaced by which."""
    start, kept_end = changed(old, new)
    old_end, new_end = len(old) - kept_end, len(new) - kept_end
    tree.edit(start, old_end, new_end, _point(old, start), _point(old, old_end), _point(new, new_end))


def changed(old: bytes, new: bytes) -> tuple[int, int]:
    """How many bytes the two have in common at the start, and (not overlapping) at the end."""
    shorter = min(len(old), len(new))
    one, other = np.frombuffer(old, dtype=np.uint8), np.frombuffer(new, dtype=np.uint8)
    differs = one[:shorter] != other[:shorter]
    start = int(differs.argmax()) if differs.any() else shorter
    rest = shorter - start
    if rest == 0:
        return start, 0
    differs = one[len(old) - rest :][::-1] != other[len(new) - rest :][::-1]
    return start, int(differs.argmax()) if differs.any() else rest


def _point(source: bytes, offset: int) -> tuple[int, int]:
    row = source.count(b"\n", 0, offset)
    return row, offset - (source.rfind(b"\n", 0, offset) + 1)
