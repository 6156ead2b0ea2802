"""The index's tables, as numbered migrations.

The index is a cache of what stands on the disk: what cannot be migrated is thrown away and read again.
"""

import sqlite3

PAGE_BYTES = 512
"""Of a new database. With SQLite's 4,096 a third of a small project's index is empty space: nearly a page for each of
the small tables, and one for the root of each larger one; with 1,024 still 3 % of the source."""

MIGRATIONS: tuple[str, ...] = (
    # 1: files with their outlines, names for look-up, blocks of lines for searching.
    # A file's blocks have the numbers first_block .. first_block + blocks - 1; numbers are never used twice, so the
    # blocks of an earlier version stay in the search table without harm until it is compacted. The search table
    # keeps no text and no positions (detail=none): 3 times smaller, and the order of words is not asked for.
    """
    CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
    CREATE TABLE files (
        id INTEGER PRIMARY KEY,
        path TEXT NOT NULL UNIQUE,
        language TEXT NOT NULL,
        size INTEGER NOT NULL,
        mtime_ns INTEGER NOT NULL,
        digest BLOB NOT NULL,
        lines INTEGER NOT NULL,
        symbols INTEGER NOT NULL,
        first_block INTEGER NOT NULL,
        blocks INTEGER NOT NULL,
        outline BLOB NOT NULL
    );
    CREATE TABLE names (name INTEGER NOT NULL, file INTEGER NOT NULL, PRIMARY KEY (name, file)) WITHOUT ROWID;
    CREATE VIRTUAL TABLE search USING fts5(
        terms, content='', detail=none, columnsize=0, tokenize="ascii tokenchars '_$'"
    );
    CREATE VIRTUAL TABLE search_words USING fts5vocab('search', 'instance');
    INSERT INTO meta VALUES ('next_block', 1);
    """,
    # 2: what was mined from the whole project (the conventions) and the state of the files that it was mined from.
    """
    CREATE TABLE remembered (key TEXT PRIMARY KEY, version INTEGER NOT NULL, marks BLOB NOT NULL, value BLOB NOT NULL)
        WITHOUT ROWID;
    """,
    # 3: what each file calls and inherits from, as references.pack() makes it.
    """
    ALTER TABLE files ADD COLUMN uses BLOB NOT NULL DEFAULT x'';
    """,
    # 4: the search table's pieces fit into a page each.
    f"""
    INSERT INTO search (search, rank) VALUES ('pgsz', {PAGE_BYTES - 40});
    """,
    # 5: what is kept of a file in pieces that fill the pages, compressed with samples (squeezing.py); a file is found
    # by a number made of its path instead of the path once more; terms are keys of four characters. Older rows have
    # neither, so nothing of them stays.
    """
    DROP TABLE files;
    CREATE TABLE files (
    id INTEGER PRIMARY KEY, path TEXT NOT NULL, language TEXT NOT NULL, size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL, digest BLOB NOT NULL, lines INTEGER NOT NULL, symbols INTEGER NOT NULL,
    first_block INTEGER NOT NULL, blocks INTEGER NOT NULL, place INTEGER NOT NULL, sample INTEGER NOT NULL
    );
    CREATE INDEX places ON files (place);
    CREATE TABLE pieces (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
    CREATE TABLE samples (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
    DELETE FROM names;
    DROP TABLE search_words;
    DROP TABLE search;
    CREATE VIRTUAL TABLE search USING fts5(
    terms, content='', detail=none, columnsize=0, tokenize="ascii tokenchars '!#$%&()*+,-./:;<=>?@[]^_{|}~'"
    );
    """
    f"""
    INSERT INTO search (search, rank) VALUES ('pgsz', {PAGE_BYTES - 40});
    CREATE VIRTUAL TABLE search_words USING fts5vocab('search', 'instance');
    """,
    # 6: the search table holds what is new; what stays is moved into sorted lists of half the size (block_lists.py).
    # What is kept of files stands in one row of pieces, without gaps: older rows have no place there.
    """
    CREATE TABLE lists (first INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
    DELETE FROM files;
    DELETE FROM pieces;
    DELETE FROM names;
    ALTER TABLE files ADD COLUMN start INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE files ADD COLUMN length INTEGER NOT NULL DEFAULT 0;
    """,
)

ANALYSIS = 9
"""Counts up when outlines or terms are made in another way: an index of another number is made again."""


class Outdated(Exception):
    """The database was made by a newer program or in another way."""


def migrate(connection: sqlite3.Connection) -> None:
    """Brings a database (new or old) to the newest schema, in one transaction; raises Outdated when it cannot."""
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > len(MIGRATIONS):
        raise Outdated
    if version < len(MIGRATIONS):
        connection.execute("BEGIN IMMEDIATE")
        try:
            version = int(connection.execute("PRAGMA user_version").fetchone()[0])
            for number, script in enumerate(MIGRATIONS[version:], version + 1):
                for statement in script.split(";\n"):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {number}")
            connection.execute("INSERT OR IGNORE INTO meta VALUES ('analysis', ?)", (ANALYSIS,))
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
    row = connection.execute("SELECT value FROM meta WHERE key = 'analysis'").fetchone()
    if row is None or row[0] != ANALYSIS:
        raise Outdated
