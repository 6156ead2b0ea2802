"""Which tokens of a suggestion are still there, aligned in order with what the text became.

Tokens are words and marks here, not a model's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
_MOST_TOKENS = 2_000
"""Of what the text became: the alignment takes time with the product of the lengths, 20 ms here."""


@dataclass(frozen=True, slots=True)
class Fate:
    """A stretch of the suggestion's characters, and whether it is still there."""

    start: int
    end: int
    kept: bool


def fates(suggested: str, became: str) -> list[Fate]:
    """What became of each token of the suggestion but white space, which formatters change as they like."""
    before, after = _TOKEN.findall(suggested), _TOKEN.findall(became)[:_MOST_TOKENS]
    words = [token for token in before if not token.isspace()]
    matcher = SequenceMatcher(None, words, [token for token in after if not token.isspace()], autojunk=False)
    kept = [False] * len(words)
    for block in matcher.get_matching_blocks():
        kept[block.a : block.a + block.size] = [True] * block.size
    found: list[Fate] = []
    at = 0
    flags = iter(kept)
    for token in before:
        if not token.isspace():
            found.append(Fate(at, at + len(token), next(flags)))
        at += len(token)
    return found


def kept_characters(found: Sequence[Fate]) -> int:
    return sum(fate.end - fate.start for fate in found if fate.kept)


def characters(found: Sequence[Fate]) -> int:
    """Characters that can be kept at all: all but white space."""
    return sum(fate.end - fate.start for fate in found)
