"""What the project itself calls deprecated, and what it says to use instead."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from inhouse.context.conventions.facts import Facts
from inhouse.context.outline import Symbol

_MARK = re.compile(
    r"@[\w.]*deprecated\b|#\[\\?deprecated|^[ \t\"'*/#-]*(?-i:Deprecated|DEPRECATED)\b\s*[:.,(]"
    r"|\b(?:Pending)?DeprecationWarning\b|\.\. deprecated::|^[ \t\"'*/#-]*(?-i:DEPRECATED)\b"
    r"|\[\[deprecated|__attribute__\s*\(\(\s*(?:__)?deprecated"
    r"|\[\s*(?:System\.)?Obsolete\b",
    re.IGNORECASE | re.MULTILINE,
)
_INSTEAD = re.compile(
    r"(?:\buse|\bcall|\bprefer|in favou?r of|replaced (?:by|with)|superseded by|migrate to|switch to)"
    r"\s+(:\w+:|\{@\w+\s+)?([`'\"#\[]*)([A-Za-z_][\w.:#]*\w)(\s*\(|\s+instead\b|\s*(?:\*/|[\"'`).,;\]}]|$))?",
    re.IGNORECASE | re.MULTILINE,
)
_LIKE_CODE = re.compile(r"[_.:#]|[a-z][A-Z]")
_ABOUT_IT = re.compile(r"deprecat|warn", re.IGNORECASE)
"""Names of what warns of others."""
_LEGACY_FOLDER = re.compile(r"(?:^|/)(?:legacy|deprecated|obsolete)(?:/|\.\w+$)", re.IGNORECASE)

_LINES_ABOVE = 12
"""How far above a definition its marks stand: decorators and a doc comment."""

_LINES_WITHIN = 12
"""How far into a body the project says so: docstring and the first statements."""


@dataclass(frozen=True, slots=True)
class Deprecated:
    """A definition that is not to be used any more; instead is "" when the text does not say."""

    name: str
    path: str
    line: int
    instead: str
    mark: str


def deprecated(facts: Facts) -> Iterator[Deprecated]:
    """The deprecated definitions of a file."""
    if _LEGACY_FOLDER.search(facts.path):
        tops = [symbol for symbol in facts.outline.symbols if not symbol.scope]
        yield from (Deprecated(symbol.name, facts.path, symbol.line, "", "folder") for symbol in tops)
        return
    text = "\n".join(facts.lines)
    if not _MARK.search(text):
        return
    starts = {symbol.line for symbol in facts.outline.symbols}
    for symbol in facts.outline.symbols:
        if symbol.kind in ("function", "method", "class", "interface", "enum", "field", "constant", "type", "macro"):
            near = "\n".join((*_own_lines(facts, symbol, starts), symbol.signature))
            found = _MARK.search(near)
            if found is None or ("Warning" in found[0] and (facts.is_test or _ABOUT_IT.search(symbol.name))):
                continue
            told = near if "Warning" in found[0] else near[found.start() :]
            mark = found[0].strip(" \t\r\n\"'*/-.:,(")
            yield Deprecated(symbol.qualified, facts.path, symbol.line, _instead(told), mark)


def _instead(text: str) -> str:
    """The name that a text says to use: what looks like one, or is the last word of what is said."""
    for found in _INSTEAD.finditer(text):
        link, quote, name, after = found.groups()
        if link or quote or after is not None or _LIKE_CODE.search(name):
            return name
    return ""


def _own_lines(facts: Facts, symbol: Symbol, starts: set[int]) -> Iterator[str]:
    """The lines that speak of one definition: comment and decorators above it, for functions the body's first lines."""
    first = symbol.line - 1
    above: list[str] = []
    for row in range(first - 1, max(-1, first - 1 - _LINES_ABOVE), -1):
        line = facts.lines[row].strip()
        if not line.startswith(("#", "/", "*", "@", "-", "[[")) or row + 1 in starts:
            break
        above.append(facts.lines[row])
    yield from reversed(above)
    last = first + 1
    if symbol.kind in ("function", "method") or (symbol.kind == "class" and facts.language == "python"):
        while last < min(symbol.end_line, first + _LINES_WITHIN) and last + 1 not in starts:
            last += 1
    yield from facts.lines[first:last]
