"""Tokenises long texts in pieces: those seen before are remembered, and a cancel is noticed between two.

The ids are those of the whole text, for pieces end only where the tokenizer joins nothing. It knows nothing of layouts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from inhouse.model.cancel import CancelFlag

Encode = Callable[[str], list[int]]

_PIECE = 600
"""Characters of a piece at least: 0.3 ms of tokenising, less than a token of the smallest model takes."""
_REMEMBERED = 512
"""Pieces: 100,000 tokens, what the warm files' prompts and the text around them come to; about 5 MB."""

_BEFORE_CODE = re.compile(r"(?<=\S\n)(?=[^\S\r\n]*\S)")
"""Between a line and one that is not blank, which may be indented."""
_BEFORE_LETTER = re.compile(r"(?<=\S\n)(?=\S)")
"""The same where the next line is not indented: GPT-2's rule joins a line break with blanks behind it."""
_PROBES = ("x = 1", "f(a):", "'é'", "end)", "});", "a\t", "漢字")
_NEXT = ("    y = 2\n", "\tz\n", " w\n", "def f():\n", "})\n", '"""\n', "1\n", "é\n", "# a\n", "_a\n", "漢\n")


class Pieces:
    """Tokenises for one engine. From any thread, as long as nothing can cancel it."""

    def __init__(self, encode: Encode) -> None:
        self._encode = encode
        self._remembered = lru_cache(maxsize=_REMEMBERED)(encode)
        self._places = next((places for places in (_BEFORE_CODE, _BEFORE_LETTER) if _parts(encode, places)), None)
        self.cancel: CancelFlag | None = None
        """What ends the tokenising of a long text, unless a call says otherwise."""

    def __call__(self, text: str, cancel: CancelFlag | None = None) -> list[int]:
        """Token ids of plain text; `cancel` for this text alone. Raises Cancelled."""
        cancel = cancel or self.cancel
        if cancel is not None:
            cancel.check()
        if len(text) < _PIECE or self._places is None:
            return self._encode(text)
        ids: list[int] = []
        for piece in _pieces(text, self._places):
            if cancel is not None:
                cancel.check()
            ids += self._remembered(piece)
        return ids


def _pieces(text: str, places: re.Pattern[str]) -> Iterator[str]:
    """The text in pieces, which stay the same while it is typed on; the last one may be short."""
    start = 0
    while found := places.search(text, start + _PIECE):
        yield text[start : found.start()]
        start = found.start()
    yield text[start:]


def _parts(encode: Encode, places: re.Pattern[str]) -> bool:
    """Whether a tokenizer joins nothing at such places, as far as samples tell."""
    for before in _PROBES:
        for after in _NEXT:
            text = f"{before}\n{after}"
            cut = places.search(text)
            if cut and encode(text) != encode(text[: cut.start()]) + encode(text[cut.start() :]):
                return False
    return True
