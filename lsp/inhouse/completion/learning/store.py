"""What was learnt in one project, in a SQLite file in the user's data folder that only the user can read.

Kept: counts and times of what was shown and what became of it, a number for the calibration, hashes of names, and the
token numbers of the last kept and changed suggestions with a dozen tokens before each. No other text of the project.
"""

from __future__ import annotations

import hashlib
import logging
import os
import sqlite3
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from platformdirs import user_data_path

from inhouse.completion.learning.tracker import Settled
from inhouse.context import private_file, private_folder

MOST_SHOWN = 20_000
"""Rows of suggestions kept: a year of work; the oldest go."""
MOST_RUNS = 2_000
"""Runs of tokens kept, as many as the n-gram takes."""
MOST_NAMES = 5_000
_BUSY_S = 2.0
"""Another process may be writing, as two editors in one project do."""

DAMAGED = (sqlite3.DatabaseError, UnicodeDecodeError)
"""What a damaged file leads to; the second where its words stand in sqlite3's message and are no text."""
_NO_TEXT = "Could not decode"

_SCHEMA = """
create table if not exists meta (key text primary key, value text not null);
create table if not exists shown (
    id integer primary key, at real not null, source text not null, characters integer not null,
    probability real not null, ms real not null, outcome text not null, accepted integer not null);
create table if not exists kept (
    shown integer not null references shown(id) on delete cascade, after_s integer not null,
    kept integer not null, size integer not null, primary key (shown, after_s));
create table if not exists runs (
    key blob primary key, tokenizer text not null, ids blob not null, strengths blob not null, at real not null);
create table if not exists names (key blob primary key, score real not null, at real not null);
create table if not exists calibrations (
    model text primary key, offset real not null, count integer not null, at real not null);
"""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Run:
    """Token ids, a strength for each, and when it was last learnt, in seconds since 1970."""

    ids: Sequence[int]
    strengths: Sequence[float]
    at: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """A project's correction of the chances with one model, in logits, and how many outcomes it comes from."""

    offset: float = 0.0
    count: int = 0
    at: float = 0.0
    model: str = ""


def data_folder() -> Path:
    """Where all that is learnt is kept; INHOUSE_DATA_DIR puts it elsewhere."""
    chosen = os.environ.get("INHOUSE_DATA_DIR")
    return (Path(chosen) if chosen else user_data_path("inhouse", appauthor=False)) / "learnt"


def database_of(root: Path, folder: Path | None = None) -> Path:
    """The file of the project at `root`."""
    digest = hashlib.blake2b(str(root).encode("utf-8", "surrogateescape"), digest_size=10).hexdigest()
    return (folder or data_folder()) / f"{digest}.sqlite"


def stored_roots(folder: Path | None = None) -> Iterator[tuple[Path, Path]]:
    """(root, database) of each project something is kept of."""
    for path in sorted((folder or data_folder()).glob("*.sqlite")):
        try:
            with sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=_BUSY_S) as connection:
                row = connection.execute("select value from meta where key = 'root'").fetchone()
            connection.close()
        except (sqlite3.Error, UnicodeDecodeError):
            row = None
        if row is not None:
            yield Path(row[0]), path


def forget(database: Path) -> None:
    """Wipe what was learnt in one project. A server at work notices and forgets, too."""
    for path in (database, *_extras(database), database.with_suffix(".damaged")):
        path.unlink(missing_ok=True)


def _extras(database: Path) -> list[Path]:
    """SQLite's own files beside a database."""
    return [database.with_name(database.name + end) for end in ("-wal", "-shm")]


class Store:
    """One project's file. From any thread, one at a time; never raises for a file that cannot be read or written."""

    def __init__(self, root: Path, folder: Path | None = None) -> None:
        self.root = root
        self.path = database_of(root, folder)
        self._connection: sqlite3.Connection | None = None
        self._inode = -1

    @property
    def is_new(self) -> bool:
        """Whether nothing is kept of the project, or its file was wiped since it was opened."""
        return self._inode < 0 or self._inode != _inode_of(self.path)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
            self._inode = -1

    # ---- writing

    def write_settled(self, number: int | None, settled: Settled, at: float) -> int | None:
        """Keep what became of a suggestion; `number` is what the first call for it returned."""
        with self._transaction() as connection:
            if connection is None:
                return None
            if number is None:
                number = self._insert_shown(connection, settled, at)
            if settled.after_s:
                connection.execute("update shown set outcome = ? where id = ?", (settled.outcome, number))
                connection.execute(
                    "insert or replace into kept values (?, ?, ?, ?)",
                    (number, settled.after_s, settled.kept, settled.size),
                )
            return number

    def _insert_shown(self, connection: sqlite3.Connection, settled: Settled, at: float) -> int | None:
        shown = settled.shown
        length = len(shown.text) - shown.cursor
        values = (at, shown.source, length, shown.probability, shown.ms, settled.outcome, settled.accepted)
        cursor = connection.execute(
            "insert into shown (at, source, characters, probability, ms, outcome, accepted) values (?,?,?,?,?,?,?)",
            values,
        )
        connection.execute("delete from shown where id <= ?", ((cursor.lastrowid or 0) - MOST_SHOWN,))
        return cursor.lastrowid

    def write_learnt(
        self, tokenizer: str, runs: Iterable[Run], names: Iterable[tuple[bytes, float]], found: Calibration
    ) -> None:
        """Keep runs, scores of hashed names and the calibration, all or nothing."""
        with self._transaction() as connection:
            if connection is None:
                return
            for run in runs:
                ids = np.asarray(run.ids, np.int32).tobytes()
                strengths = np.asarray(run.strengths, np.float32).tobytes()
                key = hashlib.blake2b(tokenizer.encode() + ids, digest_size=12).digest()
                row = (key, tokenizer, ids, strengths, run.at)
                connection.execute("insert or replace into runs values (?, ?, ?, ?, ?)", row)
            connection.executemany(
                "insert or replace into names values (?, ?, ?)", [(key, score, found.at) for key, score in names]
            )
            connection.execute(
                "insert or replace into calibrations values (?, ?, ?, ?)",
                (found.model, found.offset, found.count, found.at),
            )
            for table, most in (("runs", MOST_RUNS), ("names", MOST_NAMES)):
                surplus = f"select key from {table} order by at desc limit -1 offset {most}"
                connection.execute(f"delete from {table} where key in ({surplus})")

    # ---- reading

    def runs(self, tokenizer: str) -> list[Run]:
        """The runs in one tokenizer's numbers, the oldest first."""
        rows = self._rows("select ids, strengths, at from runs where tokenizer = ? order by at", tokenizer)
        return [
            Run(np.frombuffer(ids, np.int32).tolist(), np.frombuffer(strengths, np.float32).tolist(), at)
            for ids, strengths, at in rows
            if len(ids) == len(strengths)
        ]

    def names(self) -> dict[bytes, tuple[float, float]]:
        """(score, when) of each hashed name."""
        return {key: (score, at) for key, score, at in self._rows("select key, score, at from names")}

    def calibrations(self) -> dict[str, Calibration]:
        """By the name of the model."""
        rows = self._rows("select offset, count, at, model from calibrations order by model")
        return {row[3]: Calibration(*row) for row in rows}

    def shown(self) -> list[tuple[str, int, float, float, str, int]]:
        """(source, characters, probability, ms, outcome, accepted characters) of each suggestion."""
        return self._rows("select source, characters, probability, ms, outcome, accepted from shown order by id")

    def kept(self) -> dict[int, tuple[int, int, int]]:
        """By seconds: (suggestions looked at, characters kept, characters there were) of what was accepted."""
        rows = self._rows(
            "select after_s, count(*), sum(kept), sum(size) from kept join shown on shown.id = kept.shown "
            "where outcome in ('accepted', 'line', 'word', 'deleted') group by after_s order by after_s"
        )
        return {after: (count, kept, size) for after, count, kept, size in rows}

    def _rows(self, query: str, *values: object) -> list[Any]:
        found: list[Any] = []
        if self.path.exists():
            with self._transaction() as connection:
                if connection is not None:
                    found = connection.execute(query, values).fetchall()
        return found

    # ---- the file

    @contextmanager
    def _transaction(self) -> Generator[sqlite3.Connection | None]:
        """A transaction, or None if the file cannot be used; a damaged one is set aside and a new one begun."""
        try:
            connection = self._open()
        except DAMAGED as error:
            log.warning("%s: cannot be used (%s); what was learnt here is not kept", self.path, error)
            yield None
            return
        except OSError as error:
            log.warning("%s: cannot be written (%s); what was learnt here is not kept", self.path, error.strerror)
            yield None
            return
        try:
            with connection:
                yield connection
        except sqlite3.OperationalError as error:
            if _NO_TEXT in str(error):
                self._set_aside(str(error))
            else:
                log.warning("%s: was not written (%s)", self.path, error)
        except DAMAGED as error:
            self._set_aside(str(error))

    def _open(self) -> sqlite3.Connection:
        if self._connection is not None and self._inode == _inode_of(self.path):
            return self._connection
        self.close()  # somebody forgot it meanwhile
        try:
            return self._opened()
        except sqlite3.OperationalError:
            raise
        except DAMAGED as error:
            self._set_aside(str(error))
            return self._opened()

    def _opened(self) -> sqlite3.Connection:
        private_folder(self.path.parent)
        private_file(self.path)  # before SQLite makes it readable for others
        connection = sqlite3.connect(self.path, timeout=_BUSY_S, check_same_thread=False)
        try:
            connection.execute("pragma foreign_keys = on")
            connection.execute("pragma journal_mode = wal")  # with a sync at each commit 600 outcomes took 20 s
            connection.execute("pragma synchronous = normal")
            connection.executescript(_SCHEMA)
            if connection.execute("pragma quick_check").fetchone()[0] != "ok":
                raise sqlite3.DatabaseError("it is damaged")
            with connection:
                connection.execute("insert or ignore into meta values ('root', ?)", (str(self.root),))
        except (sqlite3.Error, UnicodeDecodeError):
            connection.close()
            raise
        self._connection, self._inode = connection, _inode_of(self.path)
        return connection

    def _set_aside(self, why: str) -> None:
        """Put the damaged file out of the way; it may be worth something to somebody."""
        self.close()
        aside = self.path.with_suffix(".damaged")
        try:
            self.path.replace(aside)
            for extra in _extras(self.path):
                extra.unlink(missing_ok=True)
        except OSError:
            return
        log.warning("%s: %s; it is set aside as %s, and learning begins anew", self.path, why, aside.name)


def _inode_of(path: Path) -> int:
    try:
        return path.stat().st_ino
    except OSError:
        return -2
