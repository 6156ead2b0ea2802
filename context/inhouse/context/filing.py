"""The rows of single files in the database: how they are written, found by path or name, and taken out again.

Works on a connection inside of a transaction that is the store's affair.
"""

import sqlite3
import zlib
from collections.abc import Callable, Sequence

from inhouse.context import packing, squeezing
from inhouse.context.reading import Reading

ROW = "id, path, language, size, mtime_ns, digest, lines, symbols, first_block, blocks"

_KEPT_SAMPLES = 64
"""Those of a million lines; unpacked once for all connections."""

_INSERT = f"REPLACE INTO files ({ROW}, place, sample, start, length) VALUES ({', '.join('?' * 14)})"


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
            try:
                self._kept[number] = squeezing.unsampled(row[0])
            except packing.DAMAGE as error:
                raise sqlite3.DatabaseError(f"the index is damaged: {error}") from error
        return self._kept[number]

    def fitting(self, texts: Sequence[bytes]) -> int:
        """The number of a sample for new texts: one of their own where they are many, else the newest."""
        if len(texts) >= squeezing.SAMPLED_FILES:
            data = squeezing.sampled(texts)
            return int(self.connection.execute("INSERT INTO samples (bytes) VALUES (?)", (data,)).lastrowid or 0)
        row = self.connection.execute("SELECT coalesce(max(id), 0) FROM samples").fetchone()
        return int(row[0])


def put(connection: sqlite3.Connection, samples: Samples, readings: Sequence[Reading], block: int) -> int:
    """Stores files in the place of their earlier versions, their blocks from a number on; the next free number."""
    texts = [squeezing.joined(reading.outline, reading.uses) for reading in readings]
    number = samples.fitting(texts) if texts else 0
    beside = samples.of(number)
    start, stream = _free(connection), bytearray()
    for reading, text in zip(readings, texts, strict=True):
        file = forget(connection, samples, reading.path)
        data = squeezing.squeeze(text, beside)
        values = (
            reading.path, reading.language, reading.size, reading.mtime_ns, reading.digest, reading.lines,
            reading.symbols, block, len(reading.blocks), key_of(reading.path), number, start + len(stream), len(data),
        )  # fmt: skip
        stream += data
        file = int(connection.execute(_INSERT, (file, *values)).lastrowid or 0)
        names = [(key_of(name), file) for name in reading.names]
        connection.executemany("INSERT OR IGNORE INTO names VALUES (?, ?)", names)
        connection.executemany(
            "INSERT INTO search (rowid, terms) VALUES (?, ?)",
            [(block + index, text) for index, text in enumerate(reading.blocks) if text],
        )
        block += len(reading.blocks)
    connection.executemany("INSERT INTO pieces VALUES (?, ?)", squeezing.pieces(stream, start))
    return block


def _free(connection: sqlite3.Connection) -> int:
    """Where what is kept of new files may begin: with a piece of their own."""
    row = connection.execute("SELECT coalesce(max(id) + 1, 0) FROM pieces").fetchone()
    return int(row[0]) * squeezing.PIECE_BYTES


def close_up(connection: sqlite3.Connection) -> None:
    """Writes what is kept of files anew without gaps, where a fifth and more is of files that are gone."""
    kept, used = connection.execute(
        "SELECT coalesce(sum(length), 0), (SELECT count(*) FROM pieces) FROM files"
    ).fetchone()
    if used * squeezing.PIECE_BYTES <= kept * _WASTE + squeezing.PIECE_BYTES:
        return
    stream, places = bytearray(), list[tuple[int, int]]()
    for (file,) in connection.execute("SELECT id FROM files ORDER BY id").fetchall():
        places.append((len(stream), file))
        stream += _bytes(connection, file)[0]
    connection.execute("DELETE FROM pieces")
    connection.executemany("INSERT INTO pieces VALUES (?, ?)", squeezing.pieces(stream, 0))
    connection.executemany("UPDATE files SET start = ? WHERE id = ?", places)


def forget(connection: sqlite3.Connection, samples: Samples, path: str) -> int | None:
    """Takes a file out, but for the blocks in the search table; the number that it had, if it was there."""
    row = connection.execute(
        "SELECT id, start, length FROM files WHERE place = ? AND path = ?", (key_of(path), path)
    ).fetchone()
    if row is None:
        return None
    file = int(row[0])
    outline = packing.unpack(contents(connection, samples, file, squeezing.outline_in))
    names = {symbol.name for symbol in outline.symbols}
    connection.executemany(
        "DELETE FROM names WHERE name = ? AND file = ?", [(key_of(name), file) for name in sorted(names)]
    )
    connection.execute("DELETE FROM pieces WHERE id BETWEEN ? AND ?", _inside(*row[1:]))
    connection.execute("DELETE FROM files WHERE id = ?", (file,))
    return file


def contents(
    connection: sqlite3.Connection, samples: Samples, file: int, part: Callable[[bytes, bytes], bytes]
) -> bytes:
    """The outline or the uses of a file; empty when it has gone meanwhile."""
    try:
        data, sample = _bytes(connection, file)
        return part(data, samples.of(sample)) if data else b""
    except packing.DAMAGE as error:
        raise sqlite3.DatabaseError(f"the index is damaged: {error}") from error


def _bytes(connection: sqlite3.Connection, file: int) -> tuple[bytes, int]:
    """What is kept of a file, compressed, and the number of the sample that this was done with."""
    # one statement: another process may store a new version between two
    row = connection.execute(_CONTENTS, (file,)).fetchone()
    if row is None or row[3] is None:
        return b"", 0
    first = row[1] % squeezing.PIECE_BYTES
    return bytes.fromhex(row[3])[first : first + row[2]], row[0]


_CONTENTS = (
    "SELECT sample, start, length, "
    "(SELECT group_concat(hex(bytes), '') FROM (SELECT bytes FROM pieces WHERE id BETWEEN "
    f"start / {squeezing.PIECE_BYTES} AND (start + length - 1) / {squeezing.PIECE_BYTES} ORDER BY id)) "
    "FROM files WHERE id = ?"
)

_WASTE = 1.25
"""So much more than what is in use may be kept."""


def _inside(start: int, length: int) -> tuple[int, int]:
    """The numbers of the pieces that hold nothing but one file: its first and last may hold the end of another."""
    size = squeezing.PIECE_BYTES
    return -(-start // size), (start + length) // size - 1


def key_of(name: str) -> int:
    """A name or path as a number of four bytes: whoever finds a file by it looks into it anyway."""
    return zlib.crc32(name.encode("utf-8", "surrogatepass")) - (1 << 31)
