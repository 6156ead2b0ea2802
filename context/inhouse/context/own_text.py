"""The current file's own text as tokens, where the end of what stands before the cursor occurs once more.

Knows nothing of the project; the numbers are the tokenizer's.
"""

from collections.abc import Sequence

import numpy as np

from inhouse.context.comparing import match_lengths, wanted_before
from inhouse.context.segments import Places, Tokens

OWN_TOKENS = 8192
"""Of the current file's text before (and after) the cursor: its last (first) 8,192 tokens are searched."""

LONGEST_MATCH = 16
"""Tokens of context compared; longer matches predict no better."""

_COMPARED = 512
MOST_PLACES = 128
"""Of the places after the same token the last 512 are compared, the 128 longest matches count."""

_BREAK = -1
"""Stands before what is behind the cursor, and between that and what is before it."""

_ROOM = 256
"""Tokens that can be added before all is copied."""

_NO_PLACES: Places = np.empty(0, dtype=np.int64)


class OwnText:
    """What is behind the cursor, then what is before it: so the end of the context is the end of it all."""

    def __init__(self, before: Tokens, after: Tokens) -> None:
        self.start = len(after) + 2
        """Where the text before the cursor begins."""
        self.size = self.start + len(before)
        self._tokens: Tokens = np.empty(self.size + _ROOM, dtype=np.int32)
        self._tokens[0] = self._tokens[self.start - 1] = _BREAK
        self._tokens[1 : self.start - 1] = after
        self._tokens[self.start : self.size] = before

    def extend(self, ids: Sequence[int]) -> None:
        """The cursor has moved on behind these tokens."""
        self.size += self._write(ids)

    def upto(self, also: Sequence[int]) -> Tokens:
        """The text with some tokens behind it that do not stay."""
        return self._tokens[: self.size + (self._write(also) if also else 0)]

    def _write(self, ids: Sequence[int]) -> int:
        """Puts tokens behind the text before the cursor, where it may grow; how many."""
        end = self.size + len(ids)
        if end > len(self._tokens):
            self._tokens = np.concatenate((self._tokens, np.empty(end, dtype=np.int32)))
        self._tokens[self.size : end] = ids
        return len(ids)

    def places(self, text: Tokens) -> tuple[Places, Places]:
        """Places before and after the cursor that match the end of the text, and how many tokens each matches."""
        size = len(text)
        if size == self.start:
            return _NO_PLACES, _NO_PLACES
        last = text.item(size - 1)
        places = (text[:-1] == last).nonzero()[0]
        if not len(places):
            return _NO_PLACES, _NO_PLACES
        places += 1
        if text.item(self.start - 2) == last:
            places = places[places != self.start - 1]  # what stands behind this one is no token
        places = places[-_COMPARED:]
        lengths = _lengths(text, places, text[max(self.start, size - LONGEST_MATCH) :])
        if len(places) > MOST_PLACES:
            best = lengths.astype(np.uint8).argsort(kind="stable")[-MOST_PLACES:]
            best.sort()
            places, lengths = places.take(best), lengths.take(best)
        return places, lengths


def _lengths(text: Tokens, places: Places, context: Tokens) -> Places:
    """How many tokens match before each place; most match only the one that they were found by."""
    lengths = np.empty(len(places), dtype=np.int64)
    lengths.fill(1)
    if len(context) > 1 and len(places):
        more: Places = (text.take(places - 2) == context.item(-2)).nonzero()[0]
        if len(more):
            lengths[more] = match_lengths(text, places.take(more), wanted_before(context), 2)
    return lengths
