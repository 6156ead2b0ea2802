"""A sample of a segment's places that match the end of a context, remembered.

The same ends of contexts are asked for again and again while somebody types: 63 % of a typing session's questions.
It knows nothing of chances, nor of which files count.
"""

from functools import cached_property
from typing import Protocol

from inhouse.context.comparing import match_lengths, wanted_before
from inhouse.context.segments import Places, Sample, Segment, Tokens

_SAMPLES = (48, 64, 96, 256)
"""Places looked at that match 1, 2, 3, 4 tokens: shallower ones only say what is common."""

_REMEMBERED = 1024
"""Ends of contexts: 2 MB in a project of 175,000 tokens, 13 at the very most."""


class Numbers(Protocol):
    """What translates between the tokenizer's numbers and the project's dense ones."""

    def local(self, ids: Tokens) -> Tokens:
        """The project's numbers of tokens; -1 for those it has not."""
        ...

    def original(self, local: Tokens | Places) -> Tokens:
        """The tokenizer's numbers of the project's numbers."""
        ...


class Matches:
    """Places that match, as far as the segment's keys tell."""

    def __init__(self, segment: Segment, sample: Sample, numbers: Numbers) -> None:
        self.segment = segment
        self._sample = sample
        self._lengths = sample.depths
        following, self.files = segment.following(sample)
        """The number of the file that each place lies in; that behind the last one for the end of a file."""
        self.following = numbers.original(following)
        """The token at each place, in the tokenizer's numbers; that of a file's end has no meaning."""
        self.weights = sample.shares
        """How many places each stands for, times what it was learnt to count."""
        if segment.strengths is not None:
            self.weights = sample.shares * segment.strengths.take(self.places)
        self.deepest = sample.deepest if sample.depths.item(sample.deepest.start) == segment.depth else None
        """Those of which more may match than the keys tell."""

    @cached_property
    def places(self) -> Places:
        """The places themselves: not needed to say what follows."""
        return self.segment.places_of(self._sample, slice(0, len(self._lengths)))

    def exactly(self, context: Tokens) -> Places:
        """How many tokens of the whole context match before each place."""
        if self.deepest is None:
            return self._lengths
        lengths, segment = self._lengths.copy(), self.segment
        places = segment.places_of(self._sample, self.deepest)
        lengths[self.deepest] = match_lengths(segment.tokens, places, wanted_before(context), segment.depth)
        return lengths


def matches(segment: Segment, nearest_first: list[int], numbers: Numbers) -> Matches | None:
    """What matches the end of a context, given from its last token back; None if nothing does."""
    key = tuple(nearest_first[: segment.depth])
    held = segment.remembered
    try:
        return held[key]
    except KeyError:
        found = _matches(segment, nearest_first, numbers)
    if len(held) >= _REMEMBERED:
        held.clear()
    held[key] = found
    return found


def _matches(segment: Segment, nearest_first: list[int], numbers: Numbers) -> Matches | None:
    spans = segment.ranges(nearest_first)
    if not spans:
        return None
    return Matches(segment, segment.sampled(spans, _SAMPLES), numbers)
