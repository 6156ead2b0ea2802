"""Habits of writing, counted over all files: naming, hints and docs here, each of the others in a module beside.

Each habit is what most of the project does, with the share and a few places where it does.
"""

import re
from collections.abc import Callable, Iterable, Iterator

from inhouse.context.conventions.docs import doc_style
from inhouse.context.conventions.facts import Facts
from inhouse.context.conventions.habit import Habit, at, habit
from inhouse.context.conventions.handling import errors, logging
from inhouse.context.conventions.import_habits import imports
from inhouse.context.conventions.layout import asynchronous, layout, quotes
from inhouse.context.conventions.testing import tests

_LEAST_SHARE = 0.6
"""What fewer of the cases follow is no habit: half of the names one way, half the other."""

_STYLES = (
    ("UPPER_CASE", re.compile(r"_*[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*_*$")),
    ("PascalCase", re.compile(r"_*[A-Z][a-zA-Z0-9]*$")),
    ("snake_case", re.compile(r"_*[a-z][a-z0-9]*(?:_[a-z0-9]+)+_*$")),
    ("camelCase", re.compile(r"[_$]*[a-z]+[a-z0-9]*[A-Z][a-zA-Z0-9]*$")),
    ("word", re.compile(r"_*[a-z][a-z0-9]*_*$")),
)


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


def _naming(language: str, files: list[Facts]) -> Iterator[Habit]:
    kinds: dict[str, list[tuple[str, str]]] = {}
    for facts in files:
        for symbol in facts.outline.symbols:
            style = next((name for name, shape in _STYLES if shape.match(symbol.name)), "")
            upper = style == "UPPER_CASE" and "_" not in symbol.name.strip("_") and symbol.kind in ("class", "type")
            style = "PascalCase" if upper else style
            if style and style != "word":
                kinds.setdefault(symbol.kind, []).append((style, at(facts, symbol)))
    for kind in sorted(kinds):
        yield from habit(f"names of {kind}{'es' if kind == 'class' else 's'}", language, kinds[kind])


_RETURN_TYPES = {
    "python": re.compile(r"->"),
    "typescript": re.compile(r"\)\s*:\s*\S"),
    "tsx": re.compile(r"\)\s*:\s*\S"),
    "php": re.compile(r"\)\s*:\s*\S"),
}
_PARAMETERS = {
    "python": re.compile(r"\((?:self|cls)?\W*\w+\s*:|,\s*\**\w+\s*:"),
    "php": re.compile(r"[\w?|\]]\s+[&.]*\$\w"),
}


def _typing(language: str, files: list[Facts]) -> Iterator[Habit]:
    returned, given = _RETURN_TYPES.get(language), _PARAMETERS.get(language)
    functions = [(facts, symbol) for facts in files for symbol in facts.outline.symbols if symbol.arity >= 0]
    if returned is not None:
        cases = (
            ("with a return type" if returned.search(symbol.signature) else "without", at(facts, symbol))
            for facts, symbol in functions
        )
        yield from habit("type hints", language, cases)
    if given is not None:
        cases = (
            ("typed" if given.search(symbol.signature) else "without types", at(facts, symbol))
            for facts, symbol in functions
            if symbol.arity > (symbol.kind == "method" and language == "python")
        )
        yield from habit("parameters are", language, cases)


def _docs(language: str, files: list[Facts]) -> Iterator[Habit]:
    cases = (
        ("documented" if symbol.doc else "without a doc comment", at(facts, symbol))
        for facts in files
        if not facts.is_test
        for symbol in facts.outline.symbols
        if symbol.kind in ("function", "method", "class", "interface") and not symbol.name.startswith("_")
    )
    yield from habit("doc comments of public things", language, cases)


_COUNTERS: tuple[Callable[[str, list[Facts]], Iterator[Habit]], ...] = (
    _naming, imports, quotes, _typing, _docs, doc_style, errors, tests, asynchronous, logging, layout,
)  # fmt: skip
