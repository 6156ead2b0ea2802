"""Repetition: what already stands after the cursor or right above it, imports, and text that goes round in circles.

Lines that are only alike are legitimate: everything here compares whole lines, blanks aside.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby

_NEAR_LINES = 8
"""Lines after the cursor that a suggestion must not say again."""
_SAME_LINES = 3
"""So many equal lines in a row are a loop, counting those above the cursor."""
_LOOPS = ((1, 8), (10, 30), (20, 45), (30, 60))
"""A period of at most so many tokens that fills so many tokens at the end is a loop (GitHub Copilot's pairs, a little
stricter for one token)."""

_IMPORT = re.compile(r"\s*(?:from|import|using|use|require|#\s*include)\b")


def bare(line: str) -> str:
    """The text without its blanks: what two texts are compared by."""
    return "".join(line.split())


def says_something(line: str) -> bool:
    """A closing bracket or a lone `else:` often stands twice; a line with a word and more says something."""
    return len(bare(line)) >= 2 and any(letter.isalnum() for letter in line)


def before_what_follows(lines: Sequence[str], following: Sequence[str]) -> int:
    """How many of the completed lines come before those that stand after the cursor already.

    `lines` are whole lines, the first with what stands before the cursor; `following` the document's next lines.
    """
    next_lines = [bare(line) for line in following if line.strip()][:_NEAR_LINES]
    told = [(index, bare(line)) for index, line in enumerate(lines) if line.strip()]
    for place, (index, text) in enumerate(told):
        rest = [line for _, line in told[place:]]
        same = rest == next_lines[: len(rest)] or (
            len(rest) > len(next_lines) and rest[: len(next_lines)] == next_lines
        )
        if next_lines and same and any(says_something(line) for line in rest):
            return index
        if next_lines and place and text == next_lines[0] and says_something(text):
            return index
    return len(lines)


def imports_again(line: str, lines: Iterable[str]) -> bool:
    """Whether a whole line imports what another line of the file (`lines`) does.

    What is imported within blocks only, functions for example, may well stand in several of them.
    """
    if not _IMPORT.match(line):
        return False
    told, inner = bare(line), line[:1].isspace()
    return any(bare(other) == told for other in lines if not (inner and other[:1].isspace()))


def before_loop(lines: Sequence[str], above: Sequence[str]) -> int:
    """How many of the completed lines come before one that would stand so many times in a row."""
    told = [bare(line) for line in above if line.strip()][-_SAME_LINES:]
    for index, line in enumerate(lines):
        if line.strip():
            told.append(bare(line))
        runs = [len(list(group)) for _, group in groupby(told)]
        if runs and runs[-1] >= _SAME_LINES and says_something(told[-1]) and line.strip():
            return index
    return len(lines)


def goes_round(tokens: Sequence[object]) -> bool:
    """Whether the tokens end in a loop: one token for ever, or a phrase again and again."""
    return any(len(tokens) >= window and _period(tokens[-window:]) <= longest for longest, window in _LOOPS)


def _period(tokens: Sequence[object]) -> int:
    """The shortest period of a sequence, by the failure function of Knuth, Morris and Pratt."""
    fail = [0] * len(tokens)
    length = 0
    for index in range(1, len(tokens)):
        while length and tokens[index] != tokens[length]:
            length = fail[length - 1]
        if tokens[index] == tokens[length]:
            length += 1
        fail[index] = length
    return len(tokens) - fail[-1]
