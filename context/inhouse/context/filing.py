"""The rows of single files in the database: how they are written, found by path or name, and taken out again.

Works on a connection inside of a transaction that is the store's affair.
"""

import sqlite3
import zlib
from collections.abc import Callable, Sequence

from inhouse.context import packing, squeezing
from inhouse.context.reading import Reading

ROW = "id, path, language, size, mtime_ns, digest, lines, symbols, first_block, blocks"

_KEPT_SAMPLES = 8

_INSERT = f"REPLACE INTO files ({ROW}, place, sample) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


class Samples:
    """The samples that files are compressed with, as one connection sees them; none is ever changed."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self._kept: dict[int, bytes] = {0: b""}

    def of(self, number: int) -> bytes:
        """The sample of that number; 0 is the empty one."""
        if number not in self._kept:
            row = self.connection.execute("SELECT bytes FROM samples WHERE id = ?", (number,)).fetchone()
            if row is None:
                raise sqlite3.DatabaseError("the index is damaged: a sample is missing")
            if len(self._kept) > _KEPT_SAMPLES:
                self._kept = {0: b""}
            self._kept[number] = zlib.decompress(row[0])
        return self._kept[number]

    def fitting(self, texts: Sequence[bytes]) -> int:
        """The number of a sample for new texts: one of their own where they are many, else the newest."""
        if len(texts) >= squeezing.SAMPLED_FILES:
            data = zlib.compress(squeezing.sample(texts), 9)
            return int(self.connection.execute("INSERT INTO samples (bytes) VALUES (?)", (data,)).lastrowid or 0)
        row = self.connection.execute("SELECT coalesce(max(id), 0) FROM samples").fetchone()
        return int(row[0])


def put(connection: sqlite3.Connection, samples: Samples, readings: Sequence[Reading], block: int) -> int:
    """Stores files in the place of their earlier versions, their blocks from a number on; the next free number."""
    texts = [squeezing.joined(reading.outline, reading.uses) for reading in readings]
    number = samples.fitting(texts) if texts else 0
    beside = samples.of(number)
    for reading, text in zip(readings, texts, strict=True):
        file = forget(connection, samples, reading.path)
        values = (
            reading.path, reading.language, reading.size, reading.mtime_ns, reading.digest, reading.lines,
            reading.symbols, block, len(reading.blocks), key_of(reading.path), number,
        )  # fmt: skip
        file = int(connection.execute(_INSERT, (file, *values)).lastrowid or 0)
        connection.executemany(
            "INSERT INTO pieces VALUES (?, ?)",
            enumerate(squeezing.pieces(squeezing.squeeze(text, beside)), file * squeezing.MOST_PIECES),
        )
        names = [(key_of(name), file) for name in reading.names]
        connection.executemany("INSERT OR IGNORE INTO names VALUES (?, ?)", names)
        connection.executemany(
            "INSERT INTO search (rowid, terms) VALUES (?, ?)",
            [(block + index, text) for index, text in enumerate(reading.blocks) if text],
        )
        block += len(reading.blocks)
    return block


def forget(connection: sqlite3.Connection, samples: Samples, path: str) -> int | None:
    """Takes a file out, but for the blocks in the search table; the number that it had, if it was there."""
    row = connection.execute("SELECT id FROM files WHERE place = ? AND path = ?", (key_of(path), path)).fetchone()
    if row is None:
        return None
    file = int(row[0])
    outline = packing.unpack(contents(connection, samples, file, squeezing.outline_in))
    names = {symbol.name for symbol in outline.symbols}
    connection.executemany(
        "DELETE FROM names WHERE name = ? AND file = ?", [(key_of(name), file) for name in sorted(names)]
    )
    connection.execute("DELETE FROM pieces WHERE id BETWEEN ? AND ?", _range(file))
    connection.execute("DELETE FROM files WHERE id = ?", (file,))
    return file


def contents(
    connection: sqlite3.Connection, samples: Samples, file: int, part: Callable[[bytes, bytes], bytes]
) -> bytes:
    """The outline or the uses of a file; empty when it has gone meanwhile."""
    # one statement: another process may store a new version between two
    row = connection.execute(_CONTENTS, (*_range(file), file)).fetchone()
    if row is None or row[1] is None:
        return b""
    try:
        return part(bytes.fromhex(row[1]), samples.of(row[0]))
    except packing.DAMAGE as error:
        raise sqlite3.DatabaseError(f"the index is damaged: {error}") from error


_CONTENTS = (
    "SELECT sample, (SELECT group_concat(hex(bytes), '') FROM (SELECT bytes FROM pieces WHERE id BETWEEN ? AND ? "
    "ORDER BY id)) FROM files WHERE id = ?"
)


def _range(file: int) -> tuple[int, int]:
    """The numbers of a file's pieces."""
    first = file * squeezing.MOST_PIECES
    return first, first + squeezing.MOST_PIECES - 1


def key_of(name: str) -> int:
    """A name or path as a number of four bytes: whoever finds a file by it looks into it anyway."""
    return zlib.crc32(name.encode("utf-8", "surrogatepass")) - (1 << 31)
