"""Keeps what was looked up for a file while the cursor stays near, so that the prompt's beginning stays the same.

Looking up anew at each keystroke changes the blocks in front of everything else, and the model then reads the whole
prompt again (800 tokens instead of 1 or 2). It decides only when to look up, not what.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from inhouse.context import Chunk

_NEAR_LINES = 6
"""A cursor that moved further than this from where the look-up was made asks again."""
_MAX_FILES = 16


@dataclass(frozen=True, slots=True)
class _Kept:
    line: int
    chunks: tuple[Chunk, ...]

    def holds(self, line: int, still: Callable[[str], bool]) -> bool:
        near = abs(self.line - line) <= _NEAR_LINES
        return bool(self.chunks) and near and all(chunk.source or still(chunk.path) for chunk in self.chunks)


class ContextKeeper:
    """What was last looked up for each of the files in use. Used from one thread."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    def chunks(
        self,
        path: str,
        line: int,
        look_up: Callable[[], Sequence[Chunk]],
        still: Callable[[str], bool] = lambda _: True,
    ) -> tuple[Chunk, ...]:
        """What matters for a cursor in this line (from 0): kept, or looked up anew when it moved away.

        Also when a file that it is from is not there any more, as `still` says. An empty answer is not kept: the index
        may not be ready yet.
        """
        kept = self._kept.get(path)
        if kept is not None and kept.holds(line, still):
            self._kept.move_to_end(path)
            return kept.chunks
        found = tuple(look_up())
        chunks = in_kept_order(kept.chunks, found) if kept is not None else found
        self._kept[path] = _Kept(line, chunks)
        self._kept.move_to_end(path)
        if len(self._kept) > _MAX_FILES:
            self._kept.popitem(last=False)
        return chunks


def in_kept_order(before: Sequence[Chunk], now: Sequence[Chunk]) -> tuple[Chunk, ...]:
    """`now`, beginning with what stood at the beginning `before` as far as it is still wanted, in that order.

    The beginning that stays the same is what the model need not read again.
    """
    wanted = {(chunk.path, chunk.start_line, chunk.text): chunk for chunk in now}
    start: list[Chunk] = []
    for chunk in before:
        same = wanted.pop((chunk.path, chunk.start_line, chunk.text), None)
        if same is None:
            break
        start.append(same)
    return (*start, *wanted.values())
