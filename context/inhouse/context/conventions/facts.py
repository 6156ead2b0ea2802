"""Facts about one file that conventions are counted from: calls with their full names, bases, raises, quotes.

One file, one pass; what the facts add up to is for the other modules of this folder.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from tree_sitter import Node, QueryCursor

from inhouse.context.languages import query, text_of
from inhouse.context.outline import Import, Outline, Symbol, is_rubble, outline, parse
from inhouse.context.scope import builtin_names

_CALL_CHARS = 100
"""Longer callees are chains of calls, not names."""

_WITHOUT_NAMES = frozenset({"c", "cpp"})
"""An include brings in names without saying which."""

_OBJECTS = frozenset({"console", "localStorage", "sessionStorage", "crypto", "performance", "vim", "io", "os"})
"""Builtins whose members are APIs of their own."""

_NAME = re.compile(r"[\w$.:>\\-]+")
_METHOD = re.compile(r"[.:>](\w+)$")
"""A method called on an expression: only its name can be told."""

_MATCH_LIMIT = 200_000

_DOUBLE_MEANS = {"ruby": re.compile(r"#\{|\\"), "php": re.compile(r"\$|\{|\\")}
"""Where double quotes are no choice: what stands within has a meaning in them only."""

PERHAPS = "?"
"""Begins a full name of which that is still to be found out."""

BY_SIGHT = frozenset({"ruby", "csharp"})
"""Nothing tells where a name comes from: `Redis.new` is foreign when the project has no Redis."""

PLAIN = frozenset({"c", "cpp", "php"})
"""Their libraries give functions without saying from where: `strdup()` is foreign when no file defines it."""

_TEST_PATH = re.compile(
    r"(?:^|/)(?:tests?|testing|__tests__|specs?|examples?|benchmarks?|docs?)/|(?:^|/)(?:test_|conftest)"
    r"|(?:_test|_spec|\.test|\.spec|Tests?)\.\w+$"
)


@dataclass(frozen=True, slots=True)
class Call:
    """One call: its written name, its full name when an import or the language tells, the line from 1."""

    written: str
    full: str
    """External calls have a full dotted name (torch.distributed.init_process_group); others ""."""
    line: int


@dataclass(slots=True)
class Facts:
    """What one file says."""

    path: str
    language: str
    outline: Outline
    lines: list[str]
    calls: list[Call] = field(default_factory=list[Call])
    bases: list[Call] = field(default_factory=list[Call])
    raised: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])
    quotes: dict[str, int] = field(default_factory=dict[str, int])
    flags: dict[str, int] = field(default_factory=dict[str, int])

    @property
    def is_test(self) -> bool:
        """Whether the path is one of tests, examples or documentation."""
        return bool(_TEST_PATH.search(self.path))

    def inside(self, symbol: Symbol, calls: Iterable[Call]) -> Iterator[Call]:
        """The calls on a definition's lines."""
        return (call for call in calls if symbol.line <= call.line <= symbol.end_line)


def read_facts(path: str, language: str, text: str, is_project: "IsProject") -> Facts:
    """The facts of a text; is_project says whether an import means a file of the project."""
    source = text.encode("utf-8", "replace")
    tree = parse(language, source)
    found = outline(language, source, tree)
    facts = Facts(path, language, found, text.split("\n"))
    imports = () if language in _WITHOUT_NAMES else found.imports
    foreign = [item for item in imports if language == "php" or not is_project(item)]
    outside = {item.local: _full(item) for item in foreign if item.name != "*" and not _same_root(item, found.package)}
    own = {symbol.name for symbol in found.symbols if not symbol.scope and symbol.kind != "macro"}  # `#define malloc x`
    own |= {item.local for item in imports if is_project(item)}
    built_in = frozenset(builtin_names(language)) - own
    cursor = QueryCursor(query(language, "calls"), match_limit=_MATCH_LIMIT)
    for _, captures in () if is_rubble(tree.root_node) else cursor.matches(tree.root_node):
        for kind, into in (("call", facts.calls), ("base", facts.bases)):
            into.extend(call for node in captures.get(kind, ()) if (call := _call(node, outside, built_in)))
        own_calls = (Call(f"?.{text_of(node)}", "", node.start_point[0] + 1) for node in captures.get("own", ()))
        facts.calls.extend(own_calls)  # C#: a method of the class or its bases, never a class
        if "called" in captures:
            facts.calls.append(_on_receiver(captures, outside, built_in))
        facts.raised.extend((text_of(node), node.start_point[0] + 1) for node in captures.get("raise", ()))
        for node in captures.get("quote", ()):
            written = text_of(node)
            mark = written.lstrip("rbufRBUF")[:3]
            mark = mark if mark in ('"""', "'''") else mark[:1]
            if mark == '"' and language in _DOUBLE_MEANS and _DOUBLE_MEANS[language].search(written):
                continue
            facts.quotes[mark] = facts.quotes.get(mark, 0) + 1
        for kind in ("async", "typed", "assert"):
            if kind in captures:
                facts.flags[kind] = facts.flags.get(kind, 0) + len(captures[kind])
    return facts


class IsProject:
    """Whether an import of a file means a file of the project; remembers its answers."""

    def __init__(self, resolves: "Resolves", path: str, language: str) -> None:
        self._resolves = resolves
        self._path = path
        self._language = language
        self._known: dict[Import, bool] = {}

    def __call__(self, item: Import) -> bool:
        if item not in self._known:
            relative = item.module.startswith((".", "crate", "self::", "super"))
            self._known[item] = relative or bool(self._resolves.resolve(self._language, self._path, item))
        return self._known[item]


class Resolves(Protocol):
    """What tells which files an import means (see modules.Modules)."""

    def resolve(self, language: str, own: str, item: Import) -> list[str]:
        """The files, best first."""
        ...


_ROOT_PARTS = 3


def _same_root(item: Import, package: str) -> bool:
    """Whether an import is from the own packages of a Java program, some of which may be written in Kotlin."""
    root = package.split(".")[:_ROOT_PARTS]
    return len(root) == _ROOT_PARTS and item.module.split(".")[:_ROOT_PARTS] == root


def _full(item: Import) -> str:
    """The full dotted name of what an import brings in."""
    module = item.module.replace("::", ".").replace("\\", ".").lstrip(".")
    if not module:
        return item.name
    whole = item.name in ("", "default") or ("\\" in item.module and module.endswith("." + item.name))
    return module if whole else f"{module}.{item.name}"


def _dotted(written: str) -> str:
    """A name as the languages write them, with dots: `std::sort`, `box->put`, `shelf:put`, `\\Shop\\fetch`."""
    for sign in ("::", "->", ":", "\\"):
        written = written.replace(sign, ".")
    return written.lstrip(".")


def _call(node: Node, outside: dict[str, str], built_in: frozenset[str]) -> Call | None:
    written = text_of(node)
    if len(written) > _CALL_CHARS or not _NAME.fullmatch(written):
        method = _METHOD.search(written[-_CALL_CHARS:])
        return Call(f"?.{method[1]}", "", node.end_point[0] + 1) if method else None
    found = _named(_dotted(written), node.start_point[0] + 1, outside, built_in)
    if not found.full and node.type in ("scoped_identifier", "qualified_identifier"):
        return Call(found.written, PERHAPS + found.written, found.line)
    return found


def _named(written: str, line: int, outside: dict[str, str], built_in: frozenset[str]) -> Call:
    first, dot, rest = written.partition(".")
    own = written if first in built_in and (not dot or first in _OBJECTS) else ""
    return Call(written, outside[first] + dot + rest if first in outside else own, line)


def _on_receiver(captures: dict[str, list[Node]], outside: dict[str, str], built_in: frozenset[str]) -> Call:
    """A call whose receiver and name are captured apart (Java, PHP, Ruby); `Shelf.new` makes a Shelf."""
    receiver, name = captures["receiver"][0], captures["called"][0]
    line, called = name.start_point[0] + 1, text_of(name)
    written = text_of(receiver)
    if len(written) > _CALL_CHARS or not _NAME.fullmatch(written):
        return Call(f"?.{called}", "", line)
    owner = _dotted(written).lstrip("$")
    made = called == "new" and owner[:1].isupper()
    return _named(owner if made else f"{owner}.{called}", line, outside, built_in - {owner})
