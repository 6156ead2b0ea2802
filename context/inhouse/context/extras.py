"""Chunks that no search finds: the convention card, and places that were just edited in other files."""

import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from inhouse.context.chunk import Chunk

_RECENT_S = 900.0
"""An edit older than a quarter of an hour says little about what is being done now."""

_KEPT_EDITS = 32
_LINES_AROUND = 4
_MOST_RECENT = 2
_MOST_CARD = 4
"""Lines of the card: one shows a house way as well as five do."""


@dataclass(frozen=True, slots=True)
class CardLine:
    """A real line that shows a house way."""

    path: str
    line: int
    text: str
    language: str


class RecentEdits:
    """Where the editor last changed files; clock gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._places: OrderedDict[tuple[str, int], float] = OrderedDict()

    def note(self, path: str, old: str, new: str) -> None:
        """Finds the changed line of a file's new text, from 1."""
        line = changed_line(old, new)
        if line is None:
            return
        with self._lock:
            for place in [
                place for place in self._places if place[0] == path and abs(place[1] - line) <= _LINES_AROUND
            ]:
                del self._places[place]
            self._places[(path, line)] = self._clock()
            while len(self._places) > _KEPT_EDITS:
                self._places.popitem(last=False)

    def places(self) -> list[tuple[str, int]]:
        """The places of the last quarter of an hour, the newest first."""
        oldest = self._clock() - _RECENT_S
        with self._lock:
            return [place for place, at in reversed(self._places.items()) if at >= oldest]


def changed_line(old: str, new: str) -> int | None:
    """The first line that differs; None when nothing does."""
    if old == new:
        return None
    one, other = old.split("\n"), new.split("\n")
    for index, (before, after) in enumerate(zip(one, other, strict=False)):
        if before != after:
            return index + 1
    return min(len(one), len(other))


def recent_chunks(
    places: Iterable[tuple[str, int]],
    lines_of: Callable[[str], Sequence[str]],
    budget: int,
    exclude: Collection[str],
) -> list[Chunk]:
    """The lines around the newest edits in other files."""
    found: list[Chunk] = []
    left = budget
    for path, line in places:
        if path in exclude or len(found) == _MOST_RECENT:
            continue
        lines = lines_of(path)
        start = max(1, line - _LINES_AROUND)
        end = min(len(lines), line + _LINES_AROUND)
        text = "\n".join(lines[start - 1 : end]).rstrip()
        if text.strip() and len(text) + len(path) <= left:
            left -= len(text) + len(path)
            found.append(Chunk(path, start, end, text, "recent", 1.0, False))
    return found


def card_chunks(
    card: Iterable[CardLine], language: str, known: frozenset[str], budget: int, exclude: Collection[str]
) -> list[Chunk]:
    """Lines of the card in the file's language, but for those of names that the file imports already."""
    found: list[Chunk] = []
    left = budget
    for item in card:
        if item.language != language or item.path in exclude or len(found) == _MOST_CARD:
            continue
        cost = len(item.text) + len(item.path)
        if cost > left or not known.isdisjoint(re.findall(r"\w+", item.text)):
            continue
        left -= cost
        found.append(Chunk(item.path, item.line, item.line, item.text, "convention", 1.0, True))
    return sorted(found, key=lambda chunk: (chunk.path, chunk.start_line))
