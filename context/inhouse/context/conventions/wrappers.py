"""House wrappers: the project's own functions and classes that stand before a foreign API, which the rest avoids.

Judged by counting: the house name is called from elsewhere, the foreign one is not (or much less).
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from inhouse.context.conventions.facts import BY_SIGHT, Call, Facts
from inhouse.context.outline import Symbol
from inhouse.context.scope import builtin_names
from inhouse.context.terms import split

Uses = list[tuple[str, int]]
"""Calls as (path, line)."""

_LEAST_USES = 3
_LEAST_FILES = 2
"""A helper that is called twice, or in one file only, is no habit yet."""

_SHARE = 0.75
_KIN_SHARE = 0.45
"""The share of house calls among both; a wrapper that bears the foreign name (print0, print) may have a lower one."""

_MOST_FOREIGN = 4
_BODY_LINES = 15
_MOST_CALLS = 6
"""A body that calls more different foreign things, or more at all, or is longer, does something with them: it does not
stand before one. Unless the names are kin, as with compute_init and init_process_group."""

_METHOD_CALLS = 3
"""The same for methods: what a class calls by the way is its own affair."""

_MAKES = re.compile(r"New[A-Z]|new[A-Z_]")

_LEAST_REAL_USES = 2
"""Calls that are not in tests: what only tests call shows no habit of the program."""

_COMMON_BUILTINS = frozenset(
    {
        "print", "open", "input", "fetch", "println", "eprintln", "panic", "malloc", "free", "calloc", "realloc",
        "printf", "fprintf", "exit", "setTimeout", "require", "strdup", "puts", "error_log", "file_get_contents",
        "file_put_contents", "curl_init", "curl_exec", "setcookie", "header", "syslog", "var_dump",
    }
)  # fmt: skip
"""The builtins that projects wrap; the others (len, str, isinstance) are words of the language."""

_NEUTRAL = frozenset(
    {
        "typing", "abc", "dataclasses", "collections", "enum", "functools", "itertools", "re", "copy", "math", "json",
        "__future__", "contextlib", "types", "string", "errors", "fmt", "strings", "strconv", "java", "std", "random",
        "time", "datetime", "glob", "sys", "warnings", "inspect", "ast", "traceback", "shutil", "tempfile", "uuid",
        "base64", "struct", "io", "operator", "textwrap", "hashlib", "sort", "bytes", "core", "alloc", "reflect",
        "secrets", "html", "urllib", "unicodedata", "threading", "weakref", "importlib", "numpy", "path", "fs",
        "util", "platform", "queue", "flag", "window", "console", "document", "Object", "Array", "JSON", "process",
        "File", "Dir", "FileUtils", "Pathname", "YAML", "Date", "URI", "System", "Path", "Encoding", "Activator",
        "Environment", "Directory", "Regex", "Thread", "Monitor", "Interlocked", "Expression", "Enum", "Nullable",
        "socket", "pathlib", "statistics", "zlib", "gzip", "email", "calendar", "decimal", "numbers",
    }
)  # fmt: skip
"""Packages that are called inside of everything: only a house name that is kin stands before one of their functions."""

_WEAK_WORDS = frozenset(
    {
        "get", "set", "make", "create", "new", "load", "save", "run", "main", "add", "from", "with", "the", "for",
        "self", "test", "tensor", "model", "file", "list", "string", "value", "type", "config", "batch", "read",
        "write", "call", "build", "time", "meta", "parse", "base", "name", "data", "std", "util", "utils", "core",
    }
)  # fmt: skip
_SCRIPTS = frozenset({"javascript", "typescript", "tsx"})
"""Their capitalised names without an import are the language's own: Object.keys."""

_EXCEPTION_ENDINGS = ("Error", "Exception", "Warning", "Exit", "Interrupt")


@dataclass(frozen=True, slots=True)
class Wrapper:
    """A pair of a house name and the foreign name that it stands for."""

    house: str
    path: str
    line: int
    foreign: str
    house_uses: int
    house_files: int
    foreign_uses: int
    """Calls of the foreign name in other files of the project."""
    how: str
    """wraps, subclasses, or through NAME: another house name that does."""
    witnesses: tuple[str, ...] = ()
    """path:line of calls of the house name."""

    @property
    def share(self) -> float:
        """House calls among both; 1 for a pin that nobody uses yet."""
        uses = self.house_uses + self.foreign_uses
        return self.house_uses / uses if uses else 1.0


@dataclass(slots=True)
class _Uses:
    """Where names are called: by full foreign name, and by the last part of any written name."""

    foreign: dict[str, Uses] = field(default_factory=lambda: defaultdict[str, Uses](list))
    last: dict[str, Uses] = field(default_factory=lambda: defaultdict[str, Uses](list))
    static: dict[str, Uses] = field(default_factory=lambda: defaultdict[str, Uses](list))
    """Calls by class and method, `Log.write`: sure to be that class's where one file defines it."""
    methods: dict[str, Uses] = field(default_factory=lambda: defaultdict[str, Uses](list))
    """Calls on objects, by the method's name: never calls of a module's function."""
    definers: Counter[str] = field(default_factory=Counter[str])
    tests: set[str] = field(default_factory=set[str])
    """Their paths."""


def wrappers(every: Iterable[Facts]) -> list[Wrapper]:
    """The house wrappers of a project, the most used first."""
    files = list(every)
    uses = _count(files)
    found: list[Wrapper] = []
    for facts in files:
        if not facts.is_test:
            found += _in_file(facts, uses)
    found = list(_without_mechanisms(found))
    found += list(_through(files, found, uses))
    best: dict[tuple[str, str], Wrapper] = {}
    for item in sorted(found, key=lambda item: (-_kin(item.house, item.foreign), item.foreign_uses, item.foreign)):
        best.setdefault((item.house, item.path), item)
    return sorted(best.values(), key=lambda item: (-item.house_files, -item.house_uses, item.house))


def _without_mechanisms(found: list[Wrapper]) -> Iterator[Wrapper]:
    """Without methods that all go through one foreign call: that is how their class works, not what they stand for."""
    users = Counter((item.path, item.house.rpartition(".")[0], item.foreign) for item in found)
    for item in found:
        owner = item.house.rpartition(".")[0]
        if not owner or users[item.path, owner, item.foreign] < _MECHANISM:
            yield item


_MECHANISM = 3


def _count(files: Iterable[Facts]) -> _Uses:
    uses = _Uses()
    for facts in files:
        if facts.is_test:
            uses.tests.add(facts.path)
        modules = {name for item in facts.outline.imports for name in (item.local, item.module.rpartition("/")[2])}
        for call in (*facts.calls, *facts.bases):
            place = (facts.path, call.line)
            first, dot, _ = call.written.partition(".")
            owner, _, name = call.written.rpartition(".")
            if owner[:1].isupper() and not call.full:
                uses.static[f"{owner.rpartition('.')[2]}.{name}"].append(place)
            if call.full:
                uses.foreign[call.full].append(place)
            elif dot and first not in modules and not first[:1].isupper():
                uses.methods[call.written.rpartition(".")[2]].append(place)
            else:
                uses.last[call.written.rpartition(".")[2]].append(place)
        uses.definers.update({symbol.name for symbol in facts.outline.symbols})
    return uses


def _in_file(facts: Facts, uses: _Uses) -> Iterator[Wrapper]:
    for symbol in facts.outline.symbols:
        if symbol.kind not in ("function", "method", "class") or symbol.name.startswith("__"):
            continue
        if symbol.kind == "method" and symbol.name in (symbol.scope.rpartition(".")[2], "new", "constructor"):
            continue  # a constructor: its class is judged
        if symbol.kind == "class":
            yield from _subclass(facts, symbol, uses)
            if facts.language in BY_SIGHT:
                continue  # which foreign class it stands for cannot be told well enough from names alone
        yield from _function(facts, symbol, uses)


def _house_uses(facts: Facts, symbol: Symbol, uses: _Uses) -> Uses:
    """Calls of a house name from other files; none when too many files define the name to tell whose it is."""
    method = symbol.kind == "method"
    if not method and symbol.name in builtin_names(facts.language):
        return []
    owner = symbol.scope.rpartition(".")[2]
    if method and uses.definers[owner] == 1 and (static := uses.static.get(f"{owner}.{symbol.name}")):
        return [place for place in static if place[0] != facts.path]
    if uses.definers[symbol.name] > (1 if method else 2) or (method and len(split(symbol.name)) < 3):
        return []  # `x.save()` and `x.backward()` are methods of anything
    called = [*uses.last[symbol.name], *(uses.methods[symbol.name] if method else ())]
    return [place for place in called if place[0] != facts.path]


def _function(facts: Facts, symbol: Symbol, uses: _Uses) -> Iterator[Wrapper]:
    house = _house_uses(facts, symbol, uses)
    if sum(path not in uses.tests for path, _ in house) < _LEAST_REAL_USES:
        return
    if len(house) < _LEAST_USES or len({path for path, _ in house}) < _LEAST_FILES:
        return
    every = list(facts.inside(symbol, facts.calls))
    inner = [call for call in every if _tells(call, facts.language) and not _is_exception(call.full)]
    kinds = Counter(call.full for call in inner)
    most = _METHOD_CALLS if symbol.kind == "method" else _MOST_CALLS
    short = symbol.end_line - symbol.line <= _BODY_LINES and len(every) <= most
    focused = len(kinds) <= _MOST_FOREIGN and short and symbol.kind != "class"
    for name in kinds:
        kin = _kin(symbol.name, name)
        elsewhere = [place for place in uses.foreign[name] if place[0] != facts.path]
        share = len(house) / (len(house) + len(elsewhere))
        if share < (_KIN_SHARE if kin == _BEARS else _SHARE):
            continue
        neutral = name.partition(".")[0].partition("/")[0] in _NEUTRAL
        if not kin and _MAKES.match(symbol.name):
            continue  # what making an own object needs by the way
        if (kin and not (neutral and symbol.kind == "class")) or (focused and not neutral):
            yield _wrapper(facts, symbol, name, house, elsewhere, "wraps")


def _subclass(facts: Facts, symbol: Symbol, uses: _Uses) -> Iterator[Wrapper]:
    for call in facts.bases:
        if call.line != symbol.line or not _tells(call, facts.language) or _is_exception(call.full):
            continue
        if facts.language == "csharp" and re.match(r"I[A-Z]", call.full):
            continue  # an interface stands for nothing that could be called instead
        house = _house_uses(facts, symbol, uses)
        if (
            len({path for path, _ in house}) >= _LEAST_FILES
            and len(uses.foreign[call.full]) == 1
            and call.full.partition(".")[0] not in _NEUTRAL
        ):
            yield _wrapper(facts, symbol, call.full, house, [], "subclasses")


def _through(files: list[Facts], found: list[Wrapper], uses: _Uses) -> Iterator[Wrapper]:
    """Functions that everybody calls to get at a house class that nobody makes otherwise (a set-up function)."""
    tests = {facts.path for facts in files if facts.is_test}
    classes = {
        item.house: item
        for item in found
        if item.how == "subclasses" and len({path for path, _ in uses.last[item.house]} - tests - {item.path}) == 1
    }
    for facts in files:
        if facts.is_test:
            continue
        for symbol in facts.outline.symbols:
            if symbol.kind not in ("function", "method"):
                continue
            house = _house_uses(facts, symbol, uses)
            if len({path for path, _ in house}) < _LEAST_FILES:
                continue
            for call in facts.inside(symbol, facts.calls):
                made = classes.get(call.written.rpartition(".")[2])
                if made is not None and made.path != facts.path:
                    yield _wrapper(facts, symbol, made.foreign, house, [], f"through {made.house}")


def _wrapper(facts: Facts, symbol: Symbol, foreign: str, house: Uses, elsewhere: Uses, how: str) -> Wrapper:
    witnesses = tuple(f"{path}:{line}" for path, line in house[:3])
    files = len({path for path, _ in house})
    name = symbol.qualified if symbol.kind == "method" else symbol.name
    return Wrapper(name, facts.path, symbol.line, foreign, len(house), files, len(elsewhere), how, witnesses)


def _is_exception(full: str) -> bool:
    """Whether a name is of an error: who makes or derives one stands before no API."""
    return any(part.endswith(_EXCEPTION_ENDINGS) for part in full.split(".")[-2:])


def _tells(call: Call, language: str) -> bool:
    """Whether a call is of a foreign API worth wrapping."""
    if not call.full or call.full.rpartition(".")[2].startswith("_"):
        return False
    if "." not in call.full:
        foreign = language in BY_SIGHT and call.full[0].isupper() and call.full not in builtin_names(language)
        return call.full in _COMMON_BUILTINS or foreign
    return not call.full[0].isupper() or language not in _SCRIPTS


def _kin(house: str, foreign: str) -> int:
    """How alike the names are: _BEARS when one holds the other, 1 when they share a telling word."""
    own, last = house.rpartition(".")[2].lower(), foreign.rpartition(".")[2].lower()
    if len(last) >= _KIN_CHARS and last in own:
        return _BEARS
    words = set(split(house.rpartition(".")[2])) - _WEAK_WORDS
    others = set(split(foreign.rpartition(".")[2])) - _WEAK_WORDS
    return 1 if words & others else 0


_BEARS = 2

_KIN_CHARS = 4
"""`get` or `run` inside of a house name proves nothing."""
