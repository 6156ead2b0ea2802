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


class RecentPlaces:
    """Where files were last changed and looked at in the editor; clock gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._places: OrderedDict[tuple[str, int], float] = OrderedDict()
        self._views: OrderedDict[tuple[str, int], float] = OrderedDict()

    def note(self, path: str, old: str, new: str) -> None:
        """Finds the changed line of a file's new text, from 1."""
        line = changed_line(old, new)
        if line is None:
            return
        self._put(self._places, path, line)

    def view(self, path: str, line: int) -> None:
        """The user was at a line, from 1, without having edited it."""
        self._put(self._views, path, line)

    def places(self) -> list[tuple[str, int]]:
        """The places of the last quarter of an hour, the newest first; edited ones before those only looked at."""
        oldest = self._clock() - _RECENT_S
        with self._lock:
            edited = [place for place, at in reversed(self._places.items()) if at >= oldest]
            viewed = [place for place, at in reversed(self._views.items()) if at >= oldest]
        return edited + [place for place in viewed if not any(_near(place, other) for other in edited)]

    def _put(self, places: OrderedDict[tuple[str, int], float], path: str, line: int) -> None:
        """As the newest one, in the place of those beside it."""
        with self._lock:
            for other in [other for other in places if _near(other, (path, line))]:
                del places[other]
            places[(path, line)] = self._clock()
            while len(places) > _KEPT_EDITS:
                places.popitem(last=False)


def _near(one: tuple[str, int], other: tuple[str, int]) -> bool:
    return one[0] == other[0] and abs(one[1] - other[1]) <= _LINES_AROUND


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
