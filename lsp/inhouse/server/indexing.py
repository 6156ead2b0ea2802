"""Keeps the index in step with the disk and with the editor's buffers, in the index thread. Never waits for it."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from inhouse.model import CancelFlag
from inhouse.server import pauses
from inhouse.server.documents import Document
from inhouse.server.folders import file_of, locate
from inhouse.server.worker import log_failure

if TYPE_CHECKING:
    from inhouse.server.server import InhouseServer

QUIET_S = 0.5
"""A buffer is read again when its user has paused this long: parsing 100 kB takes 25 ms, too much for every key."""

LARGEST_CHARACTERS = 1_000_000
"""Buffers above this are not indexed, as files above it are not."""

log = logging.getLogger(__name__)


def refresh(server: InhouseServer, root: Path) -> None:
    """Bring the index of a project up to date with its files, once, and follow them from then on."""
    if root in server.indexed or not _wanted(server, root):
        return
    server.indexed.add(root)
    progress = server.start_progress(f"inhouse: reading {root.name}")
    loop = asyncio.get_running_loop()

    def work(flag: CancelFlag) -> None:
        try:
            project = server.assistant.project(root)
            figures = project.refresh(
                lambda done, total: progress.report(done / max(1, total), f"{done} of {total} files"),
                lambda: flag.is_set,
            )
            log.info("%s: %d files in %.1f s", root.name, figures.files, figures.seconds)
            project.watch()
            server.assistant.learn(root, lambda: flag.is_set)
            pauses.settle()
            with suppress(RuntimeError):  # the session has ended meanwhile, and its loop is closed
                loop.call_soon_threadsafe(server.warming.read_all)
            project.on_change(lambda: _learn(server, root))
        finally:
            progress.end()

    server.indexer.submit(f"refresh {root}", work).add_done_callback(log_failure(f"reading {root.name}"))


def opened(server: InhouseServer, document: Document) -> None:
    """A document was opened: read its project, and its text, which may differ from the disk's."""
    if file_of(document.uri) is not None:
        refresh(server, locate(document.uri, server.folders)[0])
        _read(server, document)


def changed(server: InhouseServer, document: Document) -> None:
    """A document was edited: read it again once its user pauses."""
    if file_of(document.uri) is None or not server.configured.is_set():
        return
    revision = document.revision

    def look() -> None:
        now = server.documents.get(document.uri)
        if now is document and document.revision == revision and document.read != revision:
            _read(server, document)

    asyncio.get_running_loop().call_later(QUIET_S, look)


def saved(server: InhouseServer, document: Document) -> None:
    """A document was saved: read it at once, without waiting for a pause. Nobody saves at every key."""
    if file_of(document.uri) is not None:
        _read(server, document)


def closed(server: InhouseServer, uri: str) -> None:
    """A document was closed: from now on the file on the disk counts."""
    _update(server, uri, None)


def _read(server: InhouseServer, document: Document) -> None:
    if document.characters <= LARGEST_CHARACTERS:
        document.read = document.revision
        _update(server, document.uri, document.text)


def _update(server: InhouseServer, uri: str, text: str | None) -> None:
    """Let the text of a buffer, or with None the disk's again, count in the index."""
    root, path = locate(uri, server.folders)
    if file_of(uri) is None or not _wanted(server, root):
        return

    def work(_: CancelFlag) -> None:
        server.assistant.project(root).update(path, text)
        server.assistant.learn(root)

    server.indexer.submit(f"update {uri}", work).add_done_callback(log_failure("reading a changed file"))


def _learn(server: InhouseServer, root: Path) -> None:
    """Files have changed on the disk: learn their wording, in the index thread."""

    def work(flag: CancelFlag) -> None:
        if root in server.indexed:  # else it was let go of meanwhile
            server.assistant.learn(root, lambda: flag.is_set)

    server.indexer.submit(f"learn {root}", work).add_done_callback(log_failure("learning changed files"))


def _wanted(server: InhouseServer, root: Path) -> bool:
    if not server.configured.is_set():
        return False
    settings = server.settings_of(root)
    return settings.enabled and settings.project_context
