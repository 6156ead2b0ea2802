"""The thread that brings changes into the index: from the editor, and from the disk while watching.

Knows when and which, not how: absorbing files is handed in.
"""

import logging
import threading
import time
from collections.abc import Callable, Collection
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver

from inhouse.context.ignore import IGNORE_FILES, skipped_folder
from inhouse.context.languages import language_of

_QUIET_S = 0.06
"""A change is taken up when nothing followed it for so long; a save and its formatting come as one."""

_LATER_S = 0.15
"""What can be done later waits for so long: nineteen of twenty answers are there by then."""

_LONGEST_WAIT_S = 1.0
"""Somebody who types without pause is followed at least this often."""

_AGAIN_S = 0.7
"""After a folder appeared the tree is walked a second time: files made before it was watched raise no event."""

_NO_FILE = ""

_MANY = 400
"""More changed files at once (a branch switch) are found faster by one walk over the tree."""

_log = logging.getLogger(__name__)


class Worker:
    """One thread, started by the first change."""

    def __init__(self, root: Path, absorb: Callable[[Collection[str]], None], refresh: Callable[[], None]) -> None:
        self.busy = threading.RLock()
        """Held while the index is being written, by this thread or by a refresh."""
        self._root = root
        self._absorb = absorb
        self._refresh = refresh
        self._changed = threading.Condition()
        self._pending: set[str] = set()
        self._everything = False
        self._later: dict[str, Callable[[], None]] = {}
        self._working = False
        self._first_s = 0.0
        self._last_s = 0.0
        self._later_s = 0.0
        self._again_s: float | None = None
        self._closed = False
        self._thread: threading.Thread | None = None
        self._observer: BaseObserver | None = None

    def add(self, path: str) -> None:
        """A file (relative) that may have changed."""
        with self._changed:
            self._note()
            self._pending.add(path)

    def look(self) -> None:
        """Another process may have written to the index: absorb() is called without a file."""
        self.add(_NO_FILE)

    def later(self, kind: str, job: Callable[[], None]) -> None:
        """Does something when it is quiet and nothing is to be brought into the index; of each kind only the newest."""
        with self._changed:
            self._later_s = time.monotonic()
            waits = bool(self._later)
            self._later[kind] = job
            if not waits:  # else the thread looks anyway, and waking it takes this one's turn
                self._wake()

    @property
    def wanted(self) -> bool:
        """Whether changes wait, or the end does: what is done later must make way."""
        return bool(self._closed or self._pending or self._everything)

    def add_all(self) -> None:
        """Everything may have changed."""
        with self._changed:
            self._note()
            self._everything = True

    def add_all_again(self) -> None:
        """Everything may have changed, and more may follow unseen: a new folder is watched a moment late."""
        with self._changed:
            self._again_s = time.monotonic() + _AGAIN_S
            self._note()
            self._everything = True

    def watch(self) -> None:
        """Follows the disk from now on; does nothing when it already does or the system cannot."""
        if self._observer is not None or self._closed:
            return
        observer = Observer()
        try:
            observer.schedule(_Events(self, self._root), str(self._root), recursive=True)
            observer.start()
        except OSError as error:
            _log.warning("changes on the disk cannot be followed: %s", error)
            return
        self._observer = observer

    def settle(self, timeout_s: float) -> bool:
        """Waits until nothing is pending; whether that came in time."""
        with self._changed:
            return self._changed.wait_for(
                lambda: not (self._pending or self._everything or self._later or self._working), timeout=timeout_s
            )

    def close(self) -> None:
        """Stops the thread and the watching; what is pending is left for the next refresh."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._observer is not None:
            self._observer.stop()
            self._observer.join()
            self._observer = None
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def _note(self) -> None:
        now = time.monotonic()
        if not (self._pending or self._everything):
            self._first_s = now
        self._last_s = now
        self._wake()

    def _wake(self) -> None:
        if self._thread is None and not self._closed:
            self._thread = threading.Thread(target=self._run, name="inhouse-index", daemon=True)
            self._thread.start()
        self._changed.notify_all()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not (self.wanted or self._later):
                    self._changed.wait(self._until_again_s())
                    self._everything = self._everything or self._until_again_s() == 0.0
                    if self._everything:
                        self._again_s = None
                while not self._closed and (wait := self._wait_s()) > 0:
                    self._changed.wait(wait)
                if self._closed:
                    return
                work = self._next()
                self._working = True
            try:
                work()
            except Exception:  # noqa: BLE001 - the thread must live on, whatever one file does
                _log.exception("a change could not be brought into the index")
            finally:
                with self._changed:
                    self._working = False
                    self._changed.notify_all()

    def _until_again_s(self) -> float | None:
        """How long until the second look; None when none is due."""
        return None if self._again_s is None else max(0.0, self._again_s - time.monotonic())

    def _wait_s(self) -> float:
        """How long to wait for more: until it is quiet, but not for ever."""
        now = time.monotonic()
        if not (self._pending or self._everything):
            return self._later_s + _LATER_S - now
        return min(self._last_s + _QUIET_S - now, self._first_s + _LONGEST_WAIT_S - now)

    def _next(self) -> Callable[[], None]:
        """What is to be done now: changes come before what can be done later."""
        if not self.wanted and self._later:
            return self._later.pop(next(iter(self._later)))
        paths, everything = sorted(self._pending), self._everything or len(self._pending) > _MANY
        self._pending.clear()
        self._everything = False
        return lambda: self._take_up(paths, everything)

    def _take_up(self, paths: list[str], everything: bool) -> None:
        with self.busy:
            if paths:
                self._absorb([path for path in paths[:_MANY] if path != _NO_FILE])
            if everything:
                self._refresh()


class _Events(FileSystemEventHandler):
    """Turns the system's events into changed files; folders that appear, move or go mean a walk."""

    def __init__(self, worker: Worker, root: Path) -> None:
        self._worker = worker
        self._root = root

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.event_type not in ("created", "modified", "moved", "deleted"):
            return
        for written in {event.src_path, event.dest_path}:
            if not written:
                continue
            path = Path(written.decode() if isinstance(written, bytes) else str(written))
            try:
                relative = path.relative_to(self._root)
            except ValueError:
                continue
            parts = relative.parts
            if any(skipped_folder(part, not index) for index, part in enumerate(parts[:-1])):
                continue
            if event.is_directory:
                if event.event_type != "modified" and parts and not skipped_folder(parts[-1], len(parts) == 1):
                    self._worker.add_all_again()
            elif parts and parts[-1] in IGNORE_FILES:
                self._worker.add_all()
            elif parts and (language_of(relative) is not None or "." not in parts[-1]):
                self._worker.add(relative.as_posix())
