"""Looks up what matters for a cursor: what gather.py needs is put together here and kept between keystrokes.

Chooses nothing itself.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Generator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from inhouse.context import indexer
from inhouse.context.borrowed import Borrowed
from inhouse.context.chunk import Chunk
from inhouse.context.conventions import Conventions
from inhouse.context.cursor import Cursor
from inhouse.context.definers import Definers
from inhouse.context.evidence import Evidence
from inhouse.context.extras import CardLine
from inhouse.context.gather import Sources, gather, look_ahead, look_around, names_at, stable_picks, windows_alone
from inhouse.context.index import Index
from inhouse.context.languages import dialect_of, query
from inhouse.context.libraries import Libraries
from inhouse.context.old import Old
from inhouse.context.outline import Import, Outline
from inhouse.context.postings import Postings
from inhouse.context.scoring import Scoring
from inhouse.context.signatures import Pick
from inhouse.context.store import FileRow

_KEPT_PICKS = 32
_REHEARSED_CHARS = 2500

_LONGEST_S = 1.0
"""A query that takes longer is not waited for."""

Asked = tuple[Sources, Cursor, frozenset[str]]
"""Where is looked, for which cursor, and which files are left out: its own is."""

Check = Callable[[], None]


class _NoLonger(Exception):
    """What was looked up is not wanted any more."""


class Looking:
    """What one project's queries keep; safe from several threads. Texts have LF line ends."""

    def __init__(self, index: Index, libraries: Libraries) -> None:
        self._index = index
        self._borrowed = Borrowed(libraries)
        self._lock = threading.Lock()
        self._postings = Postings(index.store)
        self._scoring = Scoring(self._postings)
        self._definers = Definers(index.store)
        self._queries = 0
        """How many were begun,"""
        self._asked_now = 0
        """and how many have no answer yet."""
        self._nobody_asks = threading.Event()
        self._nobody_asks.set()
        self._picks: OrderedDict[str, tuple[tuple[Import, ...], int, list[Pick]]] = OrderedDict()
        self._card: list[CardLine] = []
        self._old = Old()
        index.on_changes(self._postings.correct)
        index.on_changes(self._definers.correct)
        index.on_open(self._ahead)

    def gather(
        self, path: Path, text: str, offset: int, budget_chars: int, exclude: Collection[str], check: Check
    ) -> list[Chunk]:
        """See Project.gather()."""
        with self._asking():
            asked, found = self._gather(path, text, offset, budget_chars, exclude, check)
        self._index.worker.later("around", partial(self._around, *asked, self._until_next()))
        return found

    @contextmanager
    def _asking(self) -> Generator[None]:
        """A query: what is done ahead stands still until it has its answer."""
        with self._lock:
            self._queries += 1
            self._asked_now += 1
            self._nobody_asks.clear()
        try:
            yield
        finally:
            with self._lock:
                self._asked_now -= 1
                if not self._asked_now:
                    self._nobody_asks.set()

    def rehearse(self, path: Path, text: str, offset: int) -> bool:
        """Looks up what a query would, until one comes; whether it came to its end."""
        with suppress(_NoLonger):
            self._gather(path, text, offset, _REHEARSED_CHARS, (), self._until_next())
            return True
        return False

    def _gather(
        self, path: Path, text: str, offset: int, budget_chars: int, exclude: Collection[str], check: Check
    ) -> tuple[Asked, list[Chunk]]:
        asked = self._asked(path, text, offset, exclude, check)
        return asked, self._index.guarded(lambda: gather(*asked, self._stable_picks(*asked), budget_chars), [])

    def windows(self, path: Path, text: str, offset: int) -> list[Chunk]:
        """See Project.windows()."""
        asked = self._asked(path, text, offset)
        return self._index.guarded(lambda: windows_alone(*asked, self._stable_picks(*asked)), [])

    def evidence(self, path: Path, text: str, offset: int) -> Evidence:
        """See Project.evidence()."""
        asked = self._asked(path, text, offset)
        return names_at(*asked, self._stable_picks(*asked))[1]

    def heed(self, found: Conventions) -> None:
        """New conventions: what they call old comes last from now on, and their card is shown."""
        languages = {row.path: row.language for row in self._index.catalogue.rows}
        self._old = Old(found.deprecated)
        with self._lock:
            self._picks.clear()
        self._card = [CardLine(line.path, line.line, line.text, languages.get(line.path, "")) for line in found.card]

    def _ahead(self, path: str, text: str) -> None:
        """Keeps at hand what the first queries in a file that was just opened will ask for, until somebody types."""

        def check() -> None:
            self._nobody_asks.wait(_LONGEST_S)
            if self._index.closing or self._index.unsaved.get(path) is not text:
                raise _NoLonger

        asked = self._asked(self._index.root / path, text, 0, (), check)
        with suppress(_NoLonger):
            self._index.guarded(lambda: self._stable_picks(*asked), None)
            self._index.guarded(lambda: look_ahead(*asked), None)
            if asked[1].language:
                query(asked[1].language, "outline", "imports")  # compiled for the first change: 30 ms
        self._index.worker.later("libraries", partial(self._borrow, asked[0], asked[1]))

    def _borrow(self, sources: Sources, cursor: Cursor) -> None:
        """Reads what a file that was just opened uses of libraries, whenever nothing else is to be done."""
        try:
            self._borrowed.read_all(cursor, sources.catalogue, self._until_next())
        except _NoLonger:
            if cursor.path in self._index.unsaved and not self._index.closing:
                self._index.worker.later("libraries", partial(self._borrow, sources, cursor))

    def _around(self, sources: Sources, cursor: Cursor, exclude: frozenset[str], check: Check) -> None:
        """Keeps at hand what the next queries near a cursor will ask for, until the next one comes."""
        here = replace(sources, check=check)
        with suppress(_NoLonger):
            self._index.guarded(lambda: look_around(here, cursor, exclude), None)
            self._borrowed.read(cursor, sources.catalogue, check)

    def _until_next(self) -> Check:
        """Ends what is done aside where a query comes, or a change."""
        begun = self._queries

        def check() -> None:
            if self._index.worker.wanted or begun != self._queries:
                raise _NoLonger

        return check

    def _asked(
        self, path: Path, text: str, offset: int, exclude: Collection[str] = (), check: Check = lambda: None
    ) -> Asked:
        own = indexer.relative(self._index.root, path)
        left_out = frozenset((own, *exclude))
        catalogue, held = self._index.current(), self._index.held
        language = dialect_of(path, text) or ""

        def outline_of(row: FileRow) -> Outline:
            check()
            return held.outline_of(row)

        cursor = Cursor(own, language, text, offset, held.imports(own, language, text))
        sources = Sources(
            catalogue,
            self._scoring,
            outline_of,
            self._definers.at(catalogue.generation),
            held.lines_of,
            held.blocks,
            self._card,
            [place for place in self._index.recent.places() if catalogue.row(place[0])],  # no secrets, nothing ignored
            self._old,
            lambda here, budget: self._borrowed.chunks(here, catalogue, budget),
            check,
        )
        return sources, cursor, left_out

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
