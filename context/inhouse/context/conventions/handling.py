"""Habits of what a program does when something fails or is told: errors and logging."""

import re
from collections import Counter
from collections.abc import Iterator

from inhouse.context.conventions.facts import Facts
from inhouse.context.conventions.habit import Habit, at, habit
from inhouse.context.conventions.own_errors import LEAST_OWN, RETURNING, in_codes, returned

_LOG_MODULES = ("logging", "loguru", "structlog", "log", "log/slog", "tracing", "org.slf4j", "winston", "pino")
_RETURNED = {"go": re.compile(r"\)[^)]*\berror\b\W*$|\berror\)?\s*$"), "rust": re.compile(r"->\s*[\w:]*Result\b")}
"""How the head of a function says that it returns an error."""

_ABORTS = re.compile(r"(?:^|\.)(?:panic|unwrap|expect|log\.Fatalf?)!?$")


def errors(language: str, files: list[Facts]) -> Iterator[Habit]:
    """How errors are told: raised or returned, and which."""
    yield from habit("errors are", language, _told(files))
    if language in RETURNING:
        yield from returned(language, files)
        return
    own = {symbol.name for facts in files for symbol in facts.outline.symbols if symbol.kind == "class"}
    cases = (
        (name.rpartition(".")[2], f"{facts.path}:{line}")
        for facts in files
        if not facts.is_test
        for name, line in facts.raised
    )
    listed = list(cases)
    house = [(name, place) for name, place in listed if name in own]
    if len(house) >= LEAST_OWN:
        names = ", ".join(name for name, _ in Counter(name for name, _ in house).most_common(4))
        yield Habit(
            "own errors raised", names, len(house) / len(listed), len(listed), language, tuple(p for _, p in house[:3])
        )
    else:
        yield from habit("errors raised", language, listed)


def _told(files: list[Facts]) -> Iterator[tuple[str, str]]:
    """Each way in which an error is told, with its place."""
    for facts in files:
        if facts.is_test:
            continue
        yield from (("raised", f"{facts.path}:{line}") for _, line in facts.raised)
        yield from in_codes(facts)
        head = _RETURNED.get(facts.language)
        if head is None:
            continue
        for symbol in facts.outline.symbols:
            if symbol.arity >= 0 and head.search(symbol.signature):
                yield "returned", at(facts, symbol)
        yield from (("a panic", f"{facts.path}:{call.line}") for call in facts.calls if _ABORTS.search(call.written))


_LOG_CALL = re.compile(
    r"\b(?:log|logger|logging|slog|LOG|LOGGER|Log|Logger)\w*(?:\(\))?(?:\.|->|::|!?\()"
    r"(?:(?:print|debug|trace|info|notice|warn|warning|error|exception|critical|fatal)\w*!?\()?"
    r"\s*(?P<mark>[rbfF$@]*)(?P<quote>[\"'`])(?P<text>[^\"'`]+)",
    re.IGNORECASE,
)
_WORDY = re.compile(r"[A-Za-z]")


def logging(language: str, files: list[Facts]) -> Iterator[Habit]:
    """What is called to log, how messages begin, and how values get into them."""
    kept = [facts for facts in files if not facts.is_test]
    cases = [
        (call.written, f"{facts.path}:{call.line}")
        for facts in kept
        for call in facts.calls
        if call.full.partition(".")[0] in _LOG_MODULES
        or re.match(r"(?:self\.)?_?(?:log|logger|LOG|LOGGER)\.\w+$", call.written)
    ]
    yield from habit("logging", language, cases)
    messages = [
        (found, f"{facts.path}:{number}")
        for facts in kept
        for number, line in enumerate(facts.lines, 1)
        if "log" in line.lower() and (found := _LOG_CALL.search(line)) is not None
    ]
    begun = (
        ("with a capital" if found["text"][0].isupper() else "with a small letter", place)
        for found, place in messages
        if _WORDY.match(found["text"])
    )
    yield from habit("log messages begin", language, begun)
    filled = ((form, place) for found, place in messages if (form := _filled(language, found)))
    yield from habit("values in log messages", language, filled)


def _filled(language: str, found: re.Match[str]) -> str:
    """How a value gets into a log message; "" when none does."""
    text, behind = found["text"], found.string[found.end() :].lstrip("\"'`")
    if found["quote"] == "`" and "${" in text:
        return "template strings"
    if "f" in found["mark"].lower() and "{" in text:
        return "f-strings"
    if "$" in found["mark"] and "{" in text:
        return "interpolated strings"
    if "#{" in text and language == "ruby":
        return "interpolated strings"
    if behind.startswith(".format("):
        return ".format()"
    if re.search(r"%[-\d.]*[a-z]", text):
        return "% with arguments" if behind.startswith(",") else "% operator" if behind.startswith(" %") else "% signs"
    return "braces" if "{" in text else ""
