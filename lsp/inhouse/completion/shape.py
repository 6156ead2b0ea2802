"""Turns what the model wrote into what is inserted: trimmed, not doubling what follows, with an exact range.

It runs no model and looks nothing up.
"""

from __future__ import annotations

from dataclasses import dataclass

from inhouse.completion.cursor import Cursor

_OPENERS, _CLOSERS = "([{", ")]}"
_QUOTES = "\"'`"
_NEAR_LINES = 3
"""Lines after the cursor that a suggestion must not repeat: further away, alike lines are legitimate."""


@dataclass(frozen=True, slots=True)
class Shaped:
    """Text for the range from the cursor's start to `end`; or `silent` says why there is nothing to show."""

    text: str
    end: int
    silent: str | None = None


def shape(raw: str, cursor: Cursor) -> Shaped:
    """Fit the model's text to the document around the cursor."""
    text = raw.rstrip()
    if cursor.line_head[-1:] in (" ", "\t"):
        text = text.lstrip(" \t")  # the blanks at the cursor are the indentation or the gap that the user chose
    if not text.strip():
        return _nothing(cursor, "nothing to add")
    if _repeats_what_follows(text, cursor):
        return _nothing(cursor, "repeats what follows")
    replaced = _replaced_tail(text, cursor)
    if text.strip() == cursor.line_tail[:replaced].strip():
        return _nothing(cursor, "repeats what follows")
    text = cursor.lead + text
    return Shaped(text.replace("\n", cursor.newline), cursor.offset + replaced)


def _nothing(cursor: Cursor, why: str) -> Shaped:
    return Shaped("", cursor.offset, why)


def _repeats_what_follows(text: str, cursor: Cursor) -> bool:
    """Whether the completed line already stands right below, or the text is the rest of the line itself."""
    if text.strip() == cursor.line_tail.strip():
        return True
    completed = (cursor.line_head + text).split("\n")[-1].strip()
    if len(completed) < 2 or not any(letter.isalnum() for letter in completed):
        return False  # a closing bracket often stands twice
    following = [line.strip() for line in cursor.suffix.split("\n")[1 : 1 + _NEAR_LINES] if line.strip()]
    return bool(following) and completed == following[0]


def _replaced_tail(text: str, cursor: Cursor) -> int:
    """How many characters right of the cursor the text brings itself, such as a bracket that the editor closed.

    The text's last characters count as the tail's only if nothing within the text opened them.
    """
    tail = cursor.line_tail
    core = tail.strip()
    blanks = len(tail) - len(tail.lstrip())
    quote, _ = _open_after(cursor.line_head, "")
    for length in range(len(core), 0, -1):
        if text.endswith(core[:length]) and _open_after(text[:-length], quote) == (quote, 0):
            return blanks + length
    return 0


def _open_after(text: str, quote: str) -> tuple[str, int]:
    """(quote that is open at the end or "", brackets left open) when `quote` is open at the beginning of text."""
    brackets = 0
    escaped = False
    for letter in text:
        if escaped:
            escaped = False
        elif letter == "\\":
            escaped = True
        elif quote:
            quote = "" if letter == quote else quote
        elif letter in _QUOTES:
            quote = letter
        elif letter in _OPENERS:
            brackets += 1
        elif letter in _CLOSERS:
            brackets = max(0, brackets - 1)
    return quote, brackets
