"""One project: its index, the editor's unsaved texts, and the answer to what matters for a cursor.

The only class that other parts use; each step is done by a module of its own.
"""

import logging
import os
import re
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection
from contextlib import suppress
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import TypeVar

import platformdirs

from inhouse.context import files, indexer
from inhouse.context.arity import Arity
from inhouse.context.catalogue import Catalogue
from inhouse.context.chunk import Chunk, ContextError, IndexFigures
from inhouse.context.conventions import Conventions, House, mine
from inhouse.context.conventions.pins import read_pins
from inhouse.context.cursor import Cursor
from inhouse.context.damage import FAILURES, is_damage
from inhouse.context.definers import Definers
from inhouse.context.evidence import Evidence
from inhouse.context.extras import CardLine, RecentPlaces
from inhouse.context.gather import Sources, gather, look_ahead, names_at, stable_picks, windows_alone
from inhouse.context.held import Held
from inhouse.context.languages import dialect_of
from inhouse.context.members import Members
from inhouse.context.modules import Modules
from inhouse.context.naming import Naming
from inhouse.context.old import Old
from inhouse.context.outline import Import, Outline
from inhouse.context.popularity import Popularity
from inhouse.context.referrers import Reference, Referrers
from inhouse.context.scope import ScopeName
from inhouse.context.signatures import Pick
from inhouse.context.store import FileRow, Store
from inhouse.context.trees import PARSED_CHARS
from inhouse.context.ways import Ways
from inhouse.context.windows import Postings
from inhouse.context.worker import Worker

log = logging.getLogger(__name__)

_KEPT_PICKS = 32

T = TypeVar("T")


class _NoLonger(Exception):
    """What was looked up is not wanted any more."""


def default_cache_folder() -> Path:
    """Where indexes are kept: INHOUSE_CACHE_DIR, else the platform's cache folder of the user."""
    chosen = os.environ.get("INHOUSE_CACHE_DIR")
    return Path(chosen) if chosen else Path(platformdirs.user_cache_dir("inhouse", appauthor=False))


class Project:
    """A project folder and everything known about it. Safe to use from several threads; writes only to its cache."""

    def __init__(self, root: Path, cache_folder: Path | None = None) -> None:
        if not root.is_dir():
            raise ContextError(f"{root} is not a folder")
        self.root = root.resolve()
        mark = blake2b(str(self.root).encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()
        name = re.sub(r"[^\w.-]", "_", self.root.name)[:40] or "root"
        self.database = (cache_folder or default_cache_folder()) / "projects" / f"{name}-{mark}.sqlite3"
        try:
            self._store = Store(self.database)
        except (OSError, sqlite3.Error) as error:
            mend = "make room or give yourself the right to write there, or set INHOUSE_CACHE_DIR to another folder"
            raise ContextError(f"the index {self.database} cannot be opened: {error}; {mend}") from error
        self._lock = threading.RLock()
        self._unsaved: dict[str, str] = {}
        self._opened: set[str] = set()
        """Files that were opened a moment ago."""
        self._closing = False
        self._held = Held(self.root, self._store, self._unsaved)
        self._naming = Naming(self.root, self._store, self._held, lambda: self._catalogue)
        self._postings = Postings(self._store)
        self._picks: OrderedDict[str, tuple[tuple[Import, ...], int, list[Pick]]] = OrderedDict()
        self._recent = RecentPlaces()
        self._definers = Definers(self._store)
        self._popularity = Popularity(self._store)
        self._card: list[CardLine] = []
        self._old = Old()
        self._mined = -1
        self._generation = 0
        self._listeners: list[Callable[[], None]] = []
        self._told: set[str] = set()
        self._worker = Worker(self.root, self._absorb, self._refresh_quietly)
        self._catalogue = Catalogue((), 0, Modules((), self._manifest))
        self._catalogue = self._guarded(self._load, self._catalogue)
        self._ways = Ways(self._store, self.root, lambda: self._catalogue.rows, self._new_card)
        self._ways.recall()

    # ---- keeping up to date

    def refresh(
        self, progress: Callable[[int, int], None] | None = None, stop: Callable[[], bool] | None = None
    ) -> IndexFigures:
        """Indexes the project or brings the index up to date with the disk; progress gets (done, all) files."""
        with self._worker.busy:
            unsaved = dict(self._unsaved)
            try:
                try:
                    found = indexer.refresh(self._store, self.root, unsaved, progress, stop)
                except FAILURES as error:
                    if not is_damage(error, self.database):
                        raise
                    self._store.rebuild()
                    found = indexer.refresh(self._store, self.root, unsaved, progress, stop)
            except FAILURES as error:
                self._reload()
                raise ContextError(self._unwritten(error)) from error
            self._reload()
            return found

    def _unwritten(self, error: Exception) -> str:
        """What to tell the user of a database that is whole but cannot be used as it should."""
        return (
            f"the index {self.database} cannot be brought up to date ({error}) and stays as it is; make room there, "
            "give yourself the right to write there, or set INHOUSE_CACHE_DIR to another folder"
        )

    def update(self, path: Path, text: str | None) -> None:
        """The editor's unsaved text of a file goes before the disk's; None: the file was closed."""
        relative = indexer.relative(self.root, path)
        if relative.startswith(("/", "../")):
            return
        with self._lock:
            known = relative in self._unsaved
            if text is None:
                if self._unsaved.pop(relative, None) is None:
                    return
                self._held.trees.forget(relative)
            else:
                new = files.normal(text)
                if relative in self._unsaved:
                    self._recent.note(relative, self._unsaved[relative], new)
                self._unsaved[relative] = new
        if not known and text is not None:
            self._read_ahead(path, relative, files.normal(text))
            self._opened.add(relative)
        self._worker.add(relative)

    def _read_ahead(self, path: Path, own: str, text: str) -> None:
        """Parses a file that was just opened, so that the first query in it need not (10 ms for 100 kB)."""
        language = dialect_of(path, text)
        if language and len(text) <= PARSED_CHARS:
            self._held.trees.parse(own, language, text)

    def viewed(self, path: Path, line: int) -> None:
        """The user is at this line (from 1): shown to files that are worked on soon after, behind what was edited.

        Shown only while the file is in the index, as edits are: what is ignored or may hold secrets stays where it is.
        """
        relative = indexer.relative(self.root, path)
        if not relative.startswith(("/", "../")):
            self._recent.view(relative, line)

    def watch(self) -> None:
        """Follows changes on the disk from now on, and what they do to the conventions."""
        self._worker.watch()
        self._ways.follow()

    def settle(self, timeout_s: float) -> bool:
        """Waits until all known changes are in the index; whether they are."""
        return self._worker.settle(timeout_s)

    def close(self) -> None:
        """Stops following and closes the database."""
        self._closing = True
        self._ways.close()
        self._worker.close()
        self._store.close()

    def figures(self) -> IndexFigures:
        """What the index holds now."""
        return self._guarded(lambda: indexer.figures(self._store), IndexFigures())

    def files(self) -> dict[str, str]:
        """The indexed files with a digest of each text, for whoever keeps something of their own about them."""
        return {row.path: row.digest.hex() for row in self._catalogue.rows}

    def has(self, path: str) -> bool:
        """Whether a file is in the index. Costs nothing."""
        return path in self._catalogue.by_path

    def text(self, path: str) -> str | None:
        """An indexed file's text as it is now: the editor's, else the disk's; None when there is none."""
        unsaved = self._unsaved.get(path)
        return unsaved if unsaved is not None else self._read(path)

    def on_change(self, tell: Callable[[], None]) -> None:
        """Calls tell (from another thread) whenever the index has changed."""
        self._listeners.append(tell)

    # ---- answering

    def gather(
        self,
        path: Path,
        text: str,
        offset: int,
        budget_chars: int,
        exclude: Collection[str] = (),
        check: Callable[[], None] = lambda: None,
    ) -> list[Chunk]:
        """What matters for the cursor, stable parts first, all texts together within the budget.

        `check` is called between small steps: what it raises ends the look-up, and nothing is lost.
        """
        asked = self._asked(path, text, offset, exclude, check)

        def answer() -> list[Chunk]:
            return gather(*asked, self._stable_picks(*asked), budget_chars)

        return self._guarded(answer, [])

    def windows(self, path: Path, text: str, offset: int) -> list[Chunk]:
        """The five windows that bring most of the names which the cursor's line may need, if nothing else is shown."""
        asked = self._asked(path, text, offset)
        return self._guarded(lambda: windows_alone(*asked, self._stable_picks(*asked)), [])

    def evidence(self, path: Path, text: str, offset: int) -> Evidence:
        """What is told of the names that the cursor's line may need: what likely.json is fitted on."""
        asked = self._asked(path, text, offset)
        return names_at(*asked, self._stable_picks(*asked))[1]

    def _asked(
        self,
        path: Path,
        text: str,
        offset: int,
        exclude: Collection[str] = (),
        check: Callable[[], None] = lambda: None,
    ) -> tuple[Sources, Cursor, frozenset[str]]:
        """Where is looked, for which cursor, and which files are left out: its own is."""
        own = indexer.relative(self.root, path)
        text, offset = _unix(text, offset)
        left_out = frozenset((own, *exclude))
        catalogue = self._current()
        language = dialect_of(path, text) or ""

        def outline_of(row: FileRow) -> Outline:
            check()
            return self._held.outline_of(row)

        cursor = Cursor(own, language, text, offset, self._held.imports(own, language, text))
        sources = Sources(
            catalogue,
            self._postings,
            outline_of,
            self._definers.at(catalogue.generation),
            self._held.lines_of,
            self._held.blocks,
            self._card,
            [place for place in self._recent.places() if catalogue.row(place[0])],  # no secrets, nothing ignored
            self._popularity.without(row for path in left_out if (row := catalogue.row(path))),
            self._old,
            check,
        )
        return sources, cursor, left_out

    def names(self, path: Path, text: str, offset: int) -> list[ScopeName]:
        """The names in scope at the cursor, the nearest first, builtins last."""
        return self._naming.names(*self._at(path, text, offset))

    def members(self, path: Path, text: str, offset: int, receiver: str) -> Members:
        """What may follow the receiver (`self`, `shelf`, `self.shelf`) and a dot, where its class is known."""
        asked = self._at(path, text, offset)
        return self._guarded(lambda: self._naming.members(*asked, receiver), Members())

    def arity(self, path: Path, text: str, offset: int, callee: str) -> Arity | None:
        """What a call of `callee` (`put`, `self.put`, `store.Shelf`) at the cursor must give, where that is sure.

        None says nothing: the callee is not the project's, is defined in several ways, or is decorated, inherits or is
        assigned in a way that could change it. A call with `*` or `**` in it may give more than it shows.
        """
        asked = self._at(path, text, offset)
        return self._guarded(lambda: self._naming.arity(*asked, callee), None)

    def knows(self, name: str) -> bool:
        """Whether the project defines or uses a name anywhere, in this spelling."""
        return self._guarded(lambda: self._naming.knows(name), False)

    def where(self, path: Path, text: str, offset: int, name: str) -> str:
        """What makes a name known at a cursor, "" when nothing does.

        The kind of its binding in scope (local, parameter, function, class, import, builtin), "file" when the text has
        it elsewhere, "project", "library" for what the imported libraries and the language's own types define, and
        "unread" as long as an imported library is being read for the first time: no ground to doubt the name.
        """
        asked = self._at(path, text, offset)
        if bound := self._naming.bound(*asked, name):
            return bound
        if self.knows(name):
            return "project"
        found = self._naming.library_has(*asked[:3], name, whole=True)
        return "unread" if found is None else "library" if found else ""

    def library_has(self, path: Path, text: str, name: str, *, whole: bool) -> bool | None:
        """Whether the libraries that a file imports or the language's own types define a name, or, where it is not
        `whole`, one that begins so; None as long as an imported library is being read for the first time.
        """
        return self._naming.library_has(*self._at(path, text, 0)[:3], name, whole=whole)

    def _at(self, path: Path, text: str, offset: int) -> tuple[str, str | None, str, int]:
        """The file relative to the root, its language, and the text and the offset with LF line ends."""
        text, offset = _unix(text, offset)
        return indexer.relative(self.root, path), dialect_of(path, text), text, offset

    def references(self, name: str, most: int = 200) -> list[Reference]:
        """The lines that use a name of this spelling other than to define it, by file and line; reads those files."""
        return self._guarded(lambda: list(islice(self._referrers().all(name), most)), [])

    def callers(self, name: str, most: int = 200) -> list[Reference]:
        """The lines that call a name (or make an object of it), by file and line: from the index alone."""
        return self._guarded(lambda: list(islice(self._referrers().calls(name), most)), [])

    def _referrers(self) -> Referrers:
        return Referrers(self._store, self._current(), self._held.outline_of, self._held.lines_of)

    def conventions(self, stop: Callable[[], bool] | None = None) -> Conventions:
        """What the project does in its own way, mined from all files: seconds in a large project, so off the loop."""
        catalogue = self._catalogue
        known = self._ways.known
        if known is not None and self._mined == catalogue.generation:
            return known
        texts = ((row.path, row.language, text) for row in catalogue.rows if (text := self.text(row.path)) is not None)
        found = mine(texts, catalogue.modules, read_pins(self.root), stop)
        if not (stop and stop()):
            self._ways.keep(found)
            self._mined = catalogue.generation
        return found

    def learn_conventions(self, stop: Callable[[], bool] | None = None) -> bool:
        """Mines the conventions where they are not known or much has changed since; whether they are new.

        Blocks (seconds in a large project), but not in a project that is watched: there it happens by itself, aside.
        """
        return not self._ways.followed and self._ways.refresh(stop)

    def known_conventions(self) -> Conventions | None:
        """What was last mined, in this run or an earlier one; None before the first time. Costs nothing."""
        return self._ways.known

    def house(self) -> House:
        """The same as plain sets for steering; empty before the first time. Costs nothing."""
        return self._ways.house

    def _new_card(self, found: Conventions) -> None:
        languages = {row.path: row.language for row in self._catalogue.rows}
        self._old = Old(found.deprecated)
        with self._lock:
            self._picks.clear()
        self._card = [CardLine(line.path, line.line, line.text, languages.get(line.path, "")) for line in found.card]

    def _stable_picks(self, sources: Sources, cursor: Cursor, exclude: frozenset[str]) -> list[Pick]:
        """Chosen again only when the imports or the index change, so that typing does not move the prompt's head."""
        generation = sources.catalogue.generation
        key = "\0".join((cursor.path, *sorted(exclude)))
        with self._lock:
            held = self._picks.get(key)
        imports = tuple(dict.fromkeys(Import(item.module, item.name, item.alias) for item in cursor.imports))
        if held is not None and held[0] == imports and held[1] == generation:
            return held[2]
        picks = stable_picks(sources, cursor, exclude)
        with self._lock:
            self._picks[key] = (imports, generation, picks)
            while len(self._picks) > _KEPT_PICKS:
                self._picks.popitem(last=False)
        return picks

    # ---- within

    def _read(self, path: str) -> str | None:
        return files.read(self.root / path)

    def _manifest(self, path: str) -> str | None:
        """A file that says what modules are called: what such a file names may lead anywhere."""
        return self._read(path) if files.inside(self.root, self.root / path) else None

    def _load(self) -> Catalogue:
        return self._catalogue_of(self._store.files(), None)

    def _load_some(self) -> Catalogue:
        """After single files changed: which module is which stays as it was while no file came or went."""
        rows = self._store.files()
        same = self._catalogue.by_path.keys() == {row.path for row in rows}
        return self._catalogue_of(rows, self._catalogue.modules if same else None)

    def _catalogue_of(self, rows: list[FileRow], modules: Modules | None) -> Catalogue:
        self._generation += 1
        modules = modules or Modules((row.path for row in rows), self._manifest, self.root.name)
        return Catalogue(rows, self._generation, modules)

    def _reload(self, load: Callable[[], Catalogue] | None = None) -> None:
        self._catalogue = self._guarded(load or self._load, self._catalogue)
        self._guarded(lambda: self._popularity.update(self._catalogue.rows), None)
        self._ways.nudge()
        for tell in self._listeners:
            tell()

    def _absorb(self, paths: Collection[str]) -> None:
        """Brings changed files into the index (called by the worker)."""
        unsaved = dict(self._unsaved)
        changed = self._guarded(lambda: indexer.refresh_some(self._store, self.root, unsaved, paths), False)
        if changed or self._guarded(self._is_behind, False):
            self._reload(self._load_some)
        for path in [path for path in paths if path in self._opened]:
            self._opened.discard(path)
            if (text := self._unsaved.get(path)) is not None:
                self._look_ahead(path, text)

    def _look_ahead(self, path: str, text: str) -> None:
        """Keeps at hand what the first queries in a file that was just opened will ask for, until somebody types."""

        def check() -> None:
            if self._closing or self._unsaved.get(path) is not text:
                raise _NoLonger

        asked = self._asked(self.root / path, text, 0, (), check)
        with suppress(_NoLonger):
            self._guarded(lambda: self._stable_picks(*asked), None)
            self._guarded(lambda: look_ahead(*asked), None)

    def _is_behind(self) -> bool:
        """Whether another server has written what is not in the catalogue; a file that both saw, one of them stores."""
        if not self._store.news():
            return False
        held = {(row.id, row.first_block) for row in self._catalogue.rows}
        return held != {(row.id, row.first_block) for row in self._store.files()}

    def _current(self) -> Catalogue:
        """The catalogue; what others wrote meanwhile will be in the next one."""
        if self._guarded(self._store.news, False):
            self._worker.look()
        return self._catalogue

    def _refresh_quietly(self) -> None:
        """A refresh that nobody waits for."""
        try:
            self.refresh()
        except ContextError as error:
            log.warning("%s", error)

    def _guarded(self, work: Callable[[], T], otherwise: T) -> T:
        """Does work on the database; a damaged one is thrown away, to be filled by the next refresh."""
        try:
            return work()
        except FAILURES as error:
            if not is_damage(error, self.database):
                self._tell_once(error)
                return otherwise
        try:
            self._store.rebuild()
        except FAILURES as error:
            self._tell_once(error)
        self._catalogue = Catalogue((), self._generation + 1, Modules((), self._manifest))
        self._generation += 1
        self._worker.add_all()
        return otherwise

    def _tell_once(self, error: Exception) -> None:
        """To the log: the same failure comes at every key. Another writer, or an end meanwhile, is none."""
        told = str(error)
        if told not in self._told and "locked" not in told and "closed" not in told:
            self._told.add(told)
            log.warning("%s", self._unwritten(error))


def _unix(text: str, offset: int) -> tuple[str, int]:
    """The text with LF line ends and the offset in it."""
    offset = max(0, min(offset, len(text)))
    if "\r" not in text:
        return text, offset
    return files.normal(text), len(files.normal(text[:offset]))
