"""Documents as the protocol means them, done the slow and plain way, to compare the server's with; and odd texts."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from functools import lru_cache

_END = re.compile(r"\r\n|\r|\n")
PIECES = (
    "x", " ", "    ", "\t", "\n", "\r\n", "\r", "value", "def f(a):\n    return a\n", "print(", ")", "[", "]", '"', "'",
    "é", "😀", "漢字", "\u2028", "\f", "\0", "\ud83d", "\ude00", "\u202e", "\x1b[31m", "#", "import os\n", "self.", "=",
    "<|fim_middle|>", "e\u0301", "👩\u200d👧", "\ufeff", "\x85", "x" * 300,
)  # fmt: skip


def odd_text(rng: random.Random, most: int = 30) -> str:
    return "".join(rng.choice(PIECES) for _ in range(rng.randrange(most)))


def clean(text: str) -> str:
    """As the server keeps it: halves of surrogate pairs cannot be encoded."""
    return re.sub("[\ud800-\udfff]", "\ufffd", text)


def as_sent(text: str) -> str:
    """What JSON makes of a text: two halves that meet become one character."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass") if text else text


@lru_cache(maxsize=256)
def lines_of(text: str) -> tuple[tuple[int, int], ...]:
    """Begin and end of each line's content."""
    found: list[tuple[int, int]] = []
    begin = 0
    for end in _END.finditer(text):
        found.append((begin, end.start()))
        begin = end.end()
    return (*found, (begin, len(text)))


def units(text: str, encoding: str) -> int:
    if encoding == "utf-32":
        return len(text)
    return len(text.encode("utf-8")) if encoding == "utf-8" else len(text.encode("utf-16-le")) // 2


def offset_of(text: str, line: int, character: int, encoding: str) -> int:
    """A position as an offset; past the end means the end, inside of a character means its start."""
    lines = lines_of(text)
    if line >= len(lines):
        return len(text)
    at, end = lines[line]
    left = character
    while at < end and (width := units(text[at], encoding)) <= left:
        left -= width
        at += 1
    return at


def edited(text: str, change: Mapping[str, object], encoding: str) -> str:
    """The text after one change of textDocument/didChange."""
    new = clean(as_sent(str(change["text"])))
    where = change.get("range")
    if not isinstance(where, dict):
        return new
    ends = [offset_of(text, where[name]["line"], where[name]["character"], encoding) for name in ("start", "end")]
    start, end = ends[0], max(ends)
    return text[:start] + new + text[end:]
