"""A thread that runs jobs one after the other, where a newer job of the same key pushes out the older one.

It does not know what the jobs do. llama.cpp's context is for one thread at a time, and so is the index; each has one.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, InvalidStateError
from typing import Any, TypeVar

from inhouse.model import CancelFlag

T = TypeVar("T")

log = logging.getLogger(__name__)


class _Job:
    """A job with its flag, which is set as soon as nobody waits for the result any more."""

    def __init__(self, key: str, run: Callable[[CancelFlag], Any]) -> None:
        self.key = key
        self.run = run
        self.flag = CancelFlag()
        self.future: Future[Any] = Future()
        self.future.add_done_callback(lambda _: self.flag.set())

    def settle(self, result: object = None, error: Exception | None = None) -> None:
        """Give the result to whoever waits, if somebody still does."""
        try:
            if error is None:
                self.future.set_result(result)
            else:
                self.future.set_exception(error)
        except InvalidStateError:
            pass  # cancelled or superseded meanwhile

    def execute(self) -> None:
        if self.future.done():
            return
        try:
            result = self.run(self.flag)
        except Exception as error:  # noqa: BLE001  (whatever the job raises belongs to the one who waits for it)
            self.settle(error=error)
        else:
            self.settle(result)


class Worker:
    """The thread. Cancelling a job's future sets its flag: a waiting job is dropped, a running one told to stop."""

    def __init__(self, name: str) -> None:
        self._changed = threading.Condition()
        self._waiting: dict[str, _Job] = {}
        self._running: _Job | None = None
        self._closed = False
        # A daemon: a job that does not heed its flag must not keep the process alive.
        self._thread = threading.Thread(target=self._loop, name=name, daemon=True)
        self._thread.start()

    def submit(self, key: str, run: Callable[[CancelFlag], T]) -> Future[T | None]:
        """Run the job soon. An older one of the same key, waiting or running, ends at once with None as its result."""
        job = _Job(key, run)
        with self._changed:
            over = self._take(key)
            if self._closed:
                over.append(job)
            else:
                self._waiting[key] = job
            self._changed.notify()
        for other in over:
            other.settle()
        return job.future

    def drop(self, key: str) -> None:
        """End the jobs of that key, as a newer one would."""
        with self._changed:
            over = self._take(key)
        for job in over:
            job.settle()

    def _take(self, key: str) -> list[_Job]:
        """The jobs of that key; the waiting one is taken out."""
        waiting = self._waiting.pop(key, None)
        running = self._running if self._running and self._running.key == key else None
        return [job for job in (waiting, running) if job]

    @property
    def is_idle(self) -> bool:
        with self._changed:
            return self._running is None and not self._waiting

    def close(self, timeout_s: float) -> bool:
        """Drop what waits, tell what runs to stop, and wait for the thread; False if it did not end in time."""
        with self._changed:
            self._closed = True
            jobs = [*self._waiting.values(), *([self._running] if self._running else [])]
            self._waiting.clear()
            self._changed.notify()
        for job in jobs:
            job.settle()
        if threading.current_thread() is not self._thread:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _loop(self) -> None:
        while (job := self._next()) is not None:
            job.execute()

    def _next(self) -> _Job | None:
        with self._changed:
            self._running = None
            self._changed.wait_for(lambda: self._waiting or self._closed)
            if self._closed:
                return None
            self._running = self._waiting.pop(next(iter(self._waiting)))
            return self._running


def log_failure(what: str) -> Callable[[Future[Any]], None]:
    """A callback for a future nobody waits for: writes its failure to the log."""

    def done(future: Future[Any]) -> None:
        try:
            future.result()
        except CancelledError:
            pass
        except Exception:
            log.exception("%s failed", what)

    return done
