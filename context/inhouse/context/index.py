"""The index of one project as it is now: in step with the disk and the editor, made anew where it is damaged.

Answers nothing about code: it holds the catalogue, the outlines and the texts that answers are made of.
"""

import logging
import sqlite3
import threading
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TypeVar

from inhouse.context import files, indexer
from inhouse.context.catalogue import Catalogue
from inhouse.context.chunk import ContextError, IndexFigures
from inhouse.context.damage import FAILURES, is_damage
from inhouse.context.extras import RecentPlaces
from inhouse.context.held import Held
from inhouse.context.indexer import Changes
from inhouse.context.languages import dialect_of
from inhouse.context.locating import database_of
from inhouse.context.modules import Modules
from inhouse.context.store import FileRow, Store
from inhouse.context.worker import Worker

log = logging.getLogger(__name__)

T = TypeVar("T")


class Index:
    """The index of a folder, which is given without links. Safe from several threads; writes only to its cache."""

    def __init__(self, root: Path, cache_folder: Path | None) -> None:
        self.root = root
        self.database = database_of(root, cache_folder)
        try:
            self.store = Store(self.database)
        except (OSError, sqlite3.Error) as error:
            mend = "make room or give yourself the right to write there, or set INHOUSE_CACHE_DIR to another folder"
            raise ContextError(f"the index {self.database} cannot be opened: {error}; {mend}") from error
        self._lock = threading.RLock()
        self.unsaved: dict[str, str] = {}
        """The editor's texts, with LF line ends."""
        self.held = Held(self.root, self.store, self.unsaved)
        self.recent = RecentPlaces()
        self._opened: set[str] = set()
        """Files that were opened a moment ago."""
        self.closing = False
        self._generation = 0
        self._listeners: list[Callable[[], None]] = []
        self._on_changes: list[Callable[[Changes, int], None]] = []
        self._on_open: list[Callable[[str, str], None]] = []
        self._told: set[str] = set()
        self.worker = Worker(self.root, self._absorb, self._refresh_quietly)
        """The index's thread."""
        self.catalogue = Catalogue((), 0, Modules((), self._manifest))
        self.catalogue = self.guarded(self._load, self.catalogue)

    # ---- keeping up to date

    def refresh(
        self, progress: Callable[[int, int], None] | None = None, stop: Callable[[], bool] | None = None
    ) -> IndexFigures:
        """See Project.refresh()."""
        with self.worker.busy:
            unsaved = dict(self.unsaved)
            try:
                try:
                    found = indexer.refresh(self.store, self.root, unsaved, progress, stop)
                except FAILURES as error:
                    if not is_damage(error, self.database):
                        raise
                    self.store.rebuild()
                    found = indexer.refresh(self.store, self.root, unsaved, progress, stop)
            except FAILURES as error:
                self._reload()
                raise ContextError(self._unwritten(error)) from error
            self._reload()
            return found

    def update(self, path: Path, text: str | None) -> None:
        """See Project.update()."""
        relative = indexer.relative(self.root, path)
        if relative.startswith(("/", "../")):
            return
        with self._lock:
            known = relative in self.unsaved
            if text is None:
                if self.unsaved.pop(relative, None) is None:
                    return
                self.held.trees.forget(relative)
            else:
                new = files.normal(text)
                if relative in self.unsaved:
                    self.recent.note(relative, self.unsaved[relative], new)
                self.unsaved[relative] = new
        if not known and text is not None:
            self.held.parse_ahead(relative, dialect_of(path, text), files.normal(text))
            self._opened.add(relative)
        self.worker.add(relative)

    def watch(self) -> None:
        """Follows changes on the disk from now on."""
        self.worker.watch()
        self.worker.look()  # the first look of a thread reads all rows, 30 ms: not at the first change

    def settle(self, timeout_s: float) -> bool:
        """Waits until all known changes are in the index; whether they are."""
        return self.worker.settle(timeout_s)

    def close(self) -> None:
        """Stops following and closes the database."""
        self.closing = True
        self.worker.close()
        self.store.close()

    def on_change(self, tell: Callable[[], None]) -> None:
        """Calls tell (from another thread) whenever the index has changed."""
        self._listeners.append(tell)

    def on_changes(self, tell: Callable[[Changes, int], None]) -> None:
        """Calls tell (in the index's thread) with changes of single files and the number of the catalogue to come.

        Called before it is there, so that what is kept of the last one can be corrected. Not called for other changes.
        """
        self._on_changes.append(tell)

    def on_open(self, tell: Callable[[str, str], None]) -> None:
        """Calls tell (in the index's thread) with path and text of a file that was opened, once the index has it."""
        self._on_open.append(tell)

    # ---- what it holds

    def current(self) -> Catalogue:
        """The catalogue; what others wrote meanwhile will be in the next one."""
        if self.guarded(self.store.news, False):
            self.worker.look()
        return self.catalogue

    def text(self, path: str) -> str | None:
        """A file's text as it is now: the editor's, else the disk's; None when there is none."""
        unsaved = self.unsaved.get(path)
        return unsaved if unsaved is not None else self._read(path)

    def guarded(self, work: Callable[[], T], otherwise: T) -> T:
        """Does work on the database; a damaged one is thrown away, to be filled by the next refresh."""
        try:
            return work()
        except FAILURES as error:
            if not is_damage(error, self.database):
                self._tell_once(error)
                return otherwise
        try:
            self.store.rebuild()
        except FAILURES as error:
            self._tell_once(error)
        self.catalogue = Catalogue((), self._generation + 1, Modules((), self._manifest))
        self._generation += 1
        self.worker.add_all()
        return otherwise

    # ---- within

    def _read(self, path: str) -> str | None:
        return files.read(self.root / path)

    def _manifest(self, path: str) -> str | None:
        """A file that says what modules are called: what such a file names may lead anywhere."""
        return self._read(path) if files.inside(self.root, self.root / path) else None

    def _load(self) -> Catalogue:
        rows = self.store.files()
        self._generation += 1
        return Catalogue(rows, self._generation, self._modules(rows))

    def _modules(self, rows: Sequence[FileRow]) -> Modules:
        return Modules((row.path for row in rows), self._manifest, self.root.name)

    def _reload(self) -> None:
        self._take(self.guarded(self._load, self.catalogue))

    def _take(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        for tell in self._listeners:
            tell()

    def _absorb(self, paths: Collection[str]) -> None:
        """Brings changed files into the index (called by the worker)."""
        unsaved = dict(self.unsaved)
        changes = self.guarded(lambda: indexer.refresh_some(self.store, self.root, unsaved, paths), Changes())
        catalogue = self.guarded(lambda: self._after(changes), None)
        if catalogue is not None:
            self._take(catalogue)
        for path in [path for path in paths if path in self._opened]:
            self._opened.discard(path)
            if (text := self.unsaved.get(path)) is not None:
                for tell in self._on_open:
                    tell(path, text)

    def _after(self, changes: Changes) -> Catalogue | None:
        """The catalogue after these changes; all rows are read where another server has written too.

        None where nothing changed. A file that both saw, one of them stores.
        """
        if self.store.news():
            rows = self.store.files()
            if {(row.id, row.first_block) for row in self.catalogue.rows} == {
                (row.id, row.first_block) for row in rows
            }:
                return None
            return self._then(rows)
        if not (changes.came or changes.gone):
            return None
        left = {row.path for row, _ in changes.came}.union(changes.gone)
        rows = [row for row in self.catalogue.rows if row.path not in left]
        found = self._then([*rows, *(row for row, _ in changes.came)])
        for tell in self._on_changes:
            tell(changes, found.generation)
        return found

    def _then(self, rows: Sequence[FileRow]) -> Catalogue:
        self._generation += 1
        return self.catalogue.then(rows, self._generation, lambda: self._modules(rows))

    def _refresh_quietly(self) -> None:
        """A refresh that nobody waits for."""
        try:
            self.refresh()
        except ContextError as error:
            log.warning("%s", error)

    def _unwritten(self, error: Exception) -> str:
        """What to tell the user of a database that is whole but cannot be used as it should."""
        return (
            f"the index {self.database} cannot be brought up to date ({error}) and stays as it is; make room there, "
            "give yourself the right to write there, or set INHOUSE_CACHE_DIR to another folder"
        )

    def _tell_once(self, error: Exception) -> None:
        """To the log: the same failure comes at every key. Another writer, or an end meanwhile, is none."""
        told = str(error)
        if told not in self._told and "locked" not in told and "closed" not in told:
            self._told.add(told)
            log.warning("%s", self._unwritten(error))
