"""The text of the index's blocks and the words in it, kept between keystrokes by the numbers of the index.

A number is never used twice, so what is kept never has to be looked at again.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from inhouse.context.likeness import telling_lines
from inhouse.context.terms import words
from inhouse.context.windows import Window

_COLD_FILES = 32
"""Files opened anew for one cursor (3 ms); what they held is kept, so that the next cursor sees further."""

_KEPT_BLOCKS = 16384
_MOST_WORDS = 400_000
"""Words that are remembered, 40 MB of them; after that all is read anew."""

Numbers = NDArray[np.int32]


class Vocabulary(dict[str, int]):
    """Words as numbers, so that what many blocks say of them is summed by numpy; a new word gets the next number."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        """By number; only ever grows."""

    def __missing__(self, word: str) -> int:
        number = self[word] = len(self.words)
        self.words.append(word)
        return number


class Block:
    """One block's text, its words, and their numbers."""

    __slots__ = ("_telling", "numbers", "text", "words")

    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        numbers = list(map(vocabulary.__getitem__, dict.fromkeys(words(text))))
        self.text = text
        self.numbers: Numbers = np.array(numbers, dtype=np.int32)
        self.words = frozenset(map(vocabulary.words.__getitem__, numbers))  # one string for all blocks
        self._telling: frozenset[str] | None = None

    @property
    def telling(self) -> frozenset[str]:
        """See likeness.telling_lines()."""
        if self._telling is None:
            self._telling = telling_lines(self.text)
        return self._telling


class BlockTexts:
    """The blocks that were asked for last; safe from several threads."""

    def __init__(self, excerpt: Callable[[str, int, int], str], begin: Callable[[], None]) -> None:
        """excerpt gives lines of a file, from and to such a one; begin is called before some are read."""
        self._excerpt = excerpt
        self._begin = begin
        self._lock = threading.Lock()
        self._kept: OrderedDict[int, Block] = OrderedDict()
        self._vocabulary = Vocabulary()

    def of(self, windows: Sequence[Window], check: Callable[[], None] = lambda: None) -> tuple[Vocabulary, list[Block]]:
        """Each window's block, an empty one for those for which too many files would have to be read; what the numbers
        of all of them mean. `check` is called before each that must be read: what it raises ends it."""
        with self._lock:
            if len(self._vocabulary.words) > _MOST_WORDS:
                self._kept.clear()
                self._vocabulary = Vocabulary()
            found = [self._kept.get(window.block) for window in windows]
            for window, block in zip(windows, found, strict=True):
                if block is not None:
                    self._kept.move_to_end(window.block)
            self._begin()
            opened: set[str] = set()
            blocks: list[Block] = []
            for window, block in zip(windows, found, strict=True):
                if block is None:
                    check()
                blocks.append(block or self._cold(window, opened))
            while len(self._kept) > _KEPT_BLOCKS:
                self._kept.popitem(last=False)
            return self._vocabulary, blocks

    def one(self, window: Window) -> Block:
        """A single window's block."""
        with self._lock:
            found = self._kept.get(window.block)
            if found is None:
                self._begin()
                found = self._cold(window, set())
            return found

    def _cold(self, window: Window, opened: set[str]) -> Block:
        if window.path not in opened:
            if len(opened) == _COLD_FILES:
                return _NOTHING
            opened.add(window.path)
        text = self._excerpt(window.path, window.start_line, window.end_line)
        block = self._kept[window.block] = Block(text, self._vocabulary)
        return block


_NOTHING = Block("", Vocabulary())
