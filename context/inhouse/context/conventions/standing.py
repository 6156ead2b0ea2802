"""How a foreign call stands in the body of a house function: whether its result is what the function gives, and whether
it gets what the function was given.

Read from the text, in one way for all languages; what follows from it is for wrappers.py to say.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from inhouse.context.conventions.facts import Call
from inhouse.context.outline import Symbol

_MOST_ROWS = 12
"""Arguments that go on for longer are not read to their end."""

_WORD = re.compile(r"[^\W\d]\w*")
_OF_THE_LANGUAGE = frozenset(
    {
        "self", "this", "cls", "const", "let", "var", "string", "int", "bool", "error", "float", "double", "char",
        "void", "none", "null", "true", "false", "any", "object", "number", "func", "def", "fn", "function", "pub",
        "async", "static", "public", "private", "protected", "internal", "final", "default", "mut", "ref", "str", "vec",
        "option", "result", "boolean", "long", "byte", "size_t", "unsigned", "struct", "nil", "dict", "optional",
        "sequence", "iterable", "mapping", "union", "callable",
    }
)  # fmt: skip
"""Words of parameter lists that are no parameters."""

_GIVES = re.compile(r"\breturn\b|\byield\b|=>")
_WITHIN = re.compile(r"[\w\]>]\s*[({]")
"""Between the beginning and a call: it is an argument of another one."""
_ASSIGNS = re.compile(
    r"[\s(]*(?:if\s*\(+)?(?:(?:const|let|var|auto|final|mut|local)\s+)*(?:[\w<>*\[\]:.]+\s+)?\*?([$\w]+)(?:\s*,\s*[$\w]+)*"
    r"\s*(?::[^=]+)?:?=(?!=)"
)
_CLOSING = frozenset({"", "}", ")", "end", "};", ");", "})", "});", "},", "end)", "end,"})
_OPEN_ENDS = ("(", ",", ".", "{", "[", "=", "?", "&&", "||", " or", " and", "\\")
"""How lines end whose statement goes on in the next one."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Of one foreign name in one body."""

    returned: bool
    """Its result, or what it was put into, is what the body gives; or it is the last thing that the body does."""
    outermost: bool
    """It is no argument of another call there."""
    handed: bool
    """A parameter is among its arguments."""
    parameters: bool
    """The house function has some."""
    arguments: bool
    """The foreign call has some."""
    is_parameter: bool
    """What is called is itself a parameter: no foreign name at all."""


def standing(symbol: Symbol, lines: Sequence[str], calls: Iterable[Call]) -> Standing:
    """How calls of one foreign name stand in a definition; lines are the file's."""
    given = _parameters(symbol)
    calls = list(calls)
    told = [_arguments(lines, call) for call in calls]
    handed = any(given & {word.lstrip("$") for word in _WORD.findall(text)} for text in told)
    returned = any(_is_returned(symbol, lines, call.line) for call in calls)
    arguments = any(text.strip("( \n") for text in told)
    outermost = any(not _is_argument(symbol, lines, call) for call in calls)
    return Standing(returned, outermost, handed, bool(given), arguments, any(call.written in given for call in calls))


def _parameters(symbol: Symbol) -> set[str]:
    """The words of the parameter list, their types among them."""
    found = re.search(rf"{re.escape(symbol.name)}\s*[^(]*\(", symbol.signature)
    if found is None:
        return set()
    text = _bracketed(symbol.signature, found.end() - 1)
    return {word for word in _WORD.findall(text) if word.lower() not in _OF_THE_LANGUAGE}


def _arguments(lines: Sequence[str], call: Call) -> str:
    """What is written behind the callee, with the opening bracket."""
    text = "\n".join(lines[call.line - 1 : call.line - 1 + _MOST_ROWS])
    last = re.escape(call.written.rpartition(".")[2])
    found = re.search(rf"(?<!\w){last}(?:[.:]+new)?\s*!?(?:::)?(?:<[^(;]*?>)?(\s*[({{]| )", text)
    if found is None:
        return ""
    if found[1] == " ":  # Ruby: no brackets
        return text[found.end() :].partition("\n")[0]
    return _bracketed(text, found.end() - 1)


def _bracketed(text: str, start: int) -> str:
    """From an opening bracket to the one that closes it."""
    opening = text[start]
    closing = {"(": ")", "{": "}"}[opening]
    depth = 0
    for at in range(start, len(text)):
        depth += (text[at] == opening) - (text[at] == closing)
        if not depth:
            return text[start:at]
    return text[start:]


def _is_argument(symbol: Symbol, lines: Sequence[str], call: Call) -> bool:
    first = _statement(symbol, lines, call.line)
    text = "\n".join(lines[first - 1 : call.line])
    text = text[max([0, *(found.end() for found in _GIVES.finditer(text))]) :]
    before = text.partition(call.written.partition(".")[0])[0]
    return bool(_WITHIN.search(before))


def _is_returned(symbol: Symbol, lines: Sequence[str], line: int) -> bool:
    first = _statement(symbol, lines, line)
    if any(_GIVES.search(text) for text in lines[first - 1 : line]):
        return True
    below = lines[line : symbol.end_line]
    put = _ASSIGNS.match(lines[first - 1])
    if put and re.search(rf"\b(?:return|yield)\b[^\n]*(?<![\w$]){re.escape(put[1])}(?!\w)", "\n".join(below)):
        return True
    return all(text.strip() in _CLOSING for text in below)


def _statement(symbol: Symbol, lines: Sequence[str], line: int) -> int:
    """The line on which a statement began."""
    while line - 1 > symbol.line and lines[line - 2].rstrip().endswith(_OPEN_ENDS):
        line -= 1
    return line
