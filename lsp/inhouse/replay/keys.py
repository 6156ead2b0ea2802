"""What typing a text costs by hand, in keys, in an editor that indents new lines by itself. It knows no suggestions.

The costs, stated once: a character is one key. Enter is one key and brings the next line's indentation where the editor
would (that of the line above, one level more behind an opener); a deeper one costs one key more, each level less one
key in languages without closers, nothing where the line begins with its closer. Brackets are not closed by the editor.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_OPENER = re.compile(r"(?:[{(\[:]|=>|->|\b(?:then|do|else))\s*$")
_CLOSER = re.compile(r"[})\]]|end\b|</")
_INDENT = re.compile(r"^([ \t]+)\S", re.MULTILINE)
_DEFAULT_UNIT = 4


@dataclass(frozen=True, slots=True)
class Key:
    """A stretch of text that one press brings, or a few for a line break with an unusual indentation."""

    start: int
    end: int
    cost: int


class Keys:
    """The text cut into keys."""

    def __init__(self, text: str, before: str) -> None:
        """`before` is what stands before the text: for the indentation of its line and the file's habit."""
        self.keys = list(_cut(text, before[before.rfind("\n") + 1 :], _unit(before + text)))
        self._at: list[int] = []
        for number, key in enumerate(self.keys):
            self._at += [number] * (key.end - key.start)
        self.total = sum(key.cost for key in self.keys)

    def next_key(self, at: int) -> tuple[int, int]:
        """(where the text stands after the next press, its cost) at this place in the text."""
        key = self.keys[self._at[at]]
        return key.end, key.cost if key.start == at else 1

    def between(self, start: int, end: int) -> int:
        """Keys by hand from `start` to `end`; an indentation half there is one key."""
        count = 0
        while start < end:
            start, cost = self.next_key(start)
            count += cost
        return count


def _cut(text: str, line: str, unit: int) -> list[Key]:
    keys: list[Key] = []
    at = 0
    while at < len(text):
        if text[at] != "\n":
            keys.append(Key(at, at + 1, 1))
            line += text[at]
            at += 1
            continue
        end = at + 1
        while end < len(text) and text[end] in " \t":
            end += 1
        if text[end : end + 1] in ("\n", ""):  # an empty line; whatever blanks it has come with the next one
            keys.append(Key(at, end, 1))
        else:
            keys.append(Key(at, end, _line_break(line, text[at + 1 : end], text[end : end + 8], unit)))
            line = text[at + 1 : end]
        at = end
    return keys


def _line_break(line: str, indent: str, head: str, unit: int) -> int:
    """Presses for a line break behind `line` up to a line of this indentation."""
    current = len(line) - len(line.lstrip(" \t"))
    offered = current + (unit if _OPENER.search(line) else 0)
    if len(indent) > offered:
        return 2
    if len(indent) < offered and not _CLOSER.match(head):
        return 1 + max(1, (offered - len(indent)) // unit)
    return 1


def _unit(text: str) -> int:
    """Characters of one level of indentation: the smallest in use; a tab is one."""
    widths = [1 if found[0] == "\t" else len(found) for found in _INDENT.findall(text[-20_000:])]
    return min((width for width in widths if width != 1 or "\t" in text), default=_DEFAULT_UNIT)
