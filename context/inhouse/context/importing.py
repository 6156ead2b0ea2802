"""The imports of texts that are typed in: looked for anew only where typing touched them.

A query over the whole tree of 250,000 bytes takes 12 ms, at every key.
"""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from tree_sitter import Tree

from inhouse.context.outline import ImportMatch, distinct, import_matches, is_rubble
from inhouse.context.symbols import Import
from inhouse.context.trees import Trees, edited

_KEPT_TEXTS = 8
"""As many as trees are kept."""


class _Seen(NamedTuple):
    """A text and what it imports."""

    language: str
    source: bytes
    tree: Tree
    matches: Sequence[ImportMatch]
    brought: tuple[Import, ...]


class Importing:
    """The last text of each edited file; safe from several threads."""

    def __init__(self, trees: Trees) -> None:
        self._trees = trees
        self._lock = threading.Lock()
        self._seen: OrderedDict[str, _Seen] = OrderedDict()

    def of(self, path: str, language: str, text: str) -> tuple[Import, ...]:
        """The imports of a text that stands for a file."""
        source, tree = self._trees.parse(path, language, text)
        with self._lock:
            seen = self._seen.get(path)
            if seen is None or seen.language != language or seen.source != source:
                seen = self._seen[path] = _look(seen, language, source, tree)
                while len(self._seen) > _KEPT_TEXTS:
                    self._seen.popitem(last=False)
            self._seen.move_to_end(path)
            return seen.brought


def _look(before: _Seen | None, language: str, source: bytes, tree: Tree) -> _Seen:
    matches = _moved(before, source, tree) if before is not None and before.language == language else None
    if matches is None:
        matches = import_matches(language, tree)
    elif before is not None and matches is before.matches:
        return _Seen(language, source, tree, matches, before.brought)
    return _Seen(language, source, tree, matches, distinct(item for one in matches for item in one.brought))


def _moved(before: _Seen, source: bytes, tree: Tree) -> Sequence[ImportMatch] | None:
    """The imports of the text before, where they stand now; None where some were touched, or may be new ones."""
    if is_rubble(tree.root_node) or is_rubble(before.tree.root_node):
        return None
    old, edit = edited(before.tree, before.source, source)
    ranges = old.changed_ranges(tree)
    first = min([edit.start, *(one.start_byte for one in ranges)]) - 1
    last = max([edit.new_end, *(one.end_byte for one in ranges)]) + 1
    by = edit.new_end - edit.old_end
    if any(match.start <= last - by and match.end >= first for match in before.matches):
        return None
    if import_matches(before.language, tree, max(first, 0), min(last, len(source))):
        return None
    lines = source.count(b"\n", edit.start, edit.new_end) - before.source.count(b"\n", edit.start, edit.old_end)
    if not by and not lines:
        return before.matches
    return [_further(match, by, lines) if match.start > last - by else match for match in before.matches]


def _further(match: ImportMatch, by: int, lines: int) -> ImportMatch:
    """The same so many bytes and lines further down."""
    brought = tuple(replace(item, line=item.line + lines) for item in match.brought) if lines else match.brought
    return ImportMatch(match.start + by, match.end + by, brought)
