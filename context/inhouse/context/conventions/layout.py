"""Habits that stand in the text itself: quotes, indentation, width of lines, and whether functions are asynchronous."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise

from inhouse.context.conventions.facts import Facts
from inhouse.context.conventions.habit import LEAST, Habit, at, spread

_WIDTH_SHARE = 0.99
"""So much of the lines is no longer than the line width that is named."""


def quotes(language: str, files: list[Facts]) -> Iterator[Habit]:
    """Which quotes strings have."""
    total: Counter[str] = Counter()
    for facts in files:
        total.update({mark: count for mark, count in facts.quotes.items() if mark in ('"', "'")})
    every = sum(total.values())
    if every >= LEAST:
        mark, count = max(sorted(total.items()), key=lambda item: item[1])
        other = "'" if mark == '"' else '"'
        lines = [_first_line(facts, lambda line: line.count(mark) == 2 and other not in line) for facts in files]
        choice = {'"': "double", "'": "single"}[mark]
        yield Habit("quotes", choice, count / every, every, language, spread([place for place in lines if place]))


def asynchronous(language: str, files: list[Facts]) -> Iterator[Habit]:
    """How many functions are asynchronous, where any are."""
    functions = sum(1 for facts in files for symbol in facts.outline.symbols if symbol.arity >= 0)
    waiting = sum(facts.flags.get("async", 0) for facts in files)
    if waiting and functions >= LEAST:
        mostly = waiting * 2 > functions
        places = [
            at(facts, symbol)
            for facts in files
            for symbol in facts.outline.symbols
            if symbol.arity >= 0 and ("async " in symbol.signature) == mostly
        ]
        share = max(waiting, functions - waiting) / functions
        yield Habit("async functions", "async" if mostly else "rare", share, functions, language, spread(places))


def layout(language: str, files: list[Facts]) -> Iterator[Habit]:
    """The step of the indentation and the width that nearly all lines keep to."""
    indents: dict[str, list[str]] = {}
    widths: Counter[int] = Counter()
    for facts in files:
        widths.update(len(line) for line in facts.lines)
        if step := _step(facts):
            indents.setdefault(step, []).append(_first_line(facts, lambda line: line[:1] in (" ", "\t")))
    if indents:
        choice = max(sorted(indents), key=lambda name: len(indents[name]))
        every = sum(len(places) for places in indents.values())
        yield Habit("indentation", choice, len(indents[choice]) / every, every, language, spread(indents[choice]))
    lines, seen = sum(widths.values()), 0
    width = 0
    for width in sorted(widths):
        seen += widths[width]
        if seen >= lines * _WIDTH_SHARE:
            break
    if lines:
        longest = [place for facts in files if (place := _first_line(facts, lambda line: len(line) == width))]
        choice = f"{width} columns hold 99 %"
        yield Habit("line width", choice, _WIDTH_SHARE, lines, language, spread(longest))


_DOCSTRING = re.compile(r"(\"\"\"|''').*?\1", re.DOTALL)
_STEPS = frozenset({2, 3, 4, 8})


def _step(facts: Facts) -> str:
    """What a file indents with: tabs, or by how much most of its lines stand deeper than the one before; "" if none."""
    lines = facts.lines
    if facts.language == "python":  # the text of docstrings has steps of its own
        lines = _DOCSTRING.sub('""', "\n".join(lines)).split("\n")
    found = [match[1] for line in lines if (match := re.match(r"(\t| *)\S", line))]
    tabs = sum(step == "\t" for step in found)
    if tabs * 2 > sum(step != "" for step in found):
        return "tabs"
    deeper = Counter(len(step) - len(before) for before, step in pairwise(found))
    steps = {size: count for size, count in deeper.items() if size in _STEPS}
    return f"{max(sorted(steps), key=steps.__getitem__)} spaces" if steps else ""


def _first_line(facts: Facts, shows: Callable[[str], bool]) -> str:
    """The place of the first line that shows it; "" when none does."""
    return next((f"{facts.path}:{number}" for number, line in enumerate(facts.lines, 1) if shows(line)), "")
