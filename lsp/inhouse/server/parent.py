"""Ends the server when the editor that started it is gone, even if it left standard input open. Nothing else."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import psutil

POLL_S = 0.5
"""An orphaned server must be gone within 2 s; a look costs about 0.1 ms."""

log = logging.getLogger(__name__)


def watch(pid: int, gone: Callable[[], None], poll_s: float = POLL_S) -> threading.Event | None:
    """Call `gone` once, from another thread, when the process ends. Setting the event returned ends the watch.

    A process that cannot be seen from here (another container or machine) is not watched: None.
    """
    try:
        process = psutil.Process(pid)
    except psutil.Error:
        log.info("process %d, which started this server, cannot be seen from here: not watched", pid)
        return None
    stop = threading.Event()

    def look() -> None:
        while not stop.wait(poll_s):
            if not _lives(process):
                gone()
                return

    threading.Thread(target=look, name="parent-watch", daemon=True).start()
    return stop


def _lives(process: psutil.Process) -> bool:
    """Whether this very process runs: not another one that got its number, and not one that only waits to be reaped."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False
