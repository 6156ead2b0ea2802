"""Where in half blocks of files the likeliest names stand: which a window holds, and what is next to its ends.

Knows only the blocks that the names were found in; looks at no text.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from inhouse.context.catalogue import Catalogue
from inhouse.context.likely import HALF, Likely
from inhouse.context.reading import BLOCK_LINES
from inhouse.context.trimming import Ground
from inhouse.context.windows import Window


class Halves:
    """Which of the likeliest names stand in the half blocks of files, as far as their blocks were looked at."""

    def __init__(self, catalogue: Catalogue, singles: Sequence[Window], found: Likely) -> None:
        self._catalogue = catalogue
        self._found = found
        self._place_of = {single.block: place for place, single in enumerate(singles)}
        blocks = np.array([single.block for single in singles])
        self._order = blocks.argsort()
        self._blocks = blocks[self._order]

    def of(self, windows: Sequence[Window], lines: int) -> NDArray[np.bool_]:
        """For each window of so many lines which of the names stand in it."""
        rows = map(self._catalogue.row, (window.path for window in windows))
        starts = [
            2 * row.first_block + (window.start_line - 1) // HALF if row is not None else -2
            for window, row in zip(windows, rows, strict=True)
        ]
        halves = np.array(starts)[:, None] + np.arange(lines // HALF)
        place = self._blocks.searchsorted(halves // 2).clip(max=len(self._blocks) - 1)
        known = self._blocks[place] == halves // 2
        at = np.where(known, 2 * self._order[place] + halves % 2, len(self._found.halves) - 1)
        standing: NDArray[np.bool_] = np.logical_or.reduce(self._found.halves[at], axis=1)
        return standing

    def ground(self) -> Ground:
        """The same for moving the ends of windows."""
        standing = self._found.halves
        worth = np.array(list(self._found.worth.values())[: standing.shape[1]])
        return Ground(self._row, self._length, standing, worth)

    def _row(self, path: str, half: int) -> int:
        """Where Likely.halves has a file's half block; the last row, of nothing, where it was not looked at."""
        row = self._catalogue.row(path)
        place = self._place_of.get(row.first_block + half * HALF // BLOCK_LINES) if row is not None else None
        return len(self._found.halves) - 1 if place is None else 2 * place + half % 2

    def _length(self, path: str) -> int:
        row = self._catalogue.row(path)
        return -(-row.lines // HALF) if row is not None else 0
