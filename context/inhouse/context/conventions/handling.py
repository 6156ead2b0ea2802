"""Habits of what a program does when something fails, is tested or is told: errors, tests, logging."""

import re
from collections import Counter
from collections.abc import Iterator

from inhouse.context.conventions.facts import Facts
from inhouse.context.conventions.habit import WITNESSES, Habit, at, habit, spread

_FRAMEWORKS = {
    "pytest": ("pytest",), "unittest": ("unittest",), "jest": ("@jest/globals", "jest"), "vitest": ("vitest",),
    "mocha": ("mocha", "chai"), "node:test": ("node:test",), "go test": ("testing",), "JUnit": ("org.junit", "junit"),
    "hypothesis": ("hypothesis",), "testify": ("github.com/stretchr/testify",), "supertest": ("supertest",),
}  # fmt: skip
_LOG_MODULES = ("logging", "loguru", "structlog", "log", "log/slog", "tracing", "org.slf4j", "winston", "pino")
_RETURNED = {"go": re.compile(r"\)[^)]*\berror\b\W*$|\berror\)?\s*$"), "rust": re.compile(r"->\s*[\w:]*Result\b")}
"""How the head of a function says that it returns an error."""

_ABORTS = re.compile(r"(?:^|\.)(?:panic|unwrap|expect|log\.Fatalf?)!?$")
_ASSERTION = re.compile(r"^(?:assert|expect|require|should|t\.(?:Error|Fatal))", re.IGNORECASE)
_PLAIN_ASSERT = re.compile(r"\s*assert\b\s*[^.(!]")


def errors(language: str, files: list[Facts]) -> Iterator[Habit]:
    """How errors are told: raised or returned, and which."""
    yield from habit("errors are", language, _told(files))
    own = {symbol.name for facts in files for symbol in facts.outline.symbols if symbol.kind == "class"}
    cases = (
        (name.rpartition(".")[2], f"{facts.path}:{line}")
        for facts in files
        if not facts.is_test
        for name, line in facts.raised
    )
    listed = list(cases)
    house = [(name, place) for name, place in listed if name in own]
    if len(house) >= 2:
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
        returned = _RETURNED.get(facts.language)
        if returned is None:
            continue
        for symbol in facts.outline.symbols:
            if symbol.arity >= 0 and returned.search(symbol.signature):
                yield "returned", at(facts, symbol)
        yield from (("a panic", f"{facts.path}:{call.line}") for call in facts.calls if _ABORTS.search(call.written))


def _assertions(found: list[Facts]) -> Iterator[tuple[str, str]]:
    """Each assertion by its form, with its place."""
    for facts in found:
        for call in facts.calls:
            if _ASSERTION.match(call.written.removeprefix("self.")):
                yield re.split(r"\(", call.written)[0], f"{facts.path}:{call.line}"
        if facts.language == "python":
            for number, line in enumerate(facts.lines, 1):
                if _PLAIN_ASSERT.match(line):
                    yield "assert statement", f"{facts.path}:{number}"


def tests(language: str, files: list[Facts]) -> Iterator[Habit]:
    """The test framework, the project's fixtures, and how tests assert."""
    found = [facts for facts in files if facts.is_test]
    cases = [
        (name, f"{facts.path}:{item.line}")
        for facts in found
        for item in facts.outline.imports
        for name, modules in _FRAMEWORKS.items()
        if item.module.startswith(modules)
    ]
    yield from habit("test framework", language, cases)
    fixtures = [
        (symbol.name, at(facts, symbol))
        for facts in found
        for symbol in facts.outline.symbols
        if "fixture" in symbol.signature[:40]
    ]
    if fixtures:
        names = ", ".join(name for name, _ in Counter(name for name, _ in fixtures).most_common(6))
        yield Habit("test fixtures", names, 1.0, len(fixtures), language, spread([place for _, place in fixtures]))
    yield from habit("assertions", language, _assertions(found))
    helpers = [
        (symbol.name, at(facts, symbol))
        for facts in files
        for symbol in facts.outline.symbols
        if symbol.kind in ("function", "method") and re.match(r"_?(?:assert|expect|check)[_A-Z]", symbol.name)
    ]
    used = Counter(call.written.rpartition(".")[2] for facts in found for call in facts.calls)
    helpers = sorted((item for item in helpers if used[item[0]] > 1), key=lambda item: (-used[item[0]], item))
    if helpers:
        names = ", ".join(dict.fromkeys(name for name, _ in helpers[:6]))
        count = sum(used[name] for name in {name for name, _ in helpers})
        places = tuple(place for _, place in helpers[:WITNESSES])
        yield Habit("own assertion helpers", names, 1.0, count, language, places)


def logging(language: str, files: list[Facts]) -> Iterator[Habit]:
    """What is called to log."""
    cases = [
        (call.written, f"{facts.path}:{call.line}")
        for facts in files
        if not facts.is_test
        for call in facts.calls
        if call.full.partition(".")[0] in _LOG_MODULES
        or re.match(r"(?:self\.)?_?(?:log|logger|LOG|LOGGER)\.\w+$", call.written)
    ]
    yield from habit("logging", language, cases)
