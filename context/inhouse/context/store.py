"""The project's database: files, outlines, names and searchable blocks, in one SQLite file.

Knows nothing about the disk's sources; database.py has the connections.
"""

import json
import sqlite3
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from inhouse.context import filing, packing, squeezing
from inhouse.context.database import Database
from inhouse.context.languages import LANGUAGES
from inhouse.context.outline import Outline
from inhouse.context.reading import Reading
from inhouse.context.terms import key

Blocks = NDArray[np.int64]


class FileRow(NamedTuple):
    """What the index knows about a file without opening its outline. A tuple, for all files' rows are made at once."""

    id: int
    path: str
    language: str
    size: int
    mtime_ns: int
    digest: bytes
    lines: int
    symbols: int
    first_block: int
    blocks: int


_TOUCH = "UPDATE files SET size = ?, mtime_ns = ? WHERE place = ? AND path = ?"


class Store(Database):
    """What is kept of a project, and how it is asked for."""

    # ---- files

    def files(self) -> list[FileRow]:
        """Every file of the index."""
        return self._rows("ORDER BY path")

    def file(self, path: str) -> FileRow | None:
        """One file of the index."""
        return next(iter(self._rows("WHERE place = ? AND path = ?", filing.key_of(path), path)), None)

    def _rows(self, which: str, *values: object) -> list[FileRow]:
        found = self.connection().execute(f"SELECT {filing.ROW} FROM files {which}", values)
        rows = list(map(FileRow._make, found))
        if not all(row.language in LANGUAGES for row in rows):
            raise sqlite3.DatabaseError("the index is damaged: it names unknown languages")
        return rows

    def put(self, readings: Sequence[Reading]) -> None:
        """Stores files in one transaction, each in the place of its earlier version."""
        with self.writing() as connection:
            row = connection.execute("SELECT value FROM meta WHERE key = 'next_block'").fetchone()
            block = filing.put(connection, self._samples(), readings, int(row[0]))
            connection.execute("UPDATE meta SET value = ? WHERE key = 'next_block'", (block,))

    def remove(self, paths: Iterable[str]) -> None:
        """Forgets files, in one transaction."""
        with self.writing() as connection:
            for path in paths:
                filing.forget(connection, self._samples(), path)

    def touch(self, path: str, size: int, mtime_ns: int) -> None:
        """Notes a new time of change for a file whose text is the same."""
        with self.writing() as connection:
            connection.execute(_TOUCH, (size, mtime_ns, filing.key_of(path), path))

    def outline(self, file: int) -> Outline | None:
        """The outline of a file; None when the file has gone meanwhile."""
        found = filing.contents(self.connection(), self._samples(), file, squeezing.outline_in)
        return packing.unpack(found) if found else None

    def uses(self, file: int) -> bytes:
        """What a file calls and inherits from, packed; empty when the file has gone meanwhile."""
        return filing.contents(self.connection(), self._samples(), file, squeezing.uses_in)

    def _samples(self) -> filing.Samples:
        """Of this thread's connection."""
        connection = self.connection()
        held: filing.Samples | None = getattr(self._local, "samples", None)
        if held is None or held.connection is not connection:
            held = self._local.samples = filing.Samples(connection)
        return held

    def files_defining(self, name: str, limit: int) -> list[int]:
        """The files that define a name (once in a billion one that does not), in the order of their numbers."""
        rows = self.connection().execute("SELECT file FROM names WHERE name = ? LIMIT ?", (filing.key_of(name), limit))
        return [int(row[0]) for row in rows]

    def files_defining_each(self, names: Sequence[str], limit: int) -> dict[str, Sequence[int]]:
        """The same for many names at once: 3 us for each instead of 20."""
        keys = [filing.key_of(name) for name in names]
        rows = self.connection().execute(
            "SELECT (SELECT group_concat(file) FROM (SELECT file FROM names WHERE name = key.value LIMIT ?)) "
            "FROM json_each(?) AS key ORDER BY key.key",
            (limit, json.dumps(keys)),
        )
        found = [tuple(map(int, told.split(","))) if (told := row[0]) else () for row in rows]
        return dict(zip(names, found, strict=True))

    def remember(self, key: str, version: int, marks: bytes, value: bytes) -> None:
        """Keeps something that was found out about the project as a whole; marks tell from which state of it."""
        with self.writing() as connection:
            connection.execute("REPLACE INTO remembered VALUES (?, ?, ?, ?)", (key, version, marks, value))

    def remembered(self, key: str, version: int) -> tuple[bytes, bytes] | None:
        """The marks and the value that were kept, if they are of this version."""
        row = self.connection().execute(
            "SELECT marks, value FROM remembered WHERE key = ? AND version = ?", (key, version)
        )
        found: tuple[bytes, bytes] | None = row.fetchone()
        return found

    # ---- searching

    def blocks_with(self, term: str, limit: int) -> Blocks:
        """The numbers of the blocks that hold a term, ascending, at most limit of them.

        Dead ones are included, and those of another term that has the same key (one in 17 million has).

        One string from SQLite, parsed by numpy: 3 times faster than a row for every block.
        """
        row = (
            self.connection()
            .execute(
                "SELECT group_concat(rowid) FROM (SELECT rowid FROM search WHERE search MATCH ? LIMIT ?)",
                (f'"{key(term)}"', limit),
            )
            .fetchone()
        )
        if row is None or row[0] is None:
            return np.empty(0, dtype=np.int64)
        return np.fromstring(row[0], dtype=np.int64, sep=",")

    def tidy(self, everything: bool) -> None:
        """Merges the search table's segments after much was written; everything: into one, for the fastest look-up."""
        with self.writing() as connection:
            if everything:
                connection.execute("INSERT INTO search (search) VALUES ('optimize')")
                connection.execute("DELETE FROM samples WHERE id NOT IN (SELECT sample FROM files)")
            else:
                connection.execute("INSERT INTO search (search, rank) VALUES ('merge', 500)")
        with suppress(sqlite3.OperationalError):
            self.connection().executescript("PRAGMA incremental_vacuum")  # execute() frees one page only
            self.connection().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def dead_blocks(self) -> tuple[int, int]:
        """How many blocks of the search table are no longer in use, and how many are."""
        live = int(self.connection().execute("SELECT coalesce(sum(blocks), 0) FROM files").fetchone()[0])
        return self._written() - live, live

    def _written(self) -> int:
        """The blocks in the search table: numbers given so far less those that compactions took out."""
        rows = dict(self.connection().execute("SELECT key, value FROM meta WHERE key IN ('next_block', 'taken_out')"))
        return int(rows["next_block"]) - 1 - int(rows.get("taken_out", 0))

    def compact(self) -> None:
        """Takes the dead blocks out of the search table; no source is read (14 s in a million lines)."""
        with self.writing() as connection:
            rows = connection.execute("SELECT first_block, blocks FROM files").fetchall()
            live = {first + index for first, blocks in rows for index in range(blocks)}
            kept: dict[int, list[str]] = {}
            for term, block in connection.execute("SELECT term, doc FROM search_words"):
                if block in live:
                    kept.setdefault(block, []).append(sys.intern(term))
            taken_out = int(connection.execute("SELECT value FROM meta WHERE key = 'next_block'").fetchone()[0]) - 1
            connection.execute("INSERT INTO search (search) VALUES ('delete-all')")
            connection.executemany(
                "INSERT INTO search (rowid, terms) VALUES (?, ?)",
                ((block, " ".join(kept[block])) for block in sorted(kept)),
            )
            connection.execute("REPLACE INTO meta VALUES ('taken_out', ?)", (taken_out - len(live),))
        self.tidy(everything=True)

    def bytes(self) -> int:
        """The size of the database on the disk."""
        total = 0
        for suffix in ("", "-wal"):
            with suppress(OSError):
                total += Path(f"{self.path}{suffix}").stat().st_size
        return total
