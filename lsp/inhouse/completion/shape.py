"""Turns what the model wrote into what is inserted: trimmed, not doubling what follows, with an exact range.

It runs no model and looks nothing up. The rules stand in brackets.py, repeats.py, units.py and indent.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from inhouse.completion.brackets import balance, replaced_tail
from inhouse.completion.cursor import Cursor
from inhouse.completion.indent import habit, refit
from inhouse.completion.repeats import before_loop, before_what_follows, goes_round, imports_again
from inhouse.completion.units import complete_lines, unit_end

_ABOVE = 12
"""Lines above the cursor that are looked at for a loop."""
_BELOW = 40


@dataclass(frozen=True, slots=True)
class Shaped:
    """Text for the range from the cursor's start to `end`; or `silent` says why there is nothing to show."""

    text: str
    end: int
    silent: str | None = None


class Shaper(Protocol):
    """Fits a text to a document; `shape` is the one, others are for measuring what it brings."""

    def __call__(
        self, raw: str, cursor: Cursor, /, *, tokens: Sequence[object] = (), cut_off: bool = False, lines: int = 0
    ) -> Shaped: ...


def shape(raw: str, cursor: Cursor, *, tokens: Sequence[object] = (), cut_off: bool = False, lines: int = 0) -> Shaped:
    """Fit the model's text to the document around the cursor.

    `tokens` are the text's tokens, by number or text, where a loop shows. `cut_off`: a limit ended the decode, not the
    text. `lines`: keep at most so many lines (0: all).
    """
    if goes_round(tokens):
        return _nothing(cursor, "goes round in circles")
    text = raw.rstrip()
    if cursor.line_head[-1:] in (" ", "\t"):
        text = text.lstrip(" \t")  # the blanks at the cursor are the indentation or the gap that the user chose
    if "\n" in text:
        end, more = unit_end(text, cursor)
        unfinished = cut_off or balance(text).depth > 0
        text = complete_lines(text) if unfinished and not more else text[:end]
        text = refit(text, cursor.line_head, habit(cursor.prefix + cursor.suffix))
    if lines:
        text = "\n".join(text.split("\n")[:lines]).rstrip()
    if not text.strip():
        return _nothing(cursor, "nothing to add")
    if text.strip() == cursor.line_tail.strip():
        return _nothing(cursor, "repeats what follows")
    text, why = _without_repeats(text, cursor)
    if why:
        return _nothing(cursor, why)
    replaced = replaced_tail(text, cursor.line_head, cursor.line_tail)
    if text.strip() == cursor.line_tail[:replaced].strip():
        return _nothing(cursor, "repeats what follows")
    text = cursor.lead + text
    return Shaped(text.replace("\n", cursor.newline), cursor.offset + replaced)


def _nothing(cursor: Cursor, why: str) -> Shaped:
    return Shaped("", cursor.offset, why)


def _other_lines(cursor: Cursor) -> Iterator[str]:
    """The document's lines but the cursor's."""
    yield from islice(cursor.prefix.split("\n"), cursor.prefix.count("\n"))
    yield from islice(cursor.suffix.split("\n"), 1, None)


def _without_repeats(text: str, cursor: Cursor) -> tuple[str, str | None]:
    """(the text before what stands below or comes round again, why nothing is left)."""
    completed = (cursor.line_head + text).split("\n")
    if not cursor.line_tail.strip() and imports_again(completed[0], _other_lines(cursor)):
        return "", "imported already"
    kept = before_what_follows(completed, cursor.suffix.split("\n", _BELOW)[1:])
    looped = before_loop(completed, cursor.prefix.rsplit("\n", _ABOVE)[-_ABOVE:-1])
    count = min(kept, looped)
    if count < len(completed):
        text = "\n".join(text.split("\n")[:count]).rstrip()
    if text.strip():
        return text, None
    return text, "repeats what follows" if kept <= looped else "repeats the lines above"
