"""What names mean at a cursor: which are in scope, what a receiver has, what makes a name known, what a call takes.

Asks the text around the cursor, the project's index and the imported libraries; knows no index state of its own.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

from inhouse.context import reexports
from inhouse.context.arity import Arity
from inhouse.context.catalogue import Catalogue
from inhouse.context.held import Held
from inhouse.context.known import LibraryNames, ProjectNames, is_builtin_member
from inhouse.context.libraries import Libraries
from inhouse.context.meanings import Behind
from inhouse.context.members import Members
from inhouse.context.outline import Outline
from inhouse.context.patience import Check
from inhouse.context.scope import ScopeName
from inhouse.context.store import Store
from inhouse.context.surroundings import Surroundings
from inhouse.context.terms import stands_in

_SCRIPTS = frozenset({"javascript", "typescript", "tsx"})

_DEFINERS_ASKED = 64
"""Files looked at for one that defines a name beside the current file."""


class Naming:
    """Answers for one project. Paths are relative to its root, texts have LF line ends, language may be None."""

    def __init__(self, libraries: Libraries, store: Store, held: Held, catalogue: Callable[[], Catalogue]) -> None:
        self._store = store
        self._held = held
        self._catalogue = catalogue
        self._surroundings = Surroundings(held.trees)
        self._libraries = libraries
        self._library_names = LibraryNames(self._libraries)
        self._project_names = ProjectNames(store, held.lines_of)

    def until(self, check: Check) -> AbstractContextManager[None]:
        """See Project.until()."""
        return self._surroundings.patience.until(check)

    def names(self, own: str, language: str | None, text: str, offset: int) -> list[ScopeName]:
        """See Project.names()."""
        return self._surroundings.names(own, language, text, offset) if language is not None else []

    def members(self, own: str, language: str | None, text: str, offset: int, receiver: str) -> Members:
        """See Project.members()."""
        if language is None:
            return Members()
        found = self._surroundings.members(own, language, text, offset, receiver, self._behind())
        return found if found.names else self._library_members(own, language, text, receiver)

    def arity(self, own: str, language: str | None, text: str, offset: int, callee: str) -> Arity | None:
        """See Project.arity()."""
        if language is None:
            return None
        return self._surroundings.arity(own, language, text, offset, callee, self._behind())

    def knows(self, name: str) -> bool:
        """See Project.knows()."""
        return self._project_names.has(name, self._catalogue())

    def bound(self, own: str, language: str | None, text: str, offset: int, name: str) -> str:
        """What binds a name in its own file: the kind of its binding in scope, else "file" where the text has it."""
        kinds = (item.kind for item in self.names(own, language, text, offset) if item.name == name)
        return next(kinds, "") or ("file" if stands_in(text, name) else "")

    def library_has(self, own: str, language: str | None, text: str, name: str, *, whole: bool) -> bool | None:
        """See Project.library_has()."""
        if language is None:
            return False
        if is_builtin_member(language, name, whole=whole):
            return True
        imports = self._held.imports(own, language, text)
        foreign = [item for item in imports if not self._catalogue().modules.resolve(language, own, item)]
        return self._library_names.has(name, language, own, foreign, whole=whole)

    def _library_members(self, own: str, language: str, text: str, receiver: str) -> Members:
        """What an imported library module offers: never closed, since modules can gain names as they run."""
        first, _, rest = receiver.partition(".")
        for item in self._held.imports(own, language, text):
            if item.local == first or (not item.name and not item.alias and item.module.partition(".")[0] == first):
                plain = not item.name and not item.alias
                whole = receiver if plain else ".".join(part for part in (item.module, item.name, rest) if part)
                names = self._libraries.names(language, own, item.module if language in _SCRIPTS else whole)
                if names:
                    return Members(tuple(names), False, item.module)
        return Members()

    def _behind(self) -> Behind:
        beside = self._catalogue().modules.neighbours
        return Behind(self._outline_at, self._resolve, self._paths_defining, self._held.lines_of, beside)

    def _outline_at(self, path: str) -> Outline | None:
        row = self._catalogue().row(path)
        return self._held.outline_of(row) if row is not None else None

    def _resolve(self, language: str, path: str, within: Outline, name: str) -> Iterator[tuple[str, str]]:
        return reexports.resolved(self._catalogue().modules, language, path, within, name)

    def _paths_defining(self, name: str, near: str, limit: int) -> list[str]:
        """The files that define a name if they are few; if they are many, those in the folder of the file near."""
        by_id = self._catalogue().by_id
        paths = [by_id[number].path for number in self._store.files_defining(name, _DEFINERS_ASKED) if number in by_id]
        beside = [path for path in paths if path.rpartition("/")[0] == near.rpartition("/")[0]]
        return beside or (paths if len(paths) <= limit else [])
