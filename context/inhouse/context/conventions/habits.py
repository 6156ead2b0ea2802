"""Habits of writing, counted over all files: naming, imports, quotes, hints, docs, errors, tests, layout.

Each habit is what most of the project does, with the share and a few places where it does.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from inhouse.context.conventions.facts import Facts
from inhouse.context.outline import Symbol

_LEAST = 5
"""Fewer cases make no habit."""

_LEAST_SHARE = 0.6
"""What fewer of the cases follow is no habit: half of the names one way, half the other."""

_STYLES = (
    ("UPPER_CASE", re.compile(r"_*[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*_*$")),
    ("PascalCase", re.compile(r"_*[A-Z][a-zA-Z0-9]*$")),
    ("snake_case", re.compile(r"_*[a-z][a-z0-9]*(?:_[a-z0-9]+)+_*$")),
    ("camelCase", re.compile(r"[_$]*[a-z]+[a-z0-9]*[A-Z][a-zA-Z0-9]*$")),
    ("word", re.compile(r"_*[a-z][a-z0-9]*_*$")),
)
_FRAMEWORKS = {
    "pytest": ("pytest",), "unittest": ("unittest",), "jest": ("@jest/globals", "jest"), "vitest": ("vitest",),
    "mocha": ("mocha", "chai"), "node:test": ("node:test",), "go test": ("testing",), "JUnit": ("org.junit", "junit"),
    "hypothesis": ("hypothesis",), "testify": ("github.com/stretchr/testify",), "supertest": ("supertest",),
}  # fmt: skip
_LOG_MODULES = ("logging", "loguru", "structlog", "log", "log/slog", "tracing", "org.slf4j", "winston", "pino")
_WIDTH_SHARE = 0.99
"""So much of the lines is no longer than the line width that is named."""


@dataclass(frozen=True, slots=True)
class Habit:
    """What the project does about one thing."""

    topic: str
    choice: str
    share: float
    count: int
    """Cases counted, of which share follow the choice."""
    language: str
    witnesses: tuple[str, ...] = ()


def habits(every: Iterable[Facts]) -> list[Habit]:
    """The habits of each language that the project has at least a few files of, the main one first."""
    by_language: dict[str, list[Facts]] = {}
    for facts in every:
        by_language.setdefault(facts.language, []).append(facts)
    found: list[Habit] = []
    for language, files in sorted(by_language.items(), key=lambda item: (-len(item[1]), item[0])):
        for count in _COUNTERS:
            found.extend(count(language, files))
    return [item for item in found if item.share >= _LEAST_SHARE]


def _habit(topic: str, language: str, cases: Iterable[tuple[str, str]]) -> Iterator[Habit]:
    """The most frequent choice among (choice, witness) cases."""
    counted: dict[str, list[str]] = {}
    for choice, witness in cases:
        counted.setdefault(choice, []).append(witness)
    total = sum(len(places) for places in counted.values())
    if total >= _LEAST:
        choice = max(sorted(counted), key=lambda name: len(counted[name]))
        places = counted[choice]
        yield Habit(topic, choice, len(places) / total, total, language, tuple(places[:: max(1, len(places) // 3)][:3]))


def _naming(language: str, files: list[Facts]) -> Iterator[Habit]:
    kinds: dict[str, list[tuple[str, str]]] = {}
    for facts in files:
        for symbol in facts.outline.symbols:
            style = next((name for name, shape in _STYLES if shape.match(symbol.name)), "")
            upper = style == "UPPER_CASE" and "_" not in symbol.name.strip("_") and symbol.kind in ("class", "type")
            style = "PascalCase" if upper else style
            if style and style != "word":
                kinds.setdefault(symbol.kind, []).append((style, _at(facts, symbol)))
    for kind in sorted(kinds):
        yield from _habit(f"names of {kind}{'es' if kind == 'class' else 's'}", language, kinds[kind])


def _typing(language: str, files: list[Facts]) -> Iterator[Habit]:
    if language != "python":
        return
    functions = [(facts, symbol) for facts in files for symbol in facts.outline.symbols if symbol.arity >= 0]
    cases = (
        ("with a return type" if "->" in symbol.signature else "without", _at(facts, symbol))
        for facts, symbol in functions
    )
    yield from _habit("type hints", language, cases)


def _docs(language: str, files: list[Facts]) -> Iterator[Habit]:
    cases = (
        ("documented" if symbol.doc else "without a doc comment", _at(facts, symbol))
        for facts in files
        if not facts.is_test
        for symbol in facts.outline.symbols
        if symbol.kind in ("function", "method", "class", "interface") and not symbol.name.startswith("_")
    )
    yield from _habit("doc comments of public things", language, cases)


def _imports(language: str, files: list[Facts]) -> Iterator[Habit]:
    if language in ("c", "cpp", "java", "go"):
        return
    relative = (".", "crate", "self::", "super::")
    cases = (
        ("relative" if item.module.startswith(relative) else "absolute", f"{facts.path}:{item.line}")
        for facts in files
        for item in facts.outline.imports
    )
    yield from _habit("imports are", language, cases)
    if language == "python":
        named = (
            ("from module import name" if item.name else "import module", f"{facts.path}:{item.line}")
            for facts in files
            for item in facts.outline.imports
        )
        yield from _habit("form of imports", language, named)
    modules = ([item.module.lower() for item in facts.outline.imports] for facts in files)
    order = (
        ("sorted" if names == sorted(names) else "in groups or by hand", "") for names in modules if len(names) > 3
    )
    yield from _habit("order of imports", language, order)


def _quotes(language: str, files: list[Facts]) -> Iterator[Habit]:
    total: Counter[str] = Counter()
    for facts in files:
        total.update({mark: count for mark, count in facts.quotes.items() if mark in ('"', "'")})
    every = sum(total.values())
    if every >= _LEAST:
        mark, count = max(sorted(total.items()), key=lambda item: item[1])
        yield Habit("quotes", {'"': "double", "'": "single"}[mark], count / every, every, language)


def _errors(language: str, files: list[Facts]) -> Iterator[Habit]:
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
        yield from _habit("errors raised", language, listed)


def _tests(language: str, files: list[Facts]) -> Iterator[Habit]:
    tests = [facts for facts in files if facts.is_test]
    cases = [
        (name, f"{facts.path}:{item.line}")
        for facts in tests
        for item in facts.outline.imports
        for name, modules in _FRAMEWORKS.items()
        if item.module.startswith(modules)
    ]
    yield from _habit("test framework", language, cases)
    fixtures = Counter(
        symbol.name for facts in tests for symbol in facts.outline.symbols if "fixture" in symbol.signature[:40]
    )
    if fixtures:
        names = ", ".join(name for name, _ in fixtures.most_common(6))
        yield Habit("test fixtures", names, 1.0, sum(fixtures.values()), language)


def _async(language: str, files: list[Facts]) -> Iterator[Habit]:
    functions = sum(1 for facts in files for symbol in facts.outline.symbols if symbol.arity >= 0)
    waiting = sum(facts.flags.get("async", 0) for facts in files)
    if waiting and functions >= _LEAST:
        yield Habit(
            "async functions",
            "async" if waiting * 2 > functions else "some async",
            waiting / functions,
            functions,
            language,
        )


def _logging(language: str, files: list[Facts]) -> Iterator[Habit]:
    cases = [
        (call.written, f"{facts.path}:{call.line}")
        for facts in files
        if not facts.is_test
        for call in facts.calls
        if call.full.partition(".")[0] in _LOG_MODULES
        or re.match(r"(?:self\.)?_?(?:log|logger|LOG|LOGGER)\.\w+$", call.written)
    ]
    yield from _habit("logging", language, cases)


def _layout(language: str, files: list[Facts]) -> Iterator[Habit]:
    indents: Counter[str] = Counter()
    widths: Counter[int] = Counter()
    for facts in files:
        widths.update(len(line) for line in facts.lines)
        steps = (re.match(r"(\t| +)\S", line) for line in facts.lines)
        found = [match[1] for match in steps if match]
        if found:
            shortest = min((len(step) for step in found if step[0] == " " and len(step) > 1), default=0)
            tabs = sum(1 for step in found if step[0] == "\t")
            indents["tabs" if tabs * 2 > len(found) else f"{2 if shortest in (2, 3) else 4} spaces"] += 1
    if indents:
        choice, count = max(sorted(indents.items()), key=lambda item: item[1])
        yield Habit("indentation", choice, count / sum(indents.values()), sum(indents.values()), language)
    lines, seen = sum(widths.values()), 0
    for width in sorted(widths):
        seen += widths[width]
        if seen >= lines * _WIDTH_SHARE:
            yield Habit("line width", f"{width} columns hold 99 %", _WIDTH_SHARE, lines, language)
            return


def _at(facts: Facts, symbol: Symbol) -> str:
    return f"{facts.path}:{symbol.line}"


_COUNTERS: tuple[Callable[[str, list[Facts]], Iterator[Habit]], ...] = (
    _naming, _imports, _quotes, _typing, _docs, _errors, _tests, _async, _logging, _layout,
)  # fmt: skip
