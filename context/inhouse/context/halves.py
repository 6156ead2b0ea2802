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

    def of(self, windows: Sequence[Window], lines: int) -> NDArray[np.bool_]:
        """For each window of so many lines which of the names stand in it."""
        nowhere = len(self._found.halves) - 1
        rows = np.full((len(windows), lines // HALF), nowhere)
        for number, window in enumerate(windows):
            row = self._catalogue.row(window.path)
            for part in range(lines // HALF if row is not None else 0):
                block, line = divmod(window.start_line - 1 + part * HALF, BLOCK_LINES)
                place = self._place_of.get(row.first_block + block) if row is not None else None
                if place is not None:
                    rows[number, part] = 2 * place + line // HALF
        standing: NDArray[np.bool_] = np.logical_or.reduce(self._found.halves[rows], axis=1)
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
