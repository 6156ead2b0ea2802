"""Brings the index up to date with the disk and with the editor's unsaved texts."""

import posixpath
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from inhouse.context import files, readers, reading
from inhouse.context.chunk import IndexFigures
from inhouse.context.files import Entry
from inhouse.context.reading import Reading
from inhouse.context.store import FileRow, Store

_BATCH_FILES = 200
_BATCH_LINES = 20_000
"""A transaction holds this much: about half a second of work, so a stop or a second server never waits longer."""

_TIDY_PART = 10
"""When more than a tenth of the files was read the search table is merged into one piece: 2 s in a million lines."""

_MOST_DEAD = 10_000
"""Dead blocks that a small project's search table may hold: about a megabyte."""

Progress = Callable[[int, int], None]
Stop = Callable[[], bool]


def refresh(
    store: Store,
    root: Path,
    unsaved: Mapping[str, str],
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> IndexFigures:
    """Reads what is new or changed, forgets what is gone; figures of the whole index afterwards."""
    began = time.perf_counter()
    known = {row.path: row for row in store.files()}
    seen = files.Walk()
    entries = list(files.walk(root, seen))
    pending = [entry for entry in entries if entry.path not in unsaved and not _same(known.get(entry.path), entry)]
    present = {entry.path for entry in entries}
    gone = [path for path in known if path not in present and path not in unsaved]
    if gone:
        store.remove(gone)
    read, read_lines, refused = 0, 0, 0
    for batch, done in _batches(root, pending, known):
        kept = [item for item in batch if isinstance(item, Reading)]
        refused += len(batch) - len(kept)
        store.put(kept)
        store.remove([item for item in batch if isinstance(item, str) and item in known])
        read += len(kept)
        read_lines += sum(item.lines for item in kept)
        if progress:
            progress(done, len(pending))
        if stop and stop():
            break
    if read * _TIDY_PART > len(entries):
        store.tidy(everything=True)
    dead, live = store.dead_blocks()
    if dead > max(live, _MOST_DEAD):
        store.tidy(everything=True)
    found = figures(store, seen.skipped + refused, read, read_lines, len(gone), time.perf_counter() - began)
    return replace(found, beyond=seen.beyond)


def figures(
    store: Store, skipped: int = 0, read: int = 0, read_lines: int = 0, removed: int = 0, seconds: float = 0.0
) -> IndexFigures:
    """What the index holds now."""
    rows = store.files()
    languages: dict[str, int] = {}
    for row in rows:
        languages[row.language] = languages.get(row.language, 0) + 1
    return IndexFigures(
        files=len(rows),
        lines=sum(row.lines for row in rows),
        symbols=sum(row.symbols for row in rows),
        windows=sum(row.blocks for row in rows),
        skipped=skipped,
        languages=dict(sorted(languages.items(), key=lambda item: (-item[1], item[0]))),
        read=read,
        read_lines=read_lines,
        removed=removed,
        seconds=seconds,
        index_bytes=store.bytes(),
        source_bytes=sum(max(row.size, 0) for row in rows),
    )


def _same(row: FileRow | None, entry: Entry) -> bool:
    return row is not None and row.size == entry.size and row.mtime_ns == entry.mtime_ns


def _batches(
    root: Path, pending: list[Entry], known: Mapping[str, FileRow]
) -> Iterator[tuple[list[Reading | str], int]]:
    """Readings in batches with the count of files done; a path stands for a file that is not to be indexed."""
    batch: list[Reading | str] = []
    lines = 0
    for done, (_, found) in enumerate(readers.read_all(root, pending), 1):
        batch.append(found)
        lines += found.lines if isinstance(found, Reading) else 0
        if len(batch) >= _BATCH_FILES or lines >= _BATCH_LINES or done == len(pending):
            yield batch, done
            batch, lines = [], 0


@dataclass(frozen=True, slots=True)
class Changes:
    """What became of single files."""

    came: Sequence[tuple[FileRow, Reading]] = ()
    """Files that are new or changed."""
    gone: Sequence[str] = ()
    """The paths of files that are no longer in the index."""


def refresh_some(store: Store, root: Path, unsaved: Mapping[str, str], paths: Iterable[str]) -> Changes:
    """Brings single files up to date; what changed."""
    fresh: list[Reading] = []
    gone: list[str] = []
    for path in paths:
        row = store.file(path)
        found = _one(root, path, unsaved, row)
        if found is None:
            if row is not None:
                gone.append(path)
        elif isinstance(found, Reading) and (
            row is None or row.digest != found.digest or row.mtime_ns != found.mtime_ns
        ):
            fresh.append(found)
    if fresh:
        store.put(fresh)
    if gone:
        store.remove(gone)
    stored = ((store.file(reading.path), reading) for reading in fresh)
    return Changes([(row, reading) for row, reading in stored if row is not None], gone)


def _one(root: Path, path: str, unsaved: Mapping[str, str], row: FileRow | None) -> Reading | FileRow | None:
    """One file as it is now: unsaved text first, else the disk's; its row where that holds this very text, as it does
    of most files that an editor opens."""
    text = unsaved.get(path)
    if text is not None:
        if len(text) > files.LARGEST_BYTES or not files.included(root, path):
            return None
        return row if row is not None and row.digest == reading.digest_of(text) else reading.analyse(path, text)
    try:
        status = (root / path).stat()
    except OSError:
        return None
    if not files.included(root, path) or status.st_size > files.LARGEST_BYTES:
        return None
    return reading.read(root, Entry(path, status.st_size, status.st_mtime_ns))


def relative(root: Path, path: Path) -> str:
    """The path relative to the root with forward slashes; outside of the root the absolute path."""
    absolute = path if path.is_absolute() else root / path
    try:
        return absolute.relative_to(root).as_posix()
    except ValueError:
        pass
    try:
        return absolute.resolve().relative_to(root).as_posix()
    except (ValueError, OSError):
        return posixpath.normpath(absolute.as_posix())
