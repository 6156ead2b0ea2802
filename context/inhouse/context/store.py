"""The project's database: files, outlines, names and searchable blocks, in one SQLite file.

Knows nothing about the disk's sources; database.py has the connections.
"""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from inhouse.context import filing, packing, squeezing
from inhouse.context.block_lists import Piece, merged, pieces, unpacked
from inhouse.context.database import Database
from inhouse.context.languages import LANGUAGES
from inhouse.context.outline import Outline
from inhouse.context.reading import Reading
from inhouse.context.terms import key, number

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


_BLOCKS = (
    "SELECT held.first, held.bytes, (SELECT group_concat(rowid) FROM (SELECT rowid FROM search WHERE search MATCH ? "
    "LIMIT ?)) FROM (SELECT max(first) AS first FROM lists WHERE first <= ?) AS nearest "
    "LEFT JOIN lists AS held ON held.first = nearest.first"
)
_NEW_LISTS = "SELECT term, group_concat(doc) FROM search_words GROUP BY term ORDER BY term"

_VACUUMED_BYTES = 4 << 20
"""A smaller index is written anew when it is whole: some milliseconds, for 1 to 3 % of it."""

_NO_BLOCKS: Blocks = np.empty(0, dtype=np.int64)

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

        From the lists, then from what is new: one string from SQLite, parsed by numpy, 3 times faster than a row for
        every block.
        """
        name = key(term)
        wanted = number(name)
        row = self.connection().execute(_BLOCKS, (f'"{name}"', limit, wanted)).fetchone()
        found = self._piece(row[0], row[1]).of(wanted)[:limit] if row[1] is not None else _NO_BLOCKS
        if row[2] is None:
            return found
        new = np.fromstring(row[2], dtype=np.int64, sep=",")
        return np.concatenate((found, new))[:limit] if len(found) else new

    def _piece(self, first: int, data: bytes) -> Piece:
        try:
            return unpacked(first, data)
        except packing.DAMAGE as error:
            raise sqlite3.DatabaseError(f"the index is damaged: {error}") from error

    def tidy(self, everything: bool) -> None:
        """Merges what is new in the search table; everything: into the lists, less what is no longer in use.

        No source is read.
        """
        with self.writing() as connection:
            if everything:
                self._list(connection)
                filing.close_up(connection)
                connection.execute("DELETE FROM samples WHERE id NOT IN (SELECT sample FROM files)")
            else:
                connection.execute("INSERT INTO search (search, rank) VALUES ('merge', 500)")
        with suppress(sqlite3.OperationalError):
            connection = self.connection()
            connection.executescript("PRAGMA incremental_vacuum")  # execute() frees one page only
            if everything and self.bytes() < _VACUUMED_BYTES:
                connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _list(self, connection: sqlite3.Connection) -> None:
        """Moves what is new into the lists, and takes the dead blocks out of them."""
        following = int(connection.execute("SELECT value FROM meta WHERE key = 'next_block'").fetchone()[0])
        live = np.zeros(following, dtype=np.bool_)
        for first, blocks in connection.execute("SELECT first_block, blocks FROM files"):
            live[first : first + blocks] = True
        held = connection.execute("SELECT first, bytes FROM lists ORDER BY first")
        old = (one for first, data in held for one in self._piece(first, data))
        words = connection.execute(_NEW_LISTS)
        new = ((number(term), np.fromstring(blocks, dtype=np.int64, sep=",")) for term, blocks in words)
        try:
            lists = list(pieces((term, blocks[live[blocks]]) for term, blocks in merged(old, new)))
        except (IndexError, KeyError) as error:
            raise sqlite3.DatabaseError(f"the index is damaged: {error}") from error
        connection.execute("DELETE FROM lists")
        connection.executemany("INSERT INTO lists VALUES (?, ?)", lists)
        connection.execute("INSERT INTO search (search) VALUES ('delete-all')")
        taken_out = following - 1 - int(live.sum())
        connection.execute("REPLACE INTO meta VALUES ('taken_out', ?)", (taken_out,))

    def dead_blocks(self) -> tuple[int, int]:
        """How many blocks of the search table are no longer in use, and how many are."""
        live = int(self.connection().execute("SELECT coalesce(sum(blocks), 0) FROM files").fetchone()[0])
        return self._written() - live, live

    def _written(self) -> int:
        """The blocks in the search table: numbers given so far less those that compactions took out."""
        rows = dict(self.connection().execute("SELECT key, value FROM meta WHERE key IN ('next_block', 'taken_out')"))
        return int(rows["next_block"]) - 1 - int(rows.get("taken_out", 0))

    def bytes(self) -> int:
        """The size of the database on the disk."""
        total = 0
        for suffix in ("", "-wal"):
            with suppress(OSError):
                total += Path(f"{self.path}{suffix}").stat().st_size
        return total
