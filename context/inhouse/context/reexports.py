"""Where a name stands that a module only passes on: `from .shelf import Shelf` in an __init__, `export * from`.

Follows imports from file to file; which files an import means, and what to do with a definition, is for others.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from inhouse.context.members import imported_as
from inhouse.context.modules import Modules
from inhouse.context.outline import Import, Outline

PASSED_ON = 4
"""A name is followed through so many modules: a package's own, its part's, and two for those that mean it too well."""

_MOST_MODULES = 32
"""Files opened for one name: a barrel of more `export *` says little about where it stands, and 10 ms are enough."""

_PASSING = frozenset({"python", "javascript", "typescript", "tsx", "rust"})
"""Languages whose modules have what they import (or export from elsewhere) as their own."""

Resolve = Callable[[str, str, Outline, str], Iterator[tuple[str, str]]]
"""(language, path, its outline, name) gives where the name's imports lead: (path, name there)."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A file in which a name may stand, under the name that it has there."""

    path: str
    name: str
    outline: Outline

    @property
    def defines(self) -> bool:
        """Whether the name is defined here, in no class."""
        return any(symbol.name == self.name and not symbol.scope for symbol in self.outline.symbols)


def beyond(
    language: str,
    path: str,
    within: Outline,
    name: str,
    resolve: Resolve,
    outline_of: Callable[[str], Outline | None],
) -> Iterator[tuple[Stop, ...]]:
    """The files that a name's import leads to, then, for those that do not define it, the files that theirs lead to."""
    seen = {(path, name)}
    level: tuple[Stop, ...] = (Stop(path, name, within),)
    for _ in range(PASSED_ON):
        reached: list[Stop] = []
        for stop in level:
            for target, inner in resolve(language, stop.path, stop.outline, stop.name):
                if (target, inner) in seen or len(seen) > _MOST_MODULES:
                    continue
                seen.add((target, inner))
                if (module := outline_of(target)) is not None:
                    reached.append(Stop(target, inner or stop.name, module))
        if not reached:
            return
        yield tuple(reached)
        if language not in _PASSING:
            return
        level = tuple(stop for stop in reached if not stop.defines)


def resolved(modules: Modules, language: str, path: str, within: Outline, name: str) -> Iterator[tuple[str, str]]:
    """Where the imports of a name in a project's file lead: (path, name there), the best first."""
    for item in imported_as(within.imports, name):
        if name == "*" and language != "python" and not item.exported:
            continue
        for target in modules.resolve(language, path, item):
            yield target, item.name if item.name not in ("", "*") else name


def passed_on(language: str, path: str, within: Outline) -> Iterator[Import]:
    """The imports of single names that a module makes for others to take from it; not its `*`."""
    package = language == "python" and path.rpartition("/")[2].startswith("__init__.")
    for item in within.imports:
        if item.name != "*" and (item.exported or (package and item.name and not item.local.startswith("_"))):
            yield item
