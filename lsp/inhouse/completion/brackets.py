"""Brackets and quotes in a piece of code: what it leaves open, and what it closes that others opened. No grammar."""

from __future__ import annotations

from dataclasses import dataclass

_PAIRS = {")": "(", "]": "[", "}": "{"}
_QUOTES = "\"'`"


@dataclass(frozen=True, slots=True)
class Balance:
    quote: str
    """The quote that is open at the end, or nothing."""
    depth: int
    """Brackets opened in the text and not closed in it."""
    closers: tuple[int, ...]
    """Where stand the brackets and the quote that close what was open before the text."""


def balance(text: str, quote: str = "") -> Balance:
    """Read a text at whose beginning `quote` is open. A quote other than a backtick ends with its line."""
    reader = _Reader(quote)
    for index, letter in enumerate(text):
        if reader.escaped:
            reader.escaped = False
        elif letter == "\\":
            reader.escaped = True
        elif reader.quote:
            reader.within_quote(index, letter)
        else:
            reader.outside(index, letter)
    return Balance(reader.quote, len(reader.opened), tuple(reader.closers))


class _Reader:
    """Reads letter by letter what opens and closes."""

    def __init__(self, quote: str) -> None:
        self.quote = quote
        self.escaped = False
        self.opened: list[str] = []
        self.closers: list[int] = []
        self._others = bool(quote)
        """Whether the open quote was open before the text."""

    def within_quote(self, index: int, letter: str) -> None:
        if letter == self.quote and self._others:
            self.closers.append(index)
        if letter == self.quote or (letter == "\n" and self.quote != "`"):
            self.quote, self._others = "", False

    def outside(self, index: int, letter: str) -> None:
        if letter in _QUOTES:
            self.quote = letter
        elif letter in _PAIRS.values():
            self.opened.append(letter)
        elif letter in _PAIRS:
            if not self.opened:
                self.closers.append(index)
            elif self.opened[-1] == _PAIRS[letter]:
                self.opened.pop()


def replaced_tail(text: str, line_head: str, tail: str) -> int:
    """How many characters right of the cursor the text brings itself, such as a bracket that the editor closed.

    What the text closes and did not open is what the editor had closed already; then its last characters count as the
    tail's too, if nothing within the text opened them.
    """
    core = tail.strip()
    blanks = len(tail) - len(tail.lstrip())
    quote = balance(line_head).quote
    at, last = 0, -1
    for index in balance(text, quote).closers:
        if core[at : at + 1] != text[index]:
            break
        at, last = at + 1, index
    rest, left = text[last + 1 :], core[at:]
    if at and left and rest.endswith(left):
        at = len(core)
    for length in range(len(core), at, -1):
        before = balance(text[:-length], quote)
        if text.endswith(core[:length]) and (before.quote, before.depth, before.closers) == (quote, 0, ()):
            at = length
            break
    return blanks + at if at else 0
