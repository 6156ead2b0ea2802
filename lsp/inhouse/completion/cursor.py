"""The document around the cursor, as the model sees it: LF line ends, bounded size. No project, no model."""

from __future__ import annotations

import re
from dataclasses import dataclass

from inhouse.completion.request import CompletionRequest

_REACH = 60_000
"""Characters looked at on either side: several times what any prompt holds. Bounds the work in a 5 MB file."""
_STEP = 30_000
"""The far end of the prefix moves in steps of this many characters, so that typing does not shift it."""
_REST_ALLOWS = re.compile(r"""^\s*[)>}\]"'`]*\s*[:{;,]?\s*$""")
"""Text right of the cursor that a completion may stand before: closers and an opener of a block, nothing more."""


@dataclass(frozen=True, slots=True)
class Cursor:
    prefix: str
    """Text before the hole, LF line ends, with the completion list's selected entry in place of what it replaces."""
    suffix: str
    """Text after the hole, LF line ends."""
    start: int
    """Where an item's range begins, in characters into the document."""
    offset: int
    """The cursor, in characters into the document."""
    lead: str
    """What every item must begin with: the selected entry, or nothing."""
    newline: str
    """The document's own line end."""
    cut: bool = False
    """Whether the document goes on behind the suffix."""

    @property
    def line_head(self) -> str:
        return self.prefix[self.prefix.rfind("\n") + 1 :]

    @property
    def line_tail(self) -> str:
        end = self.suffix.find("\n")  # not split(): that copies the rest, 60 times for an answer of several lines
        return self.suffix if end < 0 else self.suffix[:end]


def cursor_of(request: CompletionRequest) -> Cursor:
    """Cut the document at the request's offset."""
    text, offset = request.text, max(0, min(request.offset, len(request.text)))
    if offset and text[offset - 1 : offset + 1] == "\r\n":
        offset -= 1  # between \r and \n is the end of the line
    start, lead = offset, ""
    if request.selected is not None and request.selected_start is not None and request.selected_start <= offset:
        start, lead = request.selected_start, request.selected
    far = max(0, offset - _REACH) // _STEP * _STEP
    far = text.find("\n", far, start) + 1 if far else 0
    before, after = text[far:start] + lead, text[offset : offset + _REACH]
    newline = "\r\n" if "\r\n" in text[far : offset + _REACH] else "\n"
    return Cursor(_lf(before), _lf(after), start, offset, lead, newline, offset + _REACH < len(text))


def refusal(cursor: Cursor, invoked: bool) -> str | None:
    """Why this is no place for a suggestion, or None. No model has run yet."""
    tail = cursor.line_tail
    if tail[:1].isidentifier() or tail[:1].isdigit():
        return "inside a word"
    if not invoked and not _REST_ALLOWS.match(tail):
        return "text follows on the line"
    return None


def _lf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
