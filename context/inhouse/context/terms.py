"""Words of source text for searching: whole identifiers and their camelCase and snake_case parts.

Knows no language: which words are keywords is handed in.
"""

import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

_WORD = re.compile(r"[^\W\d]\w+")
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_A-Za-z]+")

_SHORTEST_PART = 3
"""Parts of fewer characters ("is", "to", "x2") stand in nearly every window and only slow the query."""

_LONGEST_WORD = 64
"""Longer words are encoded data, not names."""


_PARTS_AND_ENDS = re.compile(_PART.pattern + r"|\n")


@lru_cache(maxsize=65536)
def split(word: str) -> tuple[str, ...]:
    """The word in lower case, then its parts when it has more than one: `getUserName` gives four terms."""
    if len(word) > _LONGEST_WORD:
        return ()
    lower = word.lower()
    parts = [part.lower() for part in _PART.findall(word)]
    if len(parts) < 2:
        stripped = lower.strip("_")
        return (lower,) if stripped == lower or len(stripped) < _SHORTEST_PART else (lower, stripped)
    kept = dict.fromkeys(part for part in parts if len(part) >= _SHORTEST_PART)
    kept.pop(lower, None)
    return (lower, *kept)


def split_each(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """What split() gives for each of many words that are mostly new (("",) for none): a third of the time."""
    parts: list[str] = []
    ends = iter(words)
    for part in _PARTS_AND_ENDS.findall("".join(f"{word}\n" for word in words)):
        if part != "\n":
            parts.append(part.lower())
            continue
        word = next(ends)
        lower = word.lower()
        if len(word) > _LONGEST_WORD:
            yield ("",)
        elif len(parts) < 2:
            stripped = lower.strip("_")
            yield (lower,) if stripped == lower or len(stripped) < _SHORTEST_PART else (lower, stripped)
        else:
            yield (lower, *dict.fromkeys(part for part in parts if len(part) >= _SHORTEST_PART and part != lower))
        parts = []


_SYMBOLS = "abcdefghijklmnopqrstuvwxyz0123456789!#$%&()*+,-./:;<=>?@[]^_{|}~"
_PAIRS = tuple(one + other for one in _SYMBOLS for other in _SYMBOLS)
_KEY_CHARS = 4
_DIGITS = {symbol: place for place, symbol in enumerate(sorted(_SYMBOLS), 1)}


@lru_cache(maxsize=65536)
def key(term: str) -> str:
    """What the search table keeps of a term: itself where it is short and plain, else four characters made of it.

    A tenth less than the terms themselves. One pair of terms in 17 million has the same key: who must be sure reads the
    lines.
    """
    if len(term) <= _KEY_CHARS and _DIGITS.keys() >= set(term):
        return term
    number = zlib.crc32(term.encode("utf-8", "replace")) & 0xFFFFFF
    return _PAIRS[number >> 12] + _PAIRS[number & 0xFFF]


def number(key: str) -> int:
    """A key as a number, in the order of the keys."""
    found = 0
    for place in range(_KEY_CHARS):
        found = found * (len(_SYMBOLS) + 1) + (_DIGITS[key[place]] if place < len(key) else 0)
    return found


def words(text: str) -> list[str]:
    """Every word of two or more characters, in order, as it is written."""
    return _WORD.findall(text)


def terms(text: str) -> dict[str, int]:
    """Every term with its number of occurrences, in order of first appearance."""
    counts: dict[str, int] = {}
    for word in _WORD.findall(text):
        for term in split(word):
            counts[term] = counts.get(term, 0) + 1
    return counts


def term_set(lines: Iterable[str], without: frozenset[str] = frozenset()) -> set[str]:
    """The distinct terms of some lines: what the index keeps of a block. without: words, as they are spelled."""
    found: set[str] = set()
    for word in set(_WORD.findall("\n".join(lines))) - without:
        found.update(split(word))
    return found


def stands_in(text: str, name: str) -> bool:
    """Whether a text has a whole name somewhere; ten times as fast as a regular expression."""
    at = text.find(name)
    while at >= 0:
        end = at + len(name)
        if not _in_name(text[at - 1 : at]) and not _in_name(text[end : end + 1]):
            return True
        at = text.find(name, at + 1)
    return False


def _in_name(letter: str) -> bool:
    return letter.isalnum() or letter in ("_", "$")
