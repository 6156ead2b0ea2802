"""A project's own errors where functions return them: Rust's error types, Go's types and sentinels, C's codes.

Those that are raised stand in handling.py.
"""

import errno
import re
from collections import Counter
from collections.abc import Callable, Iterator

from inhouse.context.conventions.facts import Facts
from inhouse.context.conventions.habit import Habit, at, habit, spread
from inhouse.context.symbols import MIXED_IN

LEAST_OWN = 2
"""One own error that is told somewhere is no habit."""

_Told = tuple[str, str]
"""An error's name and its place."""

_Own = Callable[[str], bool]
"""Whether the project itself defines an error of this name."""


def returned(language: str, files: list[Facts]) -> Iterator[Habit]:
    """The project's own errors that functions return, as a share of all that are named; else the most frequent."""
    own, tell = RETURNING[language]
    house = own(files)
    named = [case for facts in files if not facts.is_test for case in tell(facts, house)]
    cases = [(name, place) for name, place in named if house(name)]
    if len(cases) >= LEAST_OWN:
        names = ", ".join(name for name, _ in Counter(name for name, _ in cases).most_common(4))
        places = spread([place for _, place in cases])
        yield Habit("own errors returned", names, len(cases) / len(named), len(named), language, places)
    elif language != "rust":
        yield from habit("errors returned", language, named)


def in_codes(facts: Facts) -> Iterator[_Told]:
    """How each return of a C function that tells of an error does so; nothing for other languages."""
    for code, place in _c_returns(facts) if facts.language == "c" else ():
        yield "returned as -1" if code == _BARE else "returned as codes with names", place


_ERROR_TYPE = re.compile(r"\bResult\s*<.*,\s*(?:\w+::)*(\w+)(?:<[^<>]*>)?\s*,?\s*>[^<>]*$", re.DOTALL)
"""What a Rust function's head says that it returns where it fails."""


def _rust_types(files: list[Facts]) -> _Own:
    kinds = ("class", "enum", "type")
    symbols = (symbol for facts in files for symbol in facts.outline.symbols)
    return {symbol.name for symbol in symbols if symbol.kind in kinds and not symbol.scope}.__contains__


def _in_results(facts: Facts, _: _Own) -> Iterator[_Told]:
    for symbol in facts.outline.symbols:
        if symbol.arity >= 0 and (found := _ERROR_TYPE.search(symbol.signature)) is not None:
            yield found[1], at(facts, symbol)


_SENTINEL = re.compile(r"[eE]rr(?:[A-Z]\w*|or[A-Z]\w*)")
_MADE = re.compile(r"=\s*(?:errors\.New|fmt\.Errorf|&?\w*[eE]rror\w*\s*[({])")
_GO_RETURN = re.compile(r"^\s*return\b(?P<values>.*)")
_GO_ERROR = re.compile(
    r"(?<![\w.])(?P<package>\w+\.)?(?:(?P<sentinel>[eE]rr[A-Z]\w*|EOF)(?![\w({.])|(?P<type>\w*Err(?:or)?s?)(?=\{))"
)
"""What stands in a Go return and is an error with a name: `ErrGone`, `io.EOF`, `&ParseError{`."""


def _go_errors(files: list[Facts]) -> _Own:
    """Types with an Error method or an error within, and variables that hold an error made for them."""
    found: set[str] = set()
    for symbol in (symbol for facts in files if not facts.is_test for symbol in facts.outline.symbols):
        within = symbol.bases.startswith(MIXED_IN) and "error" in symbol.bases.removeprefix(MIXED_IN).split(",")
        made = _SENTINEL.fullmatch(symbol.name) and not symbol.scope and _MADE.search(symbol.signature)
        if symbol.kind == "method" and symbol.name == "Error" and symbol.signature.endswith("Error() string"):
            found.add(symbol.scope)
        elif within or made:
            found.add(symbol.name)
    return lambda name: name.rpartition(".")[2] in found and not name.startswith(_GO_LIBRARIES)


_GO_LIBRARIES = ("io.", "os.", "sql.", "http.", "net.", "context.", "fs.", "exec.")
"""Packages of the standard library that define errors under names which projects use too (http.ErrAbortHandler)."""


def _in_go_returns(facts: Facts, house: _Own) -> Iterator[_Told]:
    """Errors with a name; a variable that is neither the project's nor a package's is any error of the moment."""
    packages = {item.local for item in facts.outline.imports}
    for number, line in enumerate(facts.lines, 1):
        if (found := _GO_RETURN.match(line)) is not None:
            for error in _GO_ERROR.finditer(found["values"]):
                name = (error["package"] or "") + (error["sentinel"] or error["type"])
                if house(name) or (error["package"] or "").rstrip(".") in packages:
                    yield name, f"{facts.path}:{number}"


_C_RETURN = re.compile(r"\breturn\s*\(?\s*(?P<code>-\s*1\b|-?\s*[A-Z_][A-Z0-9_]*\b)\s*\)?\s*[;(]")
_ERRNO = frozenset(errno.errorcode.values())
_C_ERROR = re.compile(r"(?:^|_)(?:E[A-Z0-9]{3,}|ERR\w*|FAIL\w*|BAD\w*|INVALID\w*|NO_?MEM\w*)$|_(?:ERR|ERROR|FAIL)_")
"""How the names of error codes end or what stands in them: `UV_EINVAL`, `UV__ERR`, `CMD_RETURN_ERROR`, `XML_ERR_X`."""

_NO_ERROR = re.compile(r"(?:^|_)(?:EXIT|ENABLED?|END|EMPTY|EVENTS?|ELEMENT|EQUAL|EXISTS|ENTRY|EXTRA|EACH)$")
"""Words with an E that are no codes."""

_PREFIXED = 5
"""So many own names that begin alike make a prefix the project's: `UV_EINVAL` is pasted together by a macro."""


def _c_codes(files: list[Facts]) -> _Own:
    symbols = [symbol for facts in files for symbol in facts.outline.symbols]
    defined = {symbol.name for symbol in symbols if symbol.kind in ("macro", "field", "constant")}
    begun = Counter(name.partition("_")[0] for name in defined if "_" in name and not name.startswith("_"))
    prefixes = {prefix for prefix, count in begun.items() if count >= _PREFIXED}

    def house(name: str) -> bool:
        plain = name.lstrip("-")
        return plain not in _ERRNO and (plain in defined or plain.partition("_")[0] in prefixes)

    return house


def _c_returns(facts: Facts) -> Iterator[_Told]:
    for number, line in enumerate(facts.lines, 1):
        if "return" not in line or (found := _C_RETURN.search(line)) is None:
            continue
        code = found["code"].replace(" ", "")
        plain = code.lstrip("-")
        if code == _BARE or plain in _ERRNO or (_C_ERROR.search(plain) and not _NO_ERROR.search(plain)):
            yield code, f"{facts.path}:{number}"


_BARE = "-1"
"""Says that there was an error, and not which."""


def _in_c_returns(facts: Facts, _: _Own) -> Iterator[_Told]:
    return (case for case in _c_returns(facts) if case[0] != _BARE)


RETURNING: dict[str, tuple[Callable[[list[Facts]], _Own], Callable[[Facts, _Own], Iterator[_Told]]]] = {
    "rust": (_rust_types, _in_results),
    "go": (_go_errors, _in_go_returns),
    "c": (_c_codes, _in_c_returns),
}
"""By language what is the project's own, and how a file tells of errors with a name."""
