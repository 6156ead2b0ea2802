"""Connections to a project's database: one for every thread, all made anew where the file is thrown away.

WAL: readers never wait for the writer. Knows no tables but for their version (schema.py).
"""

import sqlite3
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from inhouse.context import schema
from inhouse.context.damage import FAILURES, is_damage
from inhouse.context.private import private_file, private_folder

_BUSY_MS = 30_000
"""How long a writer waits for another process: a batch takes under a second, compacting a million lines 14 s."""

_CACHE_KIB = 16 * 1024
"""SQLite's page cache for a connection: the hot part of the search table of a million lines."""


class Database:
    """One database; safe to use from several threads and beside other processes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._local = threading.local()
        self._generation = 0
        self._open: list[sqlite3.Connection] = []
        private_folder(path.parent)
        try:
            self.connection()
        except schema.Outdated:
            self.rebuild()
        except FAILURES as error:
            if not is_damage(error, path):
                raise
            self.rebuild()

    def connection(self) -> sqlite3.Connection:
        """This thread's connection, opened when needed."""
        held: tuple[int, sqlite3.Connection] | None = getattr(self._local, "held", None)
        if held is not None and held[0] == self._generation:
            return held[1]
        with self._lock:
            private_file(self.path)  # SQLite's own files beside it take its rights over
            connection = sqlite3.connect(
                self.path, timeout=_BUSY_MS / 1000, isolation_level=None, check_same_thread=False
            )
            self._open.append(connection)
            connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
            connection.execute(f"PRAGMA page_size = {schema.PAGE_BYTES}")
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
            schema.migrate(connection)
            self._local.held = (self._generation, connection)
            return connection

    def rebuild(self) -> None:
        """Throws the database away and begins an empty one: the cure for damage of any kind."""
        with self._lock:
            self.close()
            for suffix in ("", "-wal", "-shm", "-journal"):
                Path(f"{self.path}{suffix}").unlink(missing_ok=True)
            private_folder(self.path.parent)
            self.connection()

    def close(self) -> None:
        """Closes the connections of all threads; a later use opens new ones."""
        with self._lock:
            self._generation += 1
            for connection in self._open:
                with suppress(sqlite3.Error):
                    connection.close()
            self._open.clear()

    @contextmanager
    def writing(self) -> Generator[sqlite3.Connection]:
        """A transaction, taken from its start so that two writers queue instead of failing."""
        with self._lock:
            connection = self.connection()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
                raise

    def news(self) -> bool:
        """Whether another connection, of this process or another, has written since this thread asked last (3 us)."""
        connection = self.connection()
        now = self._generation, int(connection.execute("PRAGMA data_version").fetchone()[0])
        before: tuple[int, int] | None = getattr(self._local, "version", None)
        self._local.version = now
        return now != before
