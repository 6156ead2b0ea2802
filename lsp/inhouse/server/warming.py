"""Reads documents ahead of the next question, in the decoding thread's idle time: on open, on save, at rest.

It never decides where the cursor is: it goes by where the editor last asked, as long as the text is still the same.
Elsewhere the model would read what nobody wants, and forget what the user is typing at.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from lsprotocol import types

from inhouse.completion import CompletionRequest
from inhouse.model import CancelFlag
from inhouse.server.documents import Document
from inhouse.server.folders import locate
from inhouse.server.worker import log_failure

if TYPE_CHECKING:
    from inhouse.server.server import InhouseServer

REST_S = 0.3
"""A cursor that was not asked for again in this time is at rest; between two keys of a fast typist lie 0.1 to 0.2 s."""

LARGEST_CHARACTERS = 1_000_000
"""Larger documents are not read ahead: to copy them takes longer than is won."""


class Warming:
    """Where each open document was last asked, and the idle jobs that follow from it."""

    def __init__(self, server: InhouseServer) -> None:
        self._server = server
        self._asked: dict[str, tuple[int, types.Position]] = {}

    def asked(self, document: Document, position: types.Position) -> None:
        """A completion was asked for; called again when it has ended, however it ended."""
        self._asked[document.uri] = (document.revision, position)

    def forget(self, uri: str) -> None:
        self._asked.pop(uri, None)

    def rest(self, document: Document) -> None:
        """A question was answered or given up: read the place exactly, unless something happens there soon."""
        before = self._asked.get(document.uri)

        def look() -> None:
            if self._asked.get(document.uri) is before:
                self.read(document)

        asyncio.get_running_loop().call_later(REST_S, look)

    def read(self, document: Document) -> None:
        """Read the document where it was last asked, or its beginning if it never was, when there is time."""
        server, uri = self._server, document.uri
        revision, position = self._asked.get(uri, (document.revision, types.Position(0, 0)))
        if server.documents.get(uri) is not document or revision != document.revision or not self._wanted(document):
            return
        cursor = document.cursor(position)
        root, path = locate(uri, server.folders)
        request = CompletionRequest(root, path, cursor.text, cursor.offset, language=document.language or None)

        def work(flag: CancelFlag) -> None:
            server.assistant.warm(request, flag)

        # The document's own key: its next change or question ends the job.
        server.decoder.submit_idle(uri, work).add_done_callback(log_failure("reading ahead"))

    def read_all(self) -> None:
        """The model or the index has become ready: what was read so far lacks something."""
        for document in self._server.documents.values():
            self.read(document)

    def _wanted(self, document: Document) -> bool:
        server = self._server
        return server.configured.is_set() and document.characters <= LARGEST_CHARACTERS
