"""Turns what the model wrote into what is inserted: trimmed, not doubling what follows, with an exact range.

It runs no model and looks nothing up.
"""

from __future__ import annotations

from dataclasses import dataclass

from inhouse.completion.cursor import Cursor

_PAIRS = {")": "(", "]": "[", "}": "{"}
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
    if not text.strip():
        return _nothing(cursor, "nothing to add")
    if _repeats_what_follows(text, cursor):
        return _nothing(cursor, "repeats what follows")
    replaced = _replaced_tail(text, cursor.line_tail)
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


def _replaced_tail(text: str, tail: str) -> int:
    """How many characters right of the cursor the text brings itself, such as a bracket the editor closed."""
    stripped = tail.lstrip(" ")
    blanks = len(tail) - len(stripped)
    unmatched = _unmatched_closers(text)
    taken = 0
    while taken < len(stripped) and taken < len(unmatched) and stripped[taken] == unmatched[taken]:
        taken += 1
    return blanks + taken if taken else 0


def _unmatched_closers(text: str) -> list[str]:
    """Closing brackets, and a quote, that have no opening in the text, in order."""
    open_brackets: list[str] = []
    unmatched: list[str] = []
    quote = ""
    for letter in text:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in _QUOTES:
            quote = letter
        elif letter in _PAIRS.values():
            open_brackets.append(letter)
        elif letter in _PAIRS:
            if open_brackets and open_brackets[-1] == _PAIRS[letter]:
                open_brackets.pop()
            else:
                unmatched.append(letter)
    return [quote, *unmatched] if quote and text.find(quote) == text.rfind(quote) else unmatched
