"""Whether a name exists, exactly as it is written: in the project's files, in the libraries that a file imports.

Answers within a keystroke: what would take longer (reading a library) is done aside, and until then nothing is denied.
"""

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from functools import cache
from importlib import resources

import numpy as np

from inhouse.context.catalogue import Catalogue
from inhouse.context.languages import LANGUAGES
from inhouse.context.libraries import Libraries
from inhouse.context.outline import Import
from inhouse.context.store import Store

_BLOCKS_ASKED = 200
"""Occurrences looked at for whether a name is still in use: the first ones may be of earlier texts."""

_FILES_READ = 24
"""Files read for the exact spelling: a name of more files, whatever its letter case, is believed (5 ms)."""

_KEPT_NAMES = 4096
_KEPT_VOCABULARIES = 32


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
    """Every name that the libraries imported by a file write down: functions, classes, members."""

    def __init__(self, libraries: Libraries) -> None:
        self._libraries = libraries
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str], frozenset[str] | None] = OrderedDict()

    def of(self, language: str, own: str, imports: Iterable[Import]) -> frozenset[str] | None:
        """The names; None while one of the libraries is still being read for the first time."""
        found: set[str] = set()
        missing = False
        for module in dict.fromkeys(_module(language, item) for item in imports):
            key = (language, module)
            with self._lock:
                begun = key in self._kept
                names = self._kept.setdefault(key, None)
                while len(self._kept) > _KEPT_VOCABULARIES:
                    self._kept.popitem(last=False)
            if not begun:
                threading.Thread(target=self._read, args=(language, own, module), daemon=True).start()
            missing = missing or names is None
            found |= names or frozenset()
        return None if missing else frozenset(found)

    def _read(self, language: str, own: str, module: str) -> None:
        names: frozenset[str] = frozenset()
        try:
            names = self._libraries.vocabulary(language, own, module)
        finally:
            with self._lock:
                self._kept[(language, module)] = names


def _module(language: str, item: Import) -> str:
    return item.module.partition(".")[0] if language == "python" and not item.name else item.module


@cache
def builtin_members(language: str) -> frozenset[str]:
    """The members of the language's own types (list.append), where the data beside this module has them."""
    found: set[str] = set()
    for folder in LANGUAGES[language].query_folders:
        file = resources.files("inhouse.context").joinpath("builtins", f"{folder}.members.txt")
        if file.is_file():
            found.update(file.read_text(encoding="utf-8").split())
    return frozenset(found)
