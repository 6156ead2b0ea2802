"""The windows shown for a cursor, chosen together: one after the other the one that brings most likely names anew.

Longer ones than a block then have their ends moved (trimming.py).
Knows what names are worth (likely.py) and reads the lines of windows; what else stands in the prompt it does not know.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from inhouse.context.blocks import NO_BLOCK, Block, BlockTexts
from inhouse.context.catalogue import Catalogue
from inhouse.context.chunk import Chunk
from inhouse.context.halves import Halves
from inhouse.context.likely import HALF, Likely
from inhouse.context.likeness import alike, contained
from inhouse.context.old import Old
from inhouse.context.outline import Outline
from inhouse.context.reading import BLOCK_LINES
from inhouse.context.store import FileRow
from inhouse.context.trimming import Span, trimmed
from inhouse.context.windows import Window, block_window

_AROUND = 100
"""Blocks of which each is in some of the windows among which is chosen; 240 were no better."""

_TOO_LONG = 30
"""Windows that do not fit into what is left of the budget, after which none is looked for: reading all costs 10 ms."""

MOST_LINES = 100
"""More lines than this helped no more in the measurement, and pushed nearer ones out of the budget."""

_LENGTH_POWER = 0.3
_LINE_CHARS = 30
"""A window whose lines are longer brings as much less as this power of its length says."""

_LITTLE = 1e-6
"""What a window's likeness as a whole counts beside its likely names: it decides where no name is likely."""

_LIKE_EACH_OTHER = 0.9
_LIKE_CURRENT = 0.5

PATH_CHARS = 8
"""What a chunk's heading (a comment with its path) costs besides the path."""


def cost(chunk: Chunk) -> int:
    """The characters that a chunk takes in the prompt."""
    return len(chunk.text) + len(chunk.path) + PATH_CHARS


@dataclass(frozen=True, slots=True)
class Shelves:
    """Where windows are read and judged."""

    catalogue: Catalogue
    blocks: BlockTexts
    old: Old
    outline_of: Callable[[FileRow], Outline]
    current: frozenset[str]
    """The telling lines of the text around the cursor."""
    check: Callable[[], None] = lambda: None
    """Called before each window is read; what it raises ends the choice."""


def cover(
    shelves: Shelves, singles: Sequence[Window], found: Likely, lines: int, budget: int, old_share: float
) -> list[Chunk]:
    """As many windows of so many lines as fit, neither copies of the current text nor of each other.

    singles: the blocks that the names were found in. A window that shows an old definition brings only that share.
    """
    windows = _windows(shelves.catalogue, singles[:_AROUND], lines)
    if not windows:
        return []
    halves = Halves(shelves.catalogue, singles, found)
    names = halves.of(windows, lines)
    standing = names.astype(np.float64)  # once: a product of truths is made of numbers anew each time
    worth = np.array(list(found.worth.values())[: names.shape[1]])
    factors = np.ones(len(windows))
    alone = np.array([_LITTLE * window.score / windows[0].score for window in windows])
    read: dict[int, _Candidate] = {}
    kept: list[_Candidate] = []
    room = budget
    too_long = 0
    brought = standing @ worth + alone
    while len(kept) < MOST_LINES // lines and too_long < _TOO_LONG:
        best = int((brought * factors).argmax())
        if not factors[best]:
            break
        if best not in read:
            shelves.check()
            one = _candidate(shelves, windows[best])
            too_long += cost(one.chunk) > budget
            factors[best] = one.factor(shelves, lines, old_share) if cost(one.chunk) <= budget else 0.0
            read[best] = one
            continue
        one = read[best]
        factors[best] = 0.0
        if cost(one.chunk) <= budget and not one.is_like(kept):
            budget -= cost(one.chunk)
            worth[names[best]] = 0.0
            brought = standing @ worth + alone
            kept.append(one)
    whole = _joined([one.chunk for one in kept])
    return whole if lines == BLOCK_LINES else _trimmed(shelves, halves, whole, room)


def _trimmed(shelves: Shelves, halves: Halves, chunks: list[Chunk], budget: int) -> list[Chunk]:
    """The windows with their ends where they bring most, or as they are where that would not fit or show copies."""
    shelves.check()
    spans = [Span(one.path, (one.start_line - 1) // HALF, -(-one.end_line // HALF)) for one in chunks]
    moved = trimmed(halves.ground(), spans, MOST_LINES // HALF)
    found: list[Chunk] = []
    for span in moved:
        home = next((place for place, one in enumerate(spans) if _share_lines(one, span)), len(chunks) - 1)
        if span in spans:
            found.append(chunks[spans.index(span)])
            continue
        row = shelves.catalogue.row(span.path)
        end = min(span.end * HALF, row.lines if row is not None else 0)
        one = _candidate(shelves, Window(span.path, span.start * HALF + 1, end, chunks[home].score))
        if contained(one.telling, shelves.current) > _LIKE_CURRENT:
            return chunks
        found.append(one.chunk)
    order = {one.path: place for place, one in reversed(list(enumerate(chunks)))}
    found.sort(key=lambda one: (order[one.path], -one.score))
    return found if sum(cost(one) for one in found) <= budget else chunks


def _share_lines(one: Span, other: Span) -> bool:
    return one.path == other.path and one.start < other.end and other.start < one.end


def _windows(catalogue: Catalogue, singles: Sequence[Window], lines: int) -> list[Window]:
    """The windows that hold these blocks, each once: of one block only itself, longer ones at any half."""
    if lines == BLOCK_LINES:
        return list(singles)
    found: dict[tuple[str, int], Window] = {}
    for single in singles:
        row = catalogue.row(single.path)
        if row is None:
            continue
        last = max(0, -(-(row.lines - lines) // HALF) * HALF)
        for start in range(single.start_line - 1 - lines + BLOCK_LINES, single.start_line, HALF):
            begin = min(max(0, start), last)
            if (single.path, begin) not in found:
                end = min(begin + lines, row.lines)
                found[single.path, begin] = Window(single.path, begin + 1, end, single.score)
    return list(found.values())


@dataclass(frozen=True)
class _Candidate:
    """A window that was read."""

    chunk: Chunk
    block: Block

    @property
    def telling(self) -> frozenset[str]:
        """See telling_lines()."""
        return self.block.telling

    def factor(self, shelves: Shelves, lines: int, old_share: float) -> float:
        """Below 1 for long texts, which leave less room for others, and for what is not to be used any more.

        0 for a copy of the text around the cursor.
        """
        chunk, row = self.chunk, shelves.catalogue.row(self.chunk.path)
        if row is None or not self.telling or contained(self.telling, shelves.current) > _LIKE_CURRENT:
            return 0.0
        old = shelves.old.within(chunk.path, chunk.start_line, chunk.end_line, shelves.outline_of, row)
        share = old_share if old else 1.0
        return share * math.pow(min(1.0, _LINE_CHARS * lines / len(chunk.text)), _LENGTH_POWER)

    def is_like(self, others: Iterable["_Candidate"]) -> bool:
        """Whether one of the others says nearly the same."""
        return any(alike(self.telling, other.telling) > _LIKE_EACH_OTHER for other in others)


def _candidate(shelves: Shelves, window: Window) -> _Candidate:
    row = shelves.catalogue.row(window.path)
    block = _block(shelves, window, row) if row is not None else NO_BLOCK
    end = window.start_line + block.text.count("\n")
    return _Candidate(Chunk(window.path, window.start_line, end, block.text, "window", window.score, False), block)


def _block(shelves: Shelves, window: Window, row: FileRow) -> Block:
    """The lines of a window: a block of the index, or out of the blocks that they lie in."""
    if window.block and window.end_line - window.start_line < BLOCK_LINES:
        return shelves.blocks.one(window)
    first, last = (window.start_line - 1) // BLOCK_LINES, (window.end_line - 1) // BLOCK_LINES
    blocks = [block_window(row, row.first_block + number, window.score) for number in range(first, last + 1)]
    skipped = window.start_line - 1 - first * BLOCK_LINES
    return shelves.blocks.lines(blocks, skipped, window.end_line - window.start_line + 1)


def _joined(chunks: list[Chunk]) -> list[Chunk]:
    """Windows that continue or overlap each other as one, in the place of the better one."""
    found: list[Chunk] = []
    for chunk in chunks:
        touching = [place for place, other in enumerate(found) if _touch(chunk, other)]
        whole = chunk
        for place in reversed(touching):
            whole = _merged(found.pop(place), whole)
        found.insert(touching[0] if touching else len(found), whole)
    return found


def _touch(one: Chunk, other: Chunk) -> bool:
    return one.path == other.path and one.start_line <= other.end_line + 1 and other.start_line <= one.end_line + 1


def _merged(one: Chunk, other: Chunk) -> Chunk:
    first, second = (one, other) if one.start_line <= other.start_line else (other, one)
    new = second.text.split("\n")[max(0, first.end_line + 1 - second.start_line) :]
    text = "\n".join((first.text, *new)) if new else first.text
    end = max(first.end_line, second.end_line)
    return replace(first, end_line=end, text=text, score=max(first.score, second.score))
