"""How many arguments a definition takes, from its head as it is written: where that is sure, else nothing is said.

Reads one signature; which definition a call means is for callee.py to find.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from inhouse.context.outline import SIGNATURE_CHARS, Symbol


@dataclass(frozen=True, slots=True)
class Arity:
    """What a call must give."""

    least: int
    """Arguments that have no default, given by place or by keyword."""
    most: int | None
    """Arguments that can be given by place; None: any number."""
    keywords: tuple[str, ...] = ()
    """Names by which arguments can be given (Python)."""
    any_keyword: bool = False
    """Other keywords are taken as well (Python's **kwargs)."""


_HARMLESS = frozenset(
    {
        "staticmethod", "classmethod", "abstractmethod", "abc.abstractmethod", "override", "typing.override",
        "cache", "functools.cache", "lru_cache", "functools.lru_cache", "contextmanager", "contextlib.contextmanager",
        "asynccontextmanager", "contextlib.asynccontextmanager", "final", "typing.final", "deprecated",
        "warnings.deprecated", "typing_extensions.deprecated", "functools.wraps", "wraps", "torch.no_grad",
        "torch.inference_mode", "torch.compile", "typing.no_type_check",
    }
)  # fmt: skip
"""Decorators that leave the parameters as they are; any other may change them."""

_OPENING, _CLOSING = "([{", ")]}"
_TYPED = frozenset({"typescript", "tsx", "java", "go", "rust", "c", "cpp", "csharp"})
_RECEIVERS = re.compile(r"(?:&\s*)?(?:'\w+\s+)?(?:mut\s+)?self\b")


def arity(language: str, symbol: Symbol, bound: bool) -> Arity | None:
    """The arguments of a function or method; bound: it is called on an object, so that one is given already."""
    text = symbol.signature
    if symbol.arity < 0 or len(text) >= SIGNATURE_CHARS or symbol.kind not in ("function", "method"):
        return None
    parameters = _parameters(text, symbol.name)
    if parameters is None:
        return None
    if language == "python":
        return _python(text, symbol, parameters, bound)
    if language in _TYPED or language == "php":
        return _typed(language, parameters, bound)
    return None


def decorators(signature: str) -> list[str]:
    """The decorators written before a Python definition."""
    head = re.split(r"(?:^|\s)(?:async\s+)?(?:def|class)\s", signature, maxsplit=1)[0]
    return re.findall(r"@\s*([\w.]+)", head)


def _parameters(text: str, name: str) -> list[str] | None:
    """The parameters as they are written, without comments; None when the head cannot be read."""
    place = re.search(rf"(?<![\w@.]){re.escape(name)}\s*(?=[(<=:])", text)
    if place is None:
        return None
    start = _skip_generics(text, place.end())
    start = text.find("(", start)
    if start < 0 or "lambda" in text or "/*" in text or "//" in text:
        return None
    parts = list(_split(text[start + 1 :]))
    return None if parts and parts[-1] == _UNCLOSED else parts


_UNCLOSED = "\0"


def _skip_generics(text: str, start: int) -> int:
    """Behind `<T: Fn(A) -> B>`."""
    if text[start : start + 1] != "<":
        return start
    depth = 0
    for index in range(start, len(text)):
        char = text[index]
        if char == "<":
            depth += 1
        elif char == ">" and text[index - 1] not in "-=":
            depth -= 1
            if not depth:
                return index + 1
    return len(text)


def _split(text: str) -> Iterator[str]:
    """The parts between commas up to the closing bracket; the last one is _UNCLOSED when there is none."""
    depth, start, angle = 0, 0, 0
    for index, char in _code(text):
        if char in _OPENING:
            depth += 1
        elif char in _CLOSING and depth:
            depth -= 1
        elif char == "<" and text[index + 1 : index + 2] not in ("", " ", "=", "<"):
            angle += 1
        elif char == ">" and angle and text[index - 1] not in "-=":
            angle -= 1
        elif char in _CLOSING or (char == "," and not depth and not angle):
            if part := text[start:index].strip():
                yield part
            start = index + 1
            if char in _CLOSING:
                return
    yield _UNCLOSED


def _code(text: str) -> Iterator[tuple[int, str]]:
    """The characters outside of strings with their places; a Rust lifetime is no string."""
    quote = ""
    for index, char in enumerate(text):
        if quote:
            quote = "" if char == quote and text[index - 1] != "\\" else quote
        elif char in "\"'`" and not re.match(r"'\w+[ ,>]", text[index:]):
            quote = char
        else:
            yield index, char


def _python(text: str, symbol: Symbol, parameters: list[str], bound: bool) -> Arity | None:
    marks = decorators(text)
    if any(mark not in _HARMLESS for mark in marks):
        return None
    static = "staticmethod" in marks
    if symbol.kind == "method" and not static and (bound or "classmethod" in marks or symbol.name == "__new__"):
        if not parameters:
            return None
        if not parameters[0].startswith("*"):
            parameters = parameters[1:]
    least, most, any_place, any_keyword, only_keywords = 0, 0, False, False, False
    keywords: list[str] = []
    for part in parameters:
        if part == "/":
            keywords.clear()
        elif part.startswith("**"):
            any_keyword = True
        elif part.startswith("*"):
            any_place, only_keywords = any_place or part != "*", True
        else:
            keywords.append(re.split(r"[\s:=]", part, maxsplit=1)[0])
            least += not has_default(part)
            most += not only_keywords
    return Arity(least, None if any_place else most, tuple(keywords), any_keyword)


def has_default(part: str) -> bool:
    """Whether a parameter or field has a default: an equals sign outside of brackets."""
    depth = 0
    for index, char in enumerate(part):
        depth += (char in _OPENING) - (char in _CLOSING)
        if char == "=" and not depth and part[index + 1 : index + 2] != ">":
            return True
    return False


def _typed(language: str, parameters: list[str], bound: bool) -> Arity | None:
    if language == "rust" and parameters and _RECEIVERS.match(parameters[0]) and bound:
        parameters = parameters[1:]
    if language == "typescript" and parameters and parameters[0].startswith("this:"):
        parameters = parameters[1:]
    if language == "c" and not parameters:
        return None
    if language in ("c", "cpp") and parameters == ["void"]:
        return Arity(0, 0)
    if language == "csharp" and parameters and parameters[0].startswith("this "):
        return None
    least, rest = 0, language == "php"
    for part in parameters:
        if "..." in part or (language == "csharp" and "params " in part):
            rest = True
        elif not (has_default(part) or (language in ("typescript", "tsx") and re.match(r"(?:\w+\s+)*\w+\?", part))):
            least += 1
    return Arity(least, None if rest else len(parameters))
