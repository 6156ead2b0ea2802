"""Habits of documentation comments: in which form they speak of parameters and results, if they do."""

import re
from collections.abc import Iterator

from inhouse.context.conventions.facts import Facts
from inhouse.context.conventions.habit import Habit, at, habit
from inhouse.context.outline import Symbol

_FORMS = {
    "Google (Args:)": re.compile(r"^\s*(?:Args|Arguments|Returns|Raises|Yields):\s*$", re.MULTILINE),
    "NumPy (Parameters, underlined)": re.compile(
        r"^\s*(?:Parameters|Returns|Raises|Yields)\s*\n\s*-{3,}", re.MULTILINE
    ),
    "Sphinx (:param x:)": re.compile(r"^\s*:(?:param|returns?|raises?|rtype|type)\b", re.MULTILINE),
    "tags (@param)": re.compile(r"^[\s*/#-]*@(?:param|returns?|throws|raise)\b", re.MULTILINE),
    "XML (<summary>)": re.compile(r"^\s*///\s*<(?:summary|param|returns)\b", re.MULTILINE),
    "sections (# Errors)": re.compile(r"^\s*//[/!]\s*# (?:Examples?|Errors|Panics|Safety|Arguments)", re.MULTILINE),
}
_LINES = 40
"""Of a doc comment; longer ones have said what form they are in."""

_QUOTES = re.compile(r"(\"\"\"|''')(.*?)(?:\1|\Z)", re.DOTALL)


def doc_style(language: str, files: list[Facts]) -> Iterator[Habit]:
    """The form of the doc comments."""
    cases = (
        (next((form for form, sign in _FORMS.items() if sign.search(text)), "prose"), at(facts, symbol))
        for facts in files
        if not facts.is_test
        for symbol in facts.outline.symbols
        if symbol.doc and symbol.kind in ("function", "method", "class", "interface")
        for text in (_comment(facts, symbol),)
    )
    yield from habit("form of doc comments", language, cases)


def _comment(facts: Facts, symbol: Symbol) -> str:
    """The text of a definition's doc comment, or enough of it."""
    if facts.language == "python":
        found = _QUOTES.search("\n".join(facts.lines[symbol.line : min(symbol.end_line, symbol.line + _LINES)]))
        return found[2] if found else ""
    row = first = symbol.line - 1
    while row and first - row < _LINES and facts.lines[row - 1].lstrip().startswith(("/", "*", "#", "-", "@", "[")):
        row -= 1
    return "\n".join(facts.lines[row:first])
