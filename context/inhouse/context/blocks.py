"""The text of the index's blocks and the words in it, kept between keystrokes by the numbers of the index.

A number is never used twice, so what is kept never has to be looked at again.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from inhouse.context.likeness import telling_lines
from inhouse.context.shapes import Marks, read
from inhouse.context.vocabulary import Vocabulary
from inhouse.context.windows import Window

_COLD_FILES = 32
"""Files opened anew for one cursor (3 ms); what they held is kept, so that the next cursor sees further."""

_KEPT_BLOCKS = 16384
_KEPT_LINES = 1024
_MOST_WORDS = 400_000
"""Words that are remembered; after that all is read anew."""


class Block:
    """One block's text, how its words stand in it, and what its lines begin with."""

    __slots__ = ("_telling", "heads", "marks", "text")

    def __init__(self, text: str, marks: Marks, heads: Marks) -> None:
        self.text = text
        self.marks = marks
        self.heads = heads
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
        self._lines: OrderedDict[tuple[int, int, int], Block] = OrderedDict()
        """Longer stretches and parts of blocks."""
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
            self._read((window for window, block in zip(windows, found, strict=True) if block is None), check)
            blocks = [
                block or self._kept.get(window.block, NO_BLOCK) for window, block in zip(windows, found, strict=True)
            ]
            while len(self._kept) > _KEPT_BLOCKS:
                self._kept.popitem(last=False)
            return self._vocabulary, blocks

    def missing(self, windows: Iterable[Window], most: int) -> Iterator[list[Window]]:
        """Those whose blocks would have to be read, in parts of about so many, each file's together."""
        files: dict[str, list[Window]] = {}
        with self._lock:
            for window in windows:
                if window.block not in self._kept:
                    files.setdefault(window.path, []).append(window)
        part: list[Window] = []
        for blocks in files.values():
            part += blocks
            if len(part) >= most:
                yield part
                part = []
        if part:
            yield part

    def one(self, window: Window) -> Block:
        """A single window's block."""
        with self._lock:
            found = self._kept.get(window.block)
            if found is None:
                self._read((window,))
                found = self._kept[window.block]
            return found

    def lines(self, windows: Sequence[Window], skipped: int, count: int) -> Block:
        """So many lines out of blocks that follow each other, behind some of the first; without marks."""
        key = (windows[0].block, skipped, count)
        with self._lock:
            found = self._lines.get(key)
            if found is None:
                found = self._lines[key] = Block(self._cut(windows, skipped, count), _NO_MARKS, _NO_MARKS)
                while len(self._lines) > _KEPT_LINES:
                    self._lines.popitem(last=False)
            return found

    def _cut(self, windows: Sequence[Window], skipped: int, count: int) -> str:
        kept = [block.text for window in windows if (block := self._kept.get(window.block)) is not None]
        if len(kept) == len(windows):
            return "\n".join("\n".join(kept).split("\n")[skipped : skipped + count])
        self._begin()
        first = windows[0].start_line + skipped
        return self._excerpt(windows[0].path, first, first + count - 1)

    def _read(self, windows: Iterable[Window], check: Callable[[], None] = lambda: None) -> None:
        """Reads blocks, all of them at once, out of as many files as may be opened."""
        self._begin()
        opened: set[str] = set()
        numbers: list[int] = []
        texts: list[str] = []
        for window in windows:
            check()
            if window.path not in opened:
                if len(opened) == _COLD_FILES:
                    continue
                opened.add(window.path)
            numbers.append(window.block)
            texts.append(self._excerpt(window.path, window.start_line, window.end_line))
        if texts:
            found, heads = read(texts, self._vocabulary.__getitem__)
            self._kept.update(zip(numbers, map(Block, texts, found, heads), strict=True))
            self._vocabulary.settle()


_NO_MARKS: Marks = np.empty(0, dtype=np.int64)
NO_BLOCK = Block("", _NO_MARKS, _NO_MARKS)
