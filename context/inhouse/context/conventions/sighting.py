"""Which names are foreign, where only the whole project can tell: it defines none of that name."""

import re
from collections.abc import Iterable
from dataclasses import replace

from inhouse.context.conventions.facts import BY_SIGHT, PERHAPS, PLAIN, Call, Facts
from inhouse.context.scope import builtin_names

_QUALIFYING = frozenset({"rust", "cpp"})
"""`reqwest::get` is foreign when the project has no module, file or namespace reqwest."""


def by_sight(every: Iterable[Facts]) -> None:
    """Fills in the full names that only the whole project can tell: of names that it does not define."""
    files = list(every)
    folders = {facts.path.rpartition("/")[0] for facts in files if facts.language == "go"}
    spaces = {found[1].replace("\\", ".") for facts in files if (found := _namespace(facts)) is not None}
    for facts in files:
        if facts.language == "php":  # only the namespaces tell what is the project's
            facts.calls = [_own_space(call, spaces) for call in facts.calls]
            facts.bases = [_own_space(call, spaces) for call in facts.bases]
        if facts.language == "go":  # a module that is named elsewhere than in a go.mod
            facts.calls = [replace(call, full="") if _in_folders(call.full, folders) else call for call in facts.calls]
    _plain([facts for facts in files if facts.language in PLAIN])
    seen = [facts for facts in files if facts.language in BY_SIGHT or facts.language in _QUALIFYING]
    own = {part for facts in seen for symbol in facts.outline.symbols for part in symbol.qualified.split(".")}
    own |= {part for facts in seen for part in re.split(r"[/.-]", facts.path)}
    own = (own | {"crate", "self", "super", "Self"}) - {"std", "core", "alloc"}
    for facts in seen:
        known = own | set(builtin_names(facts.language))
        facts.calls = [_seen(call, known, facts.language in BY_SIGHT) for call in facts.calls]
        facts.bases = [_seen(call, known, facts.language in BY_SIGHT) for call in facts.bases]


def _in_folders(full: str, folders: set[str]) -> bool:
    """Whether an import's path ends like a folder of the project, in two parts at least."""
    parts = full.rpartition(".")[0].split("/")
    return any("/".join(parts[start:]) in folders for start in range(1, len(parts) - 1))


def _plain(files: list[Facts]) -> None:
    """Calls of functions that no file defines, nor has a macro for, bear their own name as the full one."""
    own = {symbol.name for facts in files for symbol in facts.outline.symbols}
    for facts in files:
        facts.calls = [replace(call, full=call.full or _unless(call.written, own)) for call in facts.calls]


def _unless(written: str, own: set[str]) -> str:
    return written if written.isidentifier() and written not in own else ""


_NAMESPACE = re.compile(r"^\s*namespace\s+([\w\\]+)")


def _namespace(facts: Facts) -> re.Match[str] | None:
    """The namespace that a PHP file begins."""
    lines = facts.lines if facts.language == "php" else []
    return next((found for line in lines[:60] if (found := _NAMESPACE.match(line)) is not None), None)


def _own_space(call: Call, spaces: set[str]) -> Call:
    space = call.full.rpartition(".")[0]
    if "." in call.written:  # of a class
        space = space.rpartition(".")[0]
    return replace(call, full="") if space in spaces and call.full else call


_TYPE_PARAMETER = re.compile(r"T|[A-Z]|T[A-Z]\w*[a-z]\w*")
"""`TModel`, but not `TTY`."""


def _seen(call: Call, known: set[str], capitalised: bool) -> Call:
    first, dot, _ = call.written.partition(".")
    unsure = call.full.startswith(PERHAPS)
    if not unsure and not capitalised and call.full.partition(".")[0] in known and "." in call.full:
        return Call(call.written, "", call.line)  # Rust: a module of the project by a name that `use` brought in
    if not unsure and (call.full or not capitalised or not first[:1].isupper()):
        return call
    foreign = first not in known and not _TYPE_PARAMETER.fullmatch(first) and (bool(dot) or not unsure)
    return Call(call.written, call.written if foreign else "", call.line)
