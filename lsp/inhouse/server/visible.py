"""Whether an editor will really draw an item as ghost text. Knows nothing about how items come about.

Both hosts drop what they cannot draw without a word. VS Code draws an item only when it inserts: the replaced text
lies in the cursor's line, what stands before the cursor begins the new text, what stands after it is found again in
the rest, in order, and nothing is longer than 5000 characters. With an entry selected in the completion list the item
must extend that entry over the same range. Neovim draws more, so VS Code's rule, a little stricter, serves for both:
letter case counts, and so does white space in the indentation. What would be inserted without being seen, such as a
control character or a change of direction, is never sent; a NUL is a line break to Neovim besides.
"""

from __future__ import annotations

from dataclasses import dataclass

from inhouse.server.printable import has_hidden

DRAWN_CHARACTERS = 5000
"""VS Code compares old and new text character by character and gives up above this length."""


@dataclass(frozen=True, slots=True)
class Place:
    """The line of the cursor and what is selected in the completion list; columns in characters from 0."""

    line: str
    """Without its terminator."""
    cursor: int
    selected: str | None = None
    selected_start: int | None = None
    """Column at which the selected entry would begin."""


def is_visible(place: Place, text: str, start: int, end: int) -> bool:
    """Whether `text` in place of the line's columns start to end shows as ghost text at the cursor."""
    if not 0 <= start <= place.cursor <= end <= len(place.line):
        return False
    before, after = place.line[start : place.cursor], place.line[place.cursor : end]
    if max(len(text), end - start) > DRAWN_CHARACTERS or not text.startswith(before):
        return False
    rest = text[len(before) :]
    if has_hidden(rest):
        return False
    return rest != after and _is_subsequence(after, rest) and _extends_selection(place, text, start)


def _is_subsequence(part: str, whole: str) -> bool:
    """Whether all of part's characters occur in whole in the same order."""
    characters = iter(whole)
    return all(character in characters for character in part)


def _extends_selection(place: Place, text: str, start: int) -> bool:
    if place.selected is None:
        return True
    return start == place.selected_start and text.startswith(place.selected) and text != place.selected
