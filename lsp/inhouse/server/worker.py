"""A thread that runs jobs one after the other, where a newer job of the same key pushes out the older one.

Idle jobs run only while nobody waits for anything else. It does not know what the jobs do. llama.cpp's context is for
one thread at a time, and so is the index; each has one.
"""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, InvalidStateError
from typing import Any, TypeVar

from inhouse.context import ContextError
from inhouse.model import CancelFlag, ModelError

T = TypeVar("T")

MAX_IDLE = 8
"""Idle jobs that wait at most; more files than that are not kept warm anyway. The oldest goes."""

log = logging.getLogger(__name__)


class _Job:
    """A job with its flag, which is set as soon as nobody waits for the result any more."""

    def __init__(self, key: str, run: Callable[[CancelFlag], Any], number: int, *, idle: bool) -> None:
        self.key = key
        self.run = run
        self.number = number
        self.idle = idle
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

    def execute(self) -> bool:
        """Run; False if this is an idle job that was told to make way before it was through."""
        if self.future.done():
            return True
        flag = self.flag
        try:
            result = self.run(flag)
        except Exception as error:  # noqa: BLE001  (whatever the job raises belongs to the one who waits for it)
            self.settle(error=error)
            return True
        if self.idle and flag.is_set and not self.future.done():
            self.flag = CancelFlag()
            return False
        self.settle(result)
        return True


class Worker:
    """The thread. Cancelling a job's future sets its flag: a waiting job is dropped, a running one told to stop."""

    def __init__(self, name: str) -> None:
        self._changed = threading.Condition()
        self._waiting: dict[str, _Job] = {}
        self._idle: dict[str, _Job] = {}
        self._running: _Job | None = None
        self._numbers = itertools.count()
        self._closed = False
        # A daemon: a job that does not heed its flag must not keep the process alive.
        self._thread = threading.Thread(target=self._loop, name=name, daemon=True)
        self._thread.start()

    def submit(self, key: str, run: Callable[[CancelFlag], T]) -> Future[T | None]:
        """Run the job soon. An older one of the same key, waiting or running, ends at once with None as its result.

        A running idle job is told to make way.
        """
        with self._changed:
            job = _Job(key, run, next(self._numbers), idle=False)
            over = self._take(key)
            if self._closed:
                over.append(job)
            else:
                self._waiting[key] = job
                if self._running and self._running.idle:
                    self._running.flag.set()
            self._changed.notify()
        for other in over:
            other.settle()
        return job.future

    def submit_idle(self, key: str, run: Callable[[CancelFlag], T]) -> Future[T | None]:
        """Run the job when nothing else is to be done, the newest first.

        An older idle job of the same key ends with None as its result. When a job of `submit` comes, the flag is set; a
        job that returns with its flag set is taken to be unfinished and runs again later, with a new flag.
        """
        with self._changed:
            job = _Job(key, run, next(self._numbers), idle=True)
            over = self._take_idle(key)
            if self._closed:
                over.append(job)
            else:
                self._idle[key] = job
                over += self._surplus()
            self._changed.notify()
        for other in over:
            other.settle()
        return job.future

    def drop(self, key: str) -> None:
        """End the jobs of that key, idle ones too, as a newer one would."""
        with self._changed:
            over = self._take(key)
        for job in over:
            job.settle()

    def _take(self, key: str) -> list[_Job]:
        """The jobs of that key, of both kinds; those that wait are taken out."""
        waiting = self._waiting.pop(key, None)
        running = self._running if self._running and self._running.key == key and not self._running.idle else None
        return [job for job in (waiting, running) if job] + self._take_idle(key)

    def _take_idle(self, key: str) -> list[_Job]:
        waiting = self._idle.pop(key, None)
        running = self._running if self._running and self._running.key == key and self._running.idle else None
        return [job for job in (waiting, running) if job]

    def _surplus(self) -> list[_Job]:
        """The oldest idle jobs above the limit, taken out."""
        oldest = sorted(self._idle.values(), key=lambda job: job.number)[: max(0, len(self._idle) - MAX_IDLE)]
        return [self._idle.pop(job.key) for job in oldest]

    def close(self, timeout_s: float) -> bool:
        """Drop what waits, tell what runs to stop, and wait for the thread; False if it did not end in time."""
        with self._changed:
            self._closed = True
            running = [self._running] if self._running else []
            jobs = [*self._waiting.values(), *self._idle.values(), *running]
            self._waiting.clear()
            self._idle.clear()
            self._changed.notify()
        for job in jobs:
            job.settle()
        if threading.current_thread() is not self._thread:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _loop(self) -> None:
        while (job := self._next()) is not None:
            if not job.execute():
                self._put_back(job)

    def _next(self) -> _Job | None:
        with self._changed:
            self._running = None
            self._changed.wait_for(lambda: self._waiting or self._idle or self._closed)
            if self._closed:
                return None
            if self._waiting:
                self._running = self._waiting.pop(next(iter(self._waiting)))
            else:
                newest = max(self._idle.values(), key=lambda job: job.number)
                self._running = self._idle.pop(newest.key)
            return self._running

    def _put_back(self, job: _Job) -> None:
        """An idle job that made way waits again, unless it was ended or a newer one of its key has come."""
        with self._changed:
            self._running = None
            if not job.future.done() and not self._closed:
                self._idle[job.key] = job
                return
        job.settle()


def log_failure(what: str) -> Callable[[Future[Any]], None]:
    """A callback for a future nobody waits for: writes its failure to the log."""

    def done(future: Future[Any]) -> None:
        try:
            future.result()
        except CancelledError:
            pass
        except (ModelError, ContextError) as error:  # says in one line what is wrong; no fault of ours
            log.warning("%s failed: %s", what, error)
        except Exception:
            log.exception("%s failed", what)

    return done
