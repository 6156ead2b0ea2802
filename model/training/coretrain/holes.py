"""Where the text is cut: what stands before the cursor, what is to be written, what stands behind it.

Characters only; it knows no tokens and no project, but is told which lines are worth guessing.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Kind = Literal["rest_of_line", "whole_line", "mid_word", "inside_line", "block", "open_end"]

KINDS: dict[Kind, float] = {
    "rest_of_line": 0.38,
    "whole_line": 0.15,
    "mid_word": 0.14,
    "inside_line": 0.10,
    "block": 0.15,
    "open_end": 0.08,
}
"""Shares. Mostly what a person asks for: one line from where the cursor stands."""

CANDIDATE_LINES = 4
BLOCK_LINES = 10

_WORD_END = re.compile(r"\w+|[^\w\s]")
_CLOSING = re.compile(r"[)\]}:,;]+\s*$")


@dataclass(frozen=True)
class Hole:
    kind: Kind
    prefix: str
    middle: str
    suffix: str


def cut(text: str, random: random.Random, worth: Callable[[str], float]) -> Hole | None:
    """One hole. Every second time the line worth most of a few is taken, else any line."""
    lines = text.split("\n")
    numbers = [i for i in (random.randrange(len(lines)) for _ in range(CANDIDATE_LINES)) if lines[i].strip()]
    if not numbers:
        return None
    number = max(numbers, key=lambda i: worth(lines[i])) if random.random() < 0.5 else numbers[0]
    if lines[number].lstrip().startswith(("#", "//", "*")) and random.random() < 0.7:
        return None
    kind = random.choices(list(KINDS), list(KINDS.values()))[0]
    start_of_line = sum(len(line) + 1 for line in lines[:number])
    first, last = _span(kind, lines, number, random)
    start, end = start_of_line + first, start_of_line + last
    suffix = "" if kind == "open_end" else text[end:]
    return Hole(kind, text[:start], text[start:end], suffix) if end > start else None


def _span(kind: Kind, lines: list[str], number: int, random: random.Random) -> tuple[int, int]:
    """First and last character, counted from the start of the line."""
    line = lines[number]
    indent = len(line) - len(line.lstrip())
    if kind == "whole_line":
        return indent, len(line)
    if kind == "block":
        return _block(lines, number, indent if random.random() < 0.6 else _column(line, indent, random))
    if kind == "mid_word":
        return _mid_word(line, indent, random), len(line)
    start = _column(line, indent, random)
    if kind == "inside_line":
        closing = _CLOSING.search(line)
        return start, closing.start() if closing and closing.start() > start else len(line)
    return start, len(line)


def _column(line: str, indent: int, random: random.Random) -> int:
    """Behind a word or a sign, or before the first."""
    ends = [indent] + [m.end() for m in _WORD_END.finditer(line) if m.end() < len(line)]
    # People stop to wait for a suggestion behind a blank as often as before one.
    column = random.choice(ends)
    return column + 1 if column < len(line) - 1 and line[column] == " " and random.random() < 0.5 else column


def _mid_word(line: str, indent: int, random: random.Random) -> int:
    words = [m for m in _WORD_END.finditer(line) if m.end() - m.start() >= 3]
    if not words:
        return indent
    word = random.choice(words)
    return random.randrange(word.start() + 1, word.end())


def _block(lines: list[str], number: int, start: int) -> tuple[int, int]:
    """On to where the indentation falls back, at most a few lines."""
    own = len(lines[number]) - len(lines[number].lstrip())
    end = number + 1
    while end < min(len(lines), number + BLOCK_LINES):
        indent = len(lines[end]) - len(lines[end].lstrip())
        if not lines[end].strip() or indent < own or (indent == own and lines[number].rstrip().endswith((":", "{"))):
            break
        end += 1
    return start, sum(len(line) + 1 for line in lines[number:end]) - 1
