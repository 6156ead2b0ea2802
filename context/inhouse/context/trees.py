"""Syntax trees of the files being edited, kept between keystrokes and parsed again only where the text changed."""

import threading
from collections import OrderedDict
from typing import NamedTuple

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

_COMPARED = 4096
"""Bytes compared at once: a text of 250,000 takes 0.02 ms, by numpy 0.3."""


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
                old, _ = edited(kept[2], kept[1], source)
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


class Edit(NamedTuple):
    """One stretch of bytes, from start to old_end, was replaced by what stands from start to new_end."""

    start: int
    old_end: int
    new_end: int


def edited(tree: Tree, old: bytes, new: bytes) -> tuple[Tree, Edit]:
    """A copy of the old text's tree that was told of how the text has changed: the parser then takes over the rest."""
    start, kept_end = changed(old, new)
    edit = Edit(start, len(old) - kept_end, len(new) - kept_end)
    row, column = old.count(b"\n", 0, start), start - (old.rfind(b"\n", 0, start) + 1)
    found = tree.copy()
    found.edit(*edit, (row, column), _after(old, row, start, edit.old_end), _after(new, row, start, edit.new_end))
    return found, edit


def changed(old: bytes, new: bytes) -> tuple[int, int]:
    """How many bytes the two have in common at the start, and (not overlapping) at the end."""
    shorter = min(len(old), len(new))
    start = 0
    while start < shorter and old[start : start + _COMPARED] == new[start : start + _COMPARED]:
        start += _COMPARED
    start = min(start, shorter)
    start += _common(old[start : min(start + _COMPARED, shorter)], new[start : min(start + _COMPARED, shorter)])
    rest = shorter - start
    same = 0
    while same < rest and _last(old, same, rest) == _last(new, same, rest):
        same += _COMPARED
    same = min(same, rest)
    return start, same + _common(_last(old, same, rest)[::-1], _last(new, same, rest)[::-1])


def _last(text: bytes, same: int, rest: int) -> bytes:
    """The next bytes to compare from the end, behind which so many are the same."""
    return text[len(text) - min(same + _COMPARED, rest) : len(text) - same]


def _common(one: bytes, other: bytes) -> int:
    """How many bytes two of one length have in common at the start."""
    differs = np.frombuffer(one, dtype=np.uint8) != np.frombuffer(other, dtype=np.uint8)
    return int(differs.argmax()) if differs.any() else len(one)


def _after(source: bytes, row: int, start: int, end: int) -> tuple[int, int]:
    """Row and column of a place behind another one whose row is known."""
    return row + source.count(b"\n", start, end), end - (source.rfind(b"\n", 0, end) + 1)
