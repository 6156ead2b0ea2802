"""The calls in a piece of code with what they are given. No grammar: brackets, quotes and commas."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

_CALLEE = re.compile(r"(?<![\w$.>])((?:[\w$]+\.)*[^\W\d][\w$]*)$")
_LONGEST_CALLEE = 1000
"""Characters before a bracket that are looked at: the pattern takes the square of it."""
_KEYWORD = re.compile(r"^([^\W\d]\w*)\s*=(?!=)")
_OPEN_LAMBDA = re.compile(r"\blambda\b[^:]*$")
_CLOSURE = re.compile(r"(?:move\s*)?\|")
_TYPE_BRACKET = re.compile(r"[\w$:]<(?![\s=<])")
_ARROW = re.compile(r"[=-]>")
_DEFINES = re.compile(r"\b(?:def|class|function|fn|func)\s+$")


@dataclass(frozen=True, slots=True)
class Call:
    """A call that begins and ends in the text."""

    callee: str
    open: int
    """Where its bracket opens."""
    end: int
    """Behind its closing bracket."""
    by_place: tuple[str, ...]
    keywords: tuple[str, ...]
    spread: bool
    """`*` or `**` in it, or commas that may be of something within: what it gives is not known."""


def calls(text: str) -> Iterator[Call]:
    """All calls of plain paths such as `a.b(...)`, inner ones before outer ones."""
    opened: list[tuple[str, int, list[int]]] = []
    quote, escaped = "", False
    for index, letter in enumerate(text):
        if escaped:
            escaped = False
        elif letter == "\\":
            escaped = True
        elif quote:
            quote = "" if letter == quote or letter == "\n" else quote
        elif letter in "\"'`":
            quote = letter
        elif letter in "([{":
            opened.append((letter, index, []))
        elif letter == "," and opened:
            opened[-1][2].append(index)
        elif letter in ")]}" and opened:
            bracket, start, commas = opened.pop()
            if bracket == "(" and letter == ")" and (found := _call(text, start, index, commas)):
                yield found


def _call(text: str, start: int, end: int, commas: list[int]) -> Call | None:
    before = text[max(0, start - _LONGEST_CALLEE) : start]
    callee = _CALLEE.search(before)
    if callee is None or _DEFINES.search(before[: callee.start()]):
        return None
    edges = [start, *commas, end]
    parts = [text[one + 1 : other].strip() for one, other in pairwise(edges)]
    given = [part for part in parts if part]
    keywords = [match[1] for part in given if (match := _KEYWORD.match(part))]
    by_place = [part for part in given if not _KEYWORD.match(part)]
    return Call(
        callee[1],
        start,
        end + 1,
        tuple(by_place),
        tuple(keywords),
        any(part.startswith(("*", "...")) or " for " in part for part in given)
        or any(_is_cut(part) for part in parts[:-1]),
    )


def _is_cut(part: str) -> bool:
    """Whether the comma behind it is not the call's: in a lambda, a closure `|a, b|`, a type `Map<K, V>`."""
    if _OPEN_LAMBDA.search(part) or (_CLOSURE.match(part) and part.count("|") % 2):
        return True
    if not _TYPE_BRACKET.search(part):
        return False
    bare = _ARROW.sub("", part)
    return bare.count("<") > bare.count(">")
