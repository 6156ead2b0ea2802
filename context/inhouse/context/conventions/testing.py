"""Habits of tests: the framework, the project's fixtures, and how tests assert."""

import re
from collections import Counter
from collections.abc import Iterator

from inhouse.context.conventions.facts import Facts
from inhouse.context.conventions.habit import WITNESSES, Habit, at, habit, spread

_FRAMEWORKS = {
    "pytest": ("pytest",), "unittest": ("unittest",), "jest": ("@jest/globals", "jest"), "vitest": ("vitest",),
    "mocha": ("mocha", "chai"), "node:test": ("node:test",), "go test": ("testing",), "JUnit": ("org.junit", "junit"),
    "hypothesis": ("hypothesis",), "testify": ("github.com/stretchr/testify",), "supertest": ("supertest",),
    "xUnit": ("Xunit",), "NUnit": ("NUnit",), "MSTest": ("Microsoft.VisualStudio.TestTools",), "RSpec": ("rspec",),
    "minitest": ("minitest",), "test-unit": ("test/unit",), "PHPUnit": ("PHPUnit",), "Pest": ("Pest",),
    "GoogleTest": ("gtest", "gmock"), "Catch2": ("catch2", "catch.hpp"), "doctest": ("doctest",), "busted": ("busted",),
}  # fmt: skip
_SIGNS = {
    "rust": ("#[test]", re.compile(r"\s*#\[(?:\w+::)?test\b")),
    "lua": ("busted", re.compile(r"\s*(?:describe|it)\(")),
    "ruby": ("RSpec", re.compile(r"\s*(?:RSpec\.)?(?:describe|context)\b.*\bdo\b")),
}
"""Where no import tells: how a test looks. Rust's stand in the files that they test."""

_ASSERTION = re.compile(r"^(?:assert|expect|require|should|t\.(?:Error|Fatal))", re.IGNORECASE)
_PLAIN_ASSERT = re.compile(r"\s*assert\b\s*[^.(!]")


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
    yield from habit("test framework", language, _frameworks(language, files if language == "rust" else found))
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


def _frameworks(language: str, files: list[Facts]) -> Iterator[tuple[str, str]]:
    """Each sign of a test framework, with its place."""
    for facts in files:
        for item in facts.outline.imports:
            names = (name for name, modules in _FRAMEWORKS.items() if item.module.lstrip("\\").startswith(modules))
            yield from ((name, f"{facts.path}:{item.line}") for name in names)
        if language in _SIGNS:
            name, sign = _SIGNS[language]
            yield from ((name, f"{facts.path}:{row}") for row, line in enumerate(facts.lines, 1) if sign.match(line))
