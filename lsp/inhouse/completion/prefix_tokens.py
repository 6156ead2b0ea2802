"""The tokens of the text before the cursor, with only the current line tokenised anew at a keystroke.

It knows nothing about what the tokens are for.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence

_CHARACTERS = 30_000
"""Of the text before the cursor, and up to a step more: about 8,000 tokens, which take 15 ms when all is new."""

_STEP = 10_000
"""The first of them moves in steps of so many, so that the engine meets the same pieces of text again."""
_KEPT = 4
"""Places remembered: the one in use, the next line where an idle moment looks ahead, and another file."""

Encode = Callable[[str], list[int]]


class PrefixTokens:
    """Remembers the tokens of the lines before the current one, for the places in use."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], list[int]] = OrderedDict()

    def of(self, path: str, prefix: str, encode: Encode) -> tuple[Sequence[int], int]:
        """(ids of the prefix's last lines, how many of them are of the current line).

        Lines are tokenised apart from the current one, at a line break.
        """
        body = prefix[: prefix.rfind("\n") + 1]
        key = (path, body)
        ids = self._kept.get(key)
        if ids is None:
            start = max(0, len(body) - _CHARACTERS) // _STEP * _STEP
            ids = self._kept[key] = encode(body[body.find("\n", start) + 1 :] if start else body)
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        line = encode(prefix[len(body) :])
        return ids + line, len(line)
