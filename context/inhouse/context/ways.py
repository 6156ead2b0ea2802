"""The conventions as they were last mined: remembered in the index, mined anew aside when much has changed.

Knows when to mine and where the result is kept; what a convention is, the mining knows.
"""

import logging
import sqlite3
import threading
import time
import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inhouse.context.aside import Aside, AsideError
from inhouse.context.conventions import Conventions, House
from inhouse.context.conventions.keeping import VERSION, pack, unpack
from inhouse.context.conventions.pins import FILE
from inhouse.context.files import plain_bytes
from inhouse.context.store import FileRow, Store

_KEY = "conventions"

CHANGED_SHARE = 0.05
"""Of the files that must have changed before the conventions are mined again: what a project does in its own way
is older than today's work."""

REST_S = 300.0
"""Between two looks at whether so much has changed."""

_POLL_S = 0.1
"""How soon a stop ends the process that mines."""

Stop = Callable[[], bool]
Marks = NDArray[np.uint32]

_log = logging.getLogger(__name__)


class Ways:
    """What is known of one project's conventions; safe to use from several threads."""

    def __init__(
        self, store: Store, root: Path, rows: Callable[[], Sequence[FileRow]], tell: Callable[[Conventions], None]
    ) -> None:
        """rows: the indexed files as they are now; tell: gets new conventions, from any thread."""
        self._store, self._root, self._rows, self._tell = store, root, rows, tell
        self._changed = threading.Condition()
        self._mining = threading.Lock()
        self._known: Conventions | None = None
        self._house = House()
        self._marks: Marks = np.empty(0, dtype=np.uint32)
        self._looked_s: float | None = None
        self._nudged = False
        self._closed = False
        self._thread: threading.Thread | None = None

    @property
    def known(self) -> Conventions | None:
        """What was last mined, in this run or an earlier one; None before the first time."""
        return self._known

    @property
    def house(self) -> House:
        """The same as plain names."""
        return self._house

    def recall(self) -> bool:
        """Takes what this or another process has remembered; whether there was anything."""
        try:
            held = self._store.remembered(_KEY, VERSION)
            if held is None:
                return False
            found, marks = unpack(held[1]), np.frombuffer(held[0], dtype=np.uint32)
        except (sqlite3.Error, ValueError):
            return False
        self._take(found, marks)
        return True

    def keep(self, found: Conventions) -> None:
        """Remembers what was mined from all files as they are now."""
        marks = self._marks_now()
        self._take(found, marks)
        try:
            self._store.remember(_KEY, VERSION, marks.tobytes(), pack(found))
        except sqlite3.Error as error:
            _log.info("the conventions could not be remembered: %s", error)

    def refresh(self, stop: Stop | None = None) -> bool:
        """Mines when nothing is known or much has changed since; whether it did. Blocks; a stop changes nothing."""
        with self._mining:
            now = time.monotonic()
            if self._known is not None and self._looked_s is not None and now < self._looked_s + REST_S:
                return False
            rows = self._rows()
            if not rows or not self._stale() or (self.recall() and not self._stale()):
                self._looked_s = now if rows else None
                return False
            try:
                found = mine_aside(self._root, [(row.path, row.language) for row in rows], stop)
            except AsideError as error:
                _log.warning("the conventions could not be mined: %s", error)
                self._looked_s = now
                return False
            if found is None:
                return False
            self.keep(found)
            self._looked_s = time.monotonic()
            return True

    # ---- in the background

    @property
    def followed(self) -> bool:
        """Whether changes are noticed without being asked."""
        return self._thread is not None

    def follow(self) -> None:
        """Keeps up with the project from now on, in a thread that only waits for the process that mines."""
        with self._changed:
            if self._thread is None and not self._closed:
                self._nudged = True
                self._thread = threading.Thread(target=self._run, name="inhouse-ways", daemon=True)
                self._thread.start()

    def nudge(self) -> None:
        """Files have changed."""
        with self._changed:
            self._nudged = True
            self._changed.notify_all()

    def close(self) -> None:
        """Ends the thread and what it waits for."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or self._nudged)
                self._changed.wait_for(lambda: self._closed, self._rest_s())
                if self._closed:
                    return
                self._nudged = False
            try:
                self.refresh(lambda: self._closed)
            except Exception:  # noqa: BLE001 - the thread must live on, whatever is in the files
                _log.exception("the conventions could not be mined")
                self._looked_s = time.monotonic()

    def _rest_s(self) -> float:
        return 0.0 if self._looked_s is None else max(0.0, self._looked_s + REST_S - time.monotonic())

    # ---- what has changed

    def _take(self, found: Conventions, marks: Marks) -> None:
        self._marks = marks
        if found != self._known:
            self._known, self._house = found, found.house()
            self._tell(found)

    def _stale(self) -> bool:
        """Whether too many files are not as they were; the pins count as all of them."""
        if self._known is None:
            return True
        now = self._marks_now()
        if self._marks[:1] != now[:1]:
            return True
        others = len(np.setdiff1d(self._marks, now)), len(np.setdiff1d(now, self._marks))
        return max(others) > CHANGED_SHARE * len(now)

    def _marks_now(self) -> Marks:
        """A number for the pins, then one for each file: 4 bytes are enough to count changes."""
        try:
            pins = zlib.crc32(plain_bytes(self._root / FILE))
        except OSError:
            pins = 0
        rows = self._rows()
        files = (zlib.crc32(row.path.encode("utf-8", "surrogateescape"), zlib.crc32(row.digest)) for row in rows)
        return np.asarray([pins, *files], dtype=np.uint32)


def mine_aside(root: Path, files: Sequence[tuple[str, str]], stop: Stop | None) -> Conventions | None:
    """The conventions of (path, language) files, mined by a process at idle priority; None when it was stopped.

    Raises AsideError.
    """
    aside = Aside()
    with ThreadPoolExecutor(1, thread_name_prefix="inhouse-mine") as pool:
        job = pool.submit(aside.do, "mine_files", root, list(files))
        try:
            while True:
                try:
                    found = job.result(_POLL_S)
                except NotYet:
                    if stop is None or not stop():
                        continue
                    return None
                assert isinstance(found, Conventions)
                return found
        finally:
            aside.close()
