"""Which failures of a database mean that its file is damaged: only those are a reason to throw it away.

A full disk, a folder that became read-only and another writer pass; what was indexed before is still right.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

FAILURES = (sqlite3.DatabaseError, UnicodeDecodeError, OSError)
"""What working on a database leads to; UnicodeDecodeError where words of a damaged one stand in sqlite3's message."""

_OUTSIDE = frozenset(
    {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_ABORT}
)
_PERHAPS = frozenset(
    {
        sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PERM, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_AUTH,
    }
)  # fmt: skip
"""The disk's or the folder's fault as a rule; a damaged head of the file (its length, its version) can look alike."""

_VERSIONS = slice(18, 20)
"""Two bytes of the head: who may write and who may read. An unknown number there makes a database read-only."""


def is_damage(error: Exception, path: Path) -> bool:
    """Whether the error of working on the database at path comes of damage to it. Reads all of it where that is unsure:
    a tenth of a second for 10 MB."""
    if isinstance(error, OSError | sqlite3.ProgrammingError):
        return False
    code: int | None = getattr(error, "sqlite_errorcode", None)  # none where sqlite3 or we found what is wrong
    if code is None:
        return True
    if (kind := code & 0xFF) in _OUTSIDE:
        return False
    return kind not in _PERHAPS or code == sqlite3.SQLITE_READONLY_DBMOVED or not _is_whole(path)


def _is_whole(path: Path) -> bool:
    """Whether the file can be read as a database from end to end; one that cannot be opened is left alone."""
    try:
        with path.open("rb") as file:
            head = file.read(_VERSIONS.stop)
        if set(head[_VERSIONS]) - {1, 2}:
            return False
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
            found = connection.execute("PRAGMA quick_check(1)").fetchone()
        return bool(found == ("ok",))
    except OSError:
        return True
    except sqlite3.DatabaseError as error:
        return getattr(error, "sqlite_errorcode", 0) & 0xFF in _OUTSIDE | _PERHAPS
