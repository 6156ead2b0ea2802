"""Follows the settings' files, so that what is changed in them counts without a restart. Reads none of them."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from inhouse.completion.configuration import PROJECT_FILE, user_file
from inhouse.model.shelf import CHOSEN, Shelf

if TYPE_CHECKING:
    from inhouse.server.server import InhouseServer

log = logging.getLogger(__name__)

POLL_S = 1.0
"""Editors tell of these files only where they are asked to and can; a look at two of them costs 0.01 ms."""

Stamp = tuple[int, int, int]


class SettingsFiles:
    """The user's file, each project's inhouse.toml, and what `inhouse model use` chose, as they were read last."""

    def __init__(self, server: InhouseServer) -> None:
        self._server = server
        self._seen: Mapping[Path, Stamp | None] = {}
        """Replaced as a whole: another thread looks at it."""
        self._told: object = None
        self._thread: threading.Thread | None = None

    def about_to_be_read(self, roots: Iterable[Path], told: object) -> None:
        """Note, before they are read, how the files are and what the editor told: what changes meanwhile counts too."""
        self._told = told
        files = (user_file(), Shelf().folder / CHOSEN, *(root / PROJECT_FILE for root in roots))
        self._seen = {file: _stamp(file) for file in files}

    def also(self, root: Path) -> None:
        """A project's file is about to be read that was not before."""
        file = root / PROJECT_FILE
        self._seen = {**self._seen, file: _stamp(file)}

    def follow(self) -> None:
        """Look at them from now on, in a thread: a home folder on a network may take its time."""
        if self._thread is None:
            loop = asyncio.get_running_loop()
            self._thread = threading.Thread(target=self._look, args=(loop,), name="settings files", daemon=True)
            self._thread.start()

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        while not self._server.stopped.wait(POLL_S):
            if any(_stamp(file) != stamp for file, stamp in self._seen.items()):
                try:
                    loop.call_soon_threadsafe(self._read_again)
                except RuntimeError:
                    return  # the loop is closed

    def _read_again(self) -> None:
        log.info("a file of settings has changed")
        self._server.configure(self._told)
        self._server.start_work()


def _stamp(path: Path) -> Stamp | None:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
