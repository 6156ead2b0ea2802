"""Whether a name exists, exactly as it is written: in the project's files, in the libraries that a file imports.

Answers within a keystroke: what would take longer (reading a library) is done aside, and until then nothing is denied.
"""

import logging
import re
import threading
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from importlib import resources

import numpy as np

from inhouse.context.catalogue import Catalogue
from inhouse.context.languages import LANGUAGES
from inhouse.context.libraries import Libraries
from inhouse.context.outline import Import
from inhouse.context.store import Store

log = logging.getLogger(__name__)

_BLOCKS_ASKED = 200
"""Occurrences looked at for whether a name is still in use: the first ones may be of earlier texts."""

_FILES_READ = 24
"""Files read for the exact spelling: a name of more files, whatever its letter case, is believed (5 ms)."""

_KEPT_NAMES = 4096
_KEPT_LIBRARY_NAMES = 400_000
"""Of all libraries together: some 30 MB."""

_Module = tuple[str, str]
"""(language, module)."""


class ProjectNames:
    """Names of the project's files; remembers its answers until the index changes."""

    def __init__(self, store: Store, lines_of: Callable[[str], list[str]]) -> None:
        self._store = store
        self._lines_of = lines_of
        self._lock = threading.Lock()
        self._generation = -1
        self._kept: OrderedDict[str, bool] = OrderedDict()

    def has(self, name: str, catalogue: Catalogue) -> bool:
        """Whether any file defines or uses the name, in this spelling."""
        if not name or not set(name).isdisjoint('" \n'):
            return False
        with self._lock:
            if self._generation != catalogue.generation:
                self._kept.clear()
                self._generation = catalogue.generation
            held = self._kept.get(name)
        if held is not None:
            return held
        found = self._ask(name, catalogue)
        with self._lock:
            if self._generation == catalogue.generation:
                self._kept[name] = found
                while len(self._kept) > _KEPT_NAMES:
                    self._kept.popitem(last=False)
        return found

    def _ask(self, name: str, catalogue: Catalogue) -> bool:
        if any(number in catalogue.by_id for number in self._store.files_defining(name, 4)):
            return True
        places = catalogue.files_of(self._store.blocks_with(name.lower(), _BLOCKS_ASKED))
        files: list[int] = np.unique(places[places >= 0]).tolist()
        if len(files) > _FILES_READ:
            return True
        word = re.compile(rf"(?<![\w$]){re.escape(name)}(?![\w$])")
        return any(word.search("\n".join(self._lines_of(catalogue.rows[file].path))) for file in files)


class LibraryNames:
    """Every name that the libraries imported by a file write down: functions, classes, members.

    They are read aside by one thread, what was asked for last first: a file that imports twenty must not have twenty
    readers stand between its user's keys and their answers.
    """

    def __init__(self, libraries: Libraries, kept_names: int = _KEPT_LIBRARY_NAMES) -> None:
        self._libraries = libraries
        self._kept_names = kept_names
        self._lock = threading.Lock()
        self._kept: OrderedDict[_Module, tuple[str, ...] | None] = OrderedDict()
        """Sorted."""
        self._asked: frozenset[_Module] = frozenset()
        """What the file in use imports: never forgotten, or it would be read again and again."""
        self._waiting: list[tuple[_Module, str]] = []
        self._reading = False

    def has(self, name: str, language: str, own: str, imports: Iterable[Import], *, whole: bool = True) -> bool | None:
        """Whether a library has the name, or where it is not `whole` one that begins so.

        None while none is known to, and one is read for the first time.
        """
        modules = frozenset((language, _module(language, item)) for item in imports)
        with self._lock:
            self._asked = modules
            for key in modules:
                if key not in self._kept:
                    self._kept[key] = None
                    self._waiting.append((key, own))
                self._kept.move_to_end(key)
            known = [self._kept[key] for key in modules]
            if self._waiting and not self._reading:
                self._reading = True
                threading.Thread(target=self._read, name="library names", daemon=True).start()
        if any(_holds(names, name, whole=whole) for names in known if names):
            return True
        return None if None in known else False

    def _read(self) -> None:
        """Read what waits, until nothing does."""
        while True:
            with self._lock:
                if not self._waiting:
                    self._reading = False
                    return
                key, own = self._waiting.pop()
            names: tuple[str, ...] = ()
            try:
                names = tuple(sorted(self._libraries.vocabulary(key[0], own, key[1])))
            except Exception:  # the library then has no names; the next ones are to be read all the same
                log.exception("reading the names of %s failed", key[1])
            with self._lock:
                self._kept[key] = names
                self._forget()

    def _forget(self) -> None:
        """Drop what was not asked for the longest, above so many names in all."""
        total = sum(len(names) for names in self._kept.values() if names)
        for key in [key for key, names in self._kept.items() if names and key not in self._asked]:
            if total <= self._kept_names:
                break
            total -= len(self._kept.pop(key) or ())


def _holds(names: Sequence[str], name: str, *, whole: bool) -> bool:
    """Whether sorted names hold this one, or one that begins so."""
    at = bisect_left(names, name)
    return at < len(names) and (names[at] == name or (not whole and names[at].startswith(name)))


def _module(language: str, item: Import) -> str:
    return item.module.partition(".")[0] if language == "python" and not item.name else item.module


def is_builtin_member(language: str, name: str, *, whole: bool = True) -> bool:
    """Whether the language's own types have such a member (list.append), or where it is not `whole` one so begun."""
    return _holds(builtin_members(language), name, whole=whole)


@cache
def builtin_members(language: str) -> tuple[str, ...]:
    """The members of the language's own types, sorted, where the data beside this module has them."""
    found: set[str] = set()
    for folder in LANGUAGES[language].query_folders:
        file = resources.files("inhouse.context").joinpath("builtins", f"{folder}.members.txt")
        if file.is_file():
            found.update(file.read_text(encoding="utf-8").split())
    return tuple(sorted(found))
