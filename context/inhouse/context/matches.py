"""A sample of a segment's places that match the end of a context, remembered.

The same ends of contexts are asked for again and again while somebody types: 63 % of a typing session's questions.
It knows nothing of chances, nor of which files count.
"""

from typing import NamedTuple

from inhouse.context.segments import Places, Segment, Strengths, Tokens, match_lengths

_SAMPLES = (48, 64, 96, 256)
"""Places looked at that match 1, 2, 3, 4 tokens: shallower ones only say what is common."""

_REMEMBERED = 1024
"""Ends of contexts: 2 MB in a project of 175,000 tokens, 13 at the very most."""


class Matches(NamedTuple):
    """Places that match, as far as the segment's keys tell; those with the fewest matching tokens first."""

    places: Places
    files: Places
    """The number of the file that each place lies in."""
    following: Tokens
    """The token at each place, never the end of a file."""
    lengths: Places
    weights: Strengths
    """How many places each stands for, times what it was learnt to count."""
    deepest: slice
    """Those of which more may match than the keys tell; empty if there are none."""

    def exactly(self, segment: Segment, wanted: Tokens) -> Places:
        """How many tokens match before each place; `wanted` is the whole context, see wanted_before()."""
        if self.deepest.start == self.deepest.stop:
            return self.lengths
        lengths = self.lengths.copy()
        lengths[self.deepest] = match_lengths(segment.tokens, self.places[self.deepest], wanted, segment.depth)
        return lengths


def matches(segment: Segment, nearest_first: list[int]) -> Matches | None:
    """What matches the end of a context, given from its last token back; None if nothing does."""
    key = tuple(nearest_first[: segment.depth])
    held = segment.remembered
    try:
        return held[key]
    except KeyError:
        found = _matches(segment, nearest_first)
    if len(held) >= _REMEMBERED:
        held.clear()
    held[key] = found
    return found


def _matches(segment: Segment, nearest_first: list[int]) -> Matches | None:
    spans = segment.ranges(nearest_first)
    if not spans:
        return None
    at, lengths, weights, deepest = segment.sampled(spans, _SAMPLES)
    places = segment.places_at(at)
    following = segment.tokens[places]
    if segment.strengths is not None:
        weights *= segment.strengths[places]
    first, last = (deepest.start, deepest.stop) if len(spans) == segment.depth else (0, 0)
    keep = following.nonzero()[0]
    if len(keep) < len(places):
        places, following, lengths, weights = places[keep], following[keep], lengths[keep], weights[keep]
        first, last = keep.searchsorted((first, last)).tolist()
    return Matches(places, segment.files_of(places), following, lengths, weights, slice(first, last))
