"""A place in a file, and what of the text around it is compared with other files."""

from dataclasses import dataclass
from functools import lru_cache

from inhouse.context import windows
from inhouse.context.likeness import telling_lines
from inhouse.context.outline import Import
from inhouse.context.terms import words

COMPARED_CHARS = 60_000
"""So much of the current file around the cursor is compared with windows; beyond, a copy does little harm."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a file; path relative to the root, offset in characters."""

    path: str
    language: str
    text: str
    offset: int
    imports: tuple[Import, ...]

    def lines_before(self) -> list[str]:
        """The lines of the query above the cursor, the current line's head last."""
        start = self.offset
        for _ in range(windows.LINES_BEFORE):
            start = self.text.rfind("\n", 0, start)
            if start < 0:
                break
        return self.text[start + 1 : self.offset].split("\n")

    def lines_after(self) -> list[str]:
        """The rest of the current line and the lines of the query below it."""
        end = self.offset
        for _ in range(windows.LINES_AFTER + 1):
            end = self.text.find("\n", end + 1)
            if end < 0:
                return self.text[self.offset :].split("\n")
        return self.text[self.offset : end].split("\n")

    def line(self) -> str:
        """The whole line of the cursor."""
        return self._parts()[1]

    def words(self) -> tuple[frozenset[str], ...]:
        """The words of the text, as far as it is compared: those above the cursor's line, in it, and below."""
        above, line, below = self._parts()
        return _words_of(above), frozenset(words(line)), _words_of(below)

    def telling(self) -> frozenset[str]:
        """The text's telling lines, as far as it is compared."""
        above, line, below = self._parts()
        return _telling_of(above) | _telling_of(below) | telling_lines(line)

    def _parts(self) -> tuple[str, str, str]:
        """What stands above and below the cursor's line stays the same while somebody types on it."""
        start = self.text.rfind("\n", 0, self.offset) + 1
        end = self.text.find("\n", self.offset)
        end = len(self.text) if end < 0 else end
        half = COMPARED_CHARS // 2
        line = self.text[max(start, self.offset - half) : min(end, self.offset + half)]
        return self.text[max(0, start - half) : start], line, self.text[end : end + half]


@lru_cache(maxsize=8)
def _words_of(text: str) -> frozenset[str]:
    return frozenset(words(text))


@lru_cache(maxsize=8)
def _telling_of(text: str) -> frozenset[str]:
    return telling_lines(text)
