"""Edits of a document as positions, and where a position is after an edit. Columns are characters; no document here."""

from __future__ import annotations

from dataclasses import dataclass

Position = tuple[int, int]
"""Line and column in characters, both from 0."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What stood from start to end was replaced by text, which has LF line ends."""

    start: Position
    end: Position
    text: str

    @property
    def new_end(self) -> Position:
        """Where the new text ends."""
        return behind(self.start, self.text)


def behind(start: Position, text: str) -> Position:
    """The position behind a text that begins at `start`."""
    lines = text.count("\n")
    if not lines:
        return start[0], start[1] + len(text)
    return start[0] + lines, len(text) - text.rfind("\n") - 1


def moved(position: Position, edit: Edit) -> Position:
    """Where the position is after the edit. What is inserted right there comes behind it."""
    if position <= edit.start:
        return position
    if position < edit.end:
        return edit.start  # what it pointed to is gone
    end = edit.new_end
    if position[0] > edit.end[0]:
        return position[0] + end[0] - edit.end[0], position[1]
    return end[0], position[1] - edit.end[1] + end[1]
