"""The open documents as the editor has them, kept by lines so that an edit costs the edited lines only.

pygls keeps documents too, but it splits lines with str.splitlines(), which also splits at form feeds and other
characters that are no line ends in the protocol, and it rewrites the whole text at each change. So this does it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from lsprotocol import types

from inhouse.completion.learning import Edit, Position
from inhouse.server.positions import Encoding, content, to_characters

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")

EXCERPT_CHARACTERS = 400_000
"""Of a larger document only so much around the cursor is handed on: to join and scan 5 MB at every key is slow."""
_HALF = EXCERPT_CHARACTERS // 2
_STEPS = (256, 64, 16, 4, 1)
"""Lines in which the beginning of an excerpt moves, the largest that cost little of it: were it to move with each key,
the model would read all of its prompt again."""
_LEAST = _HALF * 3 // 4
"""Characters before the cursor that a step must leave."""
_STEP_CHARACTERS = _HALF // 4
"""The step within a line that is longer than half an excerpt."""


def split_lines(text: str) -> list[str]:
    r"""Lines with their terminators (\n, \r\n, \r); the last one has none and may be empty."""
    if text.count("\r") == text.count("\r\n"):
        lines = [line + "\n" for line in text.split("\n")]
        lines[-1] = lines[-1][:-1]
        return lines
    lines = _LINE.findall(text)
    return [*lines, text[sum(map(len, lines)) :]]


def clean(text: str) -> str:
    """The text with halves of surrogate pairs replaced: they cannot be encoded. No column changes by it."""
    return _LONE_SURROGATE.sub("\ufffd", text)


def lf(text: str) -> str:
    """The text with LF line ends."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _difference(before: Sequence[str], after: Sequence[str]) -> Edit:
    """One edit, in whole lines, that makes one text of the other: editors that send all of it mean less."""
    most = min(len(before), len(after)) - 1
    same = next((at for at in range(most) if before[at] != after[at]), most)
    most -= same
    tail = next((at for at in range(most) if before[-1 - at] != after[-1 - at]), most)
    last = len(before) - 1 - tail
    text = "".join(after[same : len(after) - tail])
    return Edit((same, 0), (last, len(content(before[last]))), lf(text).removesuffix("\n") if tail else lf(text))


def _near(lines: Iterable[str]) -> Iterator[str]:
    """The first lines, up to half an excerpt."""
    left = _HALF
    for line in lines:
        left -= len(line)
        if left < 0:
            return
        yield line


@dataclass(frozen=True, slots=True)
class Cursor:
    """What one request sees of a document: a copy, so that later edits do not touch it."""

    revision: int
    text: str
    """The document, or a part of it around the cursor."""
    offset: int
    """The cursor, in characters into text."""
    line: int
    """Number of the cursor's line in the document, from 0."""
    line_text: str
    """That line without its terminator."""
    line_start: int
    """Where it begins, in characters into text; negative when text begins inside of it."""


class Document:
    """One open document. Every change gives it a new revision, whatever the client does with its version."""

    def __init__(self, uri: str, language: str, text: str, version: int | None, encoding: Encoding) -> None:
        self.uri = uri
        self.language = language
        self.version = version
        self.revision = 0
        self.read = -1
        """The revision that the index was given last."""
        self.encoding: Encoding = encoding
        self._lines = split_lines(clean(text))

    @property
    def text(self) -> str:
        return "".join(self._lines)

    @property
    def characters(self) -> int:
        return sum(map(len, self._lines))

    @property
    def line_count(self) -> int:
        """Lines; a text that ends with a line end has an empty last one."""
        return len(self._lines)

    def line(self, number: int) -> str:
        """A line, counted from 0, with its terminator."""
        return self._lines[number]

    def change(self, change: types.TextDocumentContentChangeEvent) -> Edit:
        """Apply one change of textDocument/didChange; one without a range replaces everything. What it came to."""
        self.revision += 1
        if isinstance(change, types.TextDocumentContentChangePartial):
            return self._replace(change.range, clean(change.text))
        before, self._lines = self._lines, split_lines(clean(change.text))
        return _difference(before, self._lines)

    def between(self, start: Position, end: Position) -> str:
        """The text between two positions in characters, with LF line ends."""
        (first, column), (last, stop) = start, end
        lines = self._lines[first : last + 1]
        if last - first < len(lines):
            lines[-1] = lines[-1][:stop]
        if lines:
            lines[0] = lines[0][column:]
        return lf("".join(lines))

    def _replace(self, where: types.Range, text: str) -> Edit:
        first, head_length = self._place(where.start)
        last, tail_start = self._place(where.end)
        if (last, tail_start) < (first, head_length):
            last, tail_start = first, head_length
        edit = Edit((first, head_length), (last, tail_start), lf(text))
        middle = self._lines[first][:head_length] + text + self._lines[last][tail_start:]
        if first > 0 and middle.startswith("\n") and self._lines[first - 1].endswith("\r"):
            first -= 1  # the two become one line end
            middle = self._lines[first] + middle
        lines = split_lines(middle)
        if last + 1 < len(self._lines):
            lines.pop()  # the piece ends with a terminator, after which the rest follows
        self._lines[first : last + 1] = lines
        return edit

    def _place(self, position: types.Position) -> tuple[int, int]:
        """Line and characters into it, both brought inside the document."""
        if position.line >= len(self._lines):
            return len(self._lines) - 1, len(self._lines[-1])
        line = self._lines[position.line]
        return position.line, to_characters(line, position.character, self.encoding)

    def cursor(self, position: types.Position) -> Cursor:
        """The document as it is now, seen from a position."""
        line, column = self._place(position)
        before = "".join(self._above(line))
        start = len(before)
        text = before + self._lines[line] + "".join(_near(self._lines[line + 1 :]))
        over = max(0, start + column - _HALF - _STEP_CHARACTERS)
        cut = -(-over // _STEP_CHARACTERS) * _STEP_CHARACTERS
        text = text[cut : cut + EXCERPT_CHARACTERS]
        return Cursor(self.revision, text, start + column - cut, line, content(self._lines[line]), start - cut)

    def _above(self, line: int) -> list[str]:
        """The lines of the excerpt before a line, from one on that stays the same for many keys."""
        near = list(_near(reversed(self._lines[:line])))
        near.reverse()
        first, size = line - len(near), sum(map(len, near))
        if not first:
            return near
        for step in _STEPS:
            skipped = -first % step
            if skipped <= len(near) and size - sum(map(len, near[:skipped])) >= _LEAST:
                return near[skipped:]
        return near

    def offset(self, cursor: Cursor, position: types.Position) -> int | None:
        """A position in the cursor's line as an offset into the cursor's text; None for one in another line."""
        if position.line != cursor.line:
            return None
        return cursor.line_start + to_characters(cursor.line_text, position.character, self.encoding)
