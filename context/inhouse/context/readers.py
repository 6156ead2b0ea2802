"""Reads many files in the order given: by several processes when there are many, else right here.

Knows neither the index nor what is done with the readings.
"""

import os
import queue
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from inhouse.context.aside import Aside, AsideError, read_files
from inhouse.context.files import Entry
from inhouse.context.reading import Reading

_WORTH_BYTES = 2_000_000
"""Less source than this is read sooner (a second and a half) than processes are of use (a third of one to start)."""

_MOST_PROCESSES = 4
_PART_BYTES = 400_000
_PART_FILES = 64
"""What a process is given at once: a third of a second of work."""

Readings = list[Reading | str]


def read_all(root: Path, pending: Sequence[Entry]) -> Iterator[tuple[Entry, Reading | str]]:
    """Every entry with its reading, in order; a path stands for a file that is not to be indexed."""
    count = min(_MOST_PROCESSES, os.cpu_count() or 1)
    if count < 2 or sum(entry.size for entry in pending) < _WORTH_BYTES:
        for entry in pending:
            yield entry, read_files(root, [entry])[0]
        return
    pool = _Pool(root, count)
    try:
        yield from pool.read(pending)
    finally:
        pool.close()


class _Pool:
    """Some processes, each with a thread that waits for it."""

    def __init__(self, root: Path, count: int) -> None:
        self._root = root
        self._count = count
        self._free: queue.SimpleQueue[Aside | None] = queue.SimpleQueue()
        self._started: list[Aside] = []
        for _ in range(count):
            self._free.put(self._start())
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="inhouse-read")

    def read(self, pending: Sequence[Entry]) -> Iterator[tuple[Entry, Reading | str]]:
        """Parts are begun a few ahead, so that no process waits and little waits in memory."""
        ahead: deque[tuple[list[Entry], Future[Readings]]] = deque()
        for part in _parts(pending):
            ahead.append((part, self._threads.submit(self._read, part)))
            if len(ahead) > 2 * self._count:
                yield from _results(*ahead.popleft())
        while ahead:
            yield from _results(*ahead.popleft())

    def close(self) -> None:
        """Ends the processes; what is under way is thrown away."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for aside in self._started:
            aside.close()
        self._threads.shutdown()

    def _start(self) -> Aside | None:
        try:
            self._started.append(Aside())
        except AsideError:
            return None
        return self._started[-1]

    def _read(self, part: list[Entry]) -> Readings:
        aside = self._free.get()
        try:
            if aside is not None:
                found: Readings = aside.do("read_files", self._root, part)
                return found
        except AsideError:
            aside = None
        finally:
            self._free.put(aside)
        return read_files(self._root, part)


def _results(part: list[Entry], future: Future[Readings]) -> Iterator[tuple[Entry, Reading | str]]:
    yield from zip(part, future.result(), strict=True)


def _parts(pending: Sequence[Entry]) -> Iterator[list[Entry]]:
    part: list[Entry] = []
    size = 0
    for entry in pending:
        part.append(entry)
        size += entry.size
        if size > _PART_BYTES or len(part) == _PART_FILES:
            yield part
            part, size = [], 0
    if part:
        yield part
