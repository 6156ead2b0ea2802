"""Names that the lines like those around the cursor use and the current file has not: a list says more than windows.

A window spends three quarters of its characters on what the file already has. On development repositories 2,500
characters of windows had half of the names that a line needs from other files, a list of names three quarters.
"""

import math
import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import chain

from inhouse.context.catalogue import Catalogue
from inhouse.context.chunk import Chunk
from inhouse.context.languages import LANGUAGES
from inhouse.context.reading import BLOCK_LINES
from inhouse.context.terms import split, words
from inhouse.context.windows import Window

BLOCKS = 160
"""Blocks whose names are counted: 60 found 3 points less, 200 as much."""

_POWER = 6.0
_MASS_POWER = 0.4
_LITTLE = 0.01
"""What the blocks say for a name: the sum of their shares of the best score, to the sixth, and of the sum the root. So
one block that is nearly the best says more than many that are half as good (5 points more than squares and no root)."""

_FILES_POWER = 0.5
"""A word of more of the files counts more: it is the project's, not one function's. Without, 2 points less."""

_CALLED_POWER = 0.3
"""A name that more of the project's files call counts more: without, 4 points less."""

_IMPORTED = 1.65
"""What it counts to be a symbol of a module that the file imports, or a member of such a class."""

_KIN = 1.6
"""In the exponent: a name that shares rare parts with the lines near the cursor (send_packet near packet), 3 points."""

_MOST_CALLERS = 1000
_OF_FILES = [float(1 + count) ** _FILES_POWER for count in range(BLOCKS + 1)]
_OF_CALLERS = [float(1 + count) ** _CALLED_POWER for count in range(_MOST_CALLERS + 1)]
"""The powers by the count: raising a thousand words anew takes a tenth of a millisecond."""

_MOST_NAMES = 500
"""Twice what fits into the longest list."""

_COLD_FILES = 32
"""Files opened anew for one cursor (3 ms); what they held is kept, so that the next cursor sees further."""

_KEPT_BLOCKS = 16384
_LINE_CHARS = 100


class BlockWords:
    """The distinct words of blocks, by the numbers of the index: those are never used twice."""

    def __init__(self, lines_of: Callable[[str], Sequence[str]]) -> None:
        self._lines_of = lines_of
        self._lock = threading.Lock()
        self._kept: OrderedDict[int, frozenset[str]] = OrderedDict()

    def of(self, windows: Sequence[Window], catalogue: Catalogue) -> list[frozenset[str]]:
        """The words of each window of one block; empty for those for which too many files would have to be read."""
        found: list[frozenset[str]] = []
        opened: set[str] = set()
        for window in windows:
            row = catalogue.row(window.path)
            block = (row.first_block if row else 0) + (window.start_line - 1) // BLOCK_LINES
            with self._lock:
                held = self._kept.get(block)
            if held is None:
                if window.path not in opened and len(opened) == _COLD_FILES:
                    found.append(frozenset())
                    continue
                opened.add(window.path)
                lines = self._lines_of(window.path)[window.start_line - 1 : window.end_line]
                held = frozenset(word for word in words("\n".join(lines)) if len(word) > 1)
            with self._lock:
                self._kept[block] = held
                self._kept.move_to_end(block)
                while len(self._kept) > _KEPT_BLOCKS:
                    self._kept.popitem(last=False)
            found.append(held)
        return found


def worths(
    windows: Sequence[Window],
    block_words: Sequence[frozenset[str]],
    imported: Iterable[str],
    known: Collection[str],
    near: Mapping[str, float],
    callers: Callable[[str], int] = lambda _: 0,
) -> dict[str, float]:
    """The likeliest words of the windows and of what is imported, less what is known, with what each is worth.

    near: how much each part of a word near the cursor tells (see windows.Scored); callers: how many files of the
    project call a name.
    """
    left_out = frozenset(known)
    factors = dict.fromkeys((name for name in imported if name not in left_out), _IMPORTED)
    mass = dict.fromkeys(factors, _LITTLE)
    by_file: dict[str, set[str]] = {}
    for window, found in zip(windows, block_words, strict=True):
        weight = (window.score / windows[0].score) ** _POWER
        new = found - left_out
        by_file.setdefault(window.path, set()).update(new)
        for word in new:
            mass[word] = mass.get(word, _LITTLE) + weight
    files = Counter(chain.from_iterable(by_file.values()))
    worth = {
        word: weight**_MASS_POWER
        * _OF_FILES[min(files[word], BLOCKS)]
        * _OF_CALLERS[min(callers(word), _MOST_CALLERS)]
        * factors.get(word, 1.0)
        for word, weight in mass.items()
    }
    best = sorted(worth, key=worth.__getitem__, reverse=True)[:_MOST_NAMES]
    return {word: worth[word] * math.exp(_KIN * sum(near.get(part, 0.0) for part in split(word)[1:])) for word in best}


def ranked(worth: Mapping[str, float], old: Collection[str] = ()) -> list[str]:
    """The words, those that are worth most first; old: names not to be used any more, which come last."""
    return sorted(worth, key=lambda word: (word in old, -worth[word], word))


def names_chunk(language: str, windows: Sequence[Window], names: Sequence[str], budget: int) -> list[Chunk]:
    """As many of the names as fit, as lines of a comment; its place is that of the best window."""
    if not windows:
        return []
    mark = LANGUAGES[language].comment if language in LANGUAGES else "//"
    lines: list[str] = []
    left = budget - len(windows[0].path)
    for name in names:
        cost = len(name) + 2
        begins = not lines or len(lines[-1]) + cost > _LINE_CHARS
        cost += len(mark) + 2 if begins else 0
        if cost > left:
            break
        left -= cost
        if begins:
            lines.append(f"{mark} {name}")
        else:
            lines[-1] += f", {name}"
    if not lines:
        return []
    best = windows[0]
    return [Chunk(best.path, best.start_line, best.end_line, "\n".join(lines), "names", best.score, False)]
