"""How many lines a place may get, and where the syntactic unit ends: by indentation and brackets, in any language."""

from __future__ import annotations

import re
from collections.abc import Callable

from inhouse.completion.brackets import balance
from inhouse.completion.cursor import Cursor

_OPENS_BLOCK = re.compile(r"(?:[:{(\[]|=>|\b(?:then|do|else|begin)|\bfunction\b.*\)|^\s*(?:def|class|module)\b.*)\s*$")
"""How a line ends after which something deeper begins."""
_NOT_A_BLOCK = re.compile(r"^\s*(?:#|//|\*|--)")
_BRACKETS_ONLY = re.compile(r"^[\s)\]}]*$")


def opens_block(cursor: Cursor) -> bool:
    """Whether the cursor stands in a block that is still empty: right behind its opener, or on a blank line below."""
    if not _BRACKETS_ONLY.match(cursor.line_tail):
        return False
    lines = cursor.prefix.rstrip().rsplit("\n", 1)
    opener = lines[-1]
    if not _OPENS_BLOCK.search(opener) or _NOT_A_BLOCK.match(opener):
        return False
    if cursor.line_head.strip() and cursor.line_head.rstrip() != opener:
        return False
    following = next((line for line in cursor.suffix.split("\n")[1:] if line.strip()), "")
    return indent_of(following) <= indent_of(opener)


def wanted_lines(cursor: Cursor, most: int, *, asked: bool) -> int:
    """Lines that an answer may have here. `asked`: by a key, or right after an accept."""
    if not _BRACKETS_ONLY.match(cursor.line_tail):
        return 1
    return most if asked or opens_block(cursor) else 1


def unit_end(text: str, cursor: Cursor) -> tuple[int, bool]:
    """(where the unit that the text begins ends, whether something follows it in the text).

    At the start of a block the unit is the block; elsewhere it is one statement with what belongs to it.
    """
    lines = text.split("\n")
    block = opens_block(cursor)
    base = _base(lines, cursor.line_head)
    written = cursor.line_head + lines[0] if cursor.line_head.strip() else lines[0]
    end = len(lines[0])
    started = bool(lines[0].strip())
    at = end
    for line in lines[1:]:
        at += 1 + len(line)
        if not line.strip():
            if text[:at].endswith("\n\n\n") and started:
                return end, True
            continue
        if started and balance(written).depth <= 0 and _outside(line, base, block):
            return end, True
        written += "\n" + line
        started = True
        end = at
    return end, False


def complete_lines(text: str) -> str:
    """A text that a limit cut off, back to the last line at which its brackets are closed; at least its first line."""
    lines = text.split("\n")
    first = 1 if lines[0].strip() else 2
    for count in range(len(lines) - 1, first, -1):
        if balance("\n".join(lines[:count])).depth <= 0:
            return "\n".join(lines[:count])
    return "\n".join(lines[:first])


def over(cursor: Cursor) -> Callable[[str], bool]:
    """For the decode loop: whether what was written has gone beyond its unit."""
    return lambda text: "\n" in text and unit_end(text, cursor)[1]


def indent_of(line: str) -> int:
    """Characters of indentation: lines of one file are compared, which seldom mixes tabs and blanks."""
    return len(line) - len(line.lstrip(" \t"))


def _base(lines: list[str], head: str) -> int:
    """The indentation of the unit's first line."""
    if not head.strip():
        return indent_of(head) + indent_of(lines[0]) if lines[0].strip() else _next_indent(lines[1:], indent_of(head))
    return indent_of(head) if lines[0].strip() else _next_indent(lines[1:], indent_of(head))


def _next_indent(lines: list[str], otherwise: int) -> int:
    return next((indent_of(line) for line in lines if line.strip()), otherwise)


def _outside(line: str, base: int, block: bool) -> bool:
    return indent_of(line) < base if block else indent_of(line) <= base
