"""Follows what becomes of the suggestions in open documents and has the project's learner learn from it.

Tells the tracker in completion.learning of what was shown and of every edit; the learning itself, which writes to the
disk, runs in the index thread. No learning is decided here.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from inhouse.completion import CompletionRequest
from inhouse.completion.learning import Edit, Settled, Shown, Tracker
from inhouse.completion.learning.tracker import Read
from inhouse.completion.request import relative
from inhouse.context.files import included
from inhouse.model import CancelFlag
from inhouse.server import wire
from inhouse.server.documents import Cursor, Document, lf
from inhouse.server.folders import file_of, locate
from inhouse.server.worker import log_failure

if TYPE_CHECKING:
    from inhouse.server.server import InhouseServer

_CONTEXT_CHARACTERS = 400
_LEAST_WAIT_S = 0.05


class Feedback:
    """One tracker for all documents, and the timer for its checks. Belongs to the event loop."""

    def __init__(self, server: InhouseServer) -> None:
        self._server = server
        self._tracker = Tracker(time.monotonic, self._settled)
        self._timer: asyncio.TimerHandle | None = None

    def shown(
        self,
        document: Document,
        cursor: Cursor,
        request: CompletionRequest,
        items: Sequence[wire.Shown],
        number: int,
        ms: float,
    ) -> None:
        """Items were sent to the editor, which shows the first one; `ms` is the time from the request on."""
        item = items[0].item
        before = request.text[max(0, item.start - _CONTEXT_CHARACTERS) : item.start]
        self._tracker.shown(
            Shown(
                number=number,
                document=document.uri,
                start=(cursor.line, item.start - cursor.line_start),
                text=items[0].text,
                cursor=request.offset - item.start,
                context=lf(before),
                probability=item.probability,
                source=item.source,
                ms=ms,
                others=tuple(other.text for other in items[1:]),
                model=self._server.assistant.model_name,
            )
        )

    def is_after_accept(self, document: Document, cursor: Cursor) -> bool:
        """Whether the cursor stands right behind a suggestion that was just accepted."""
        return self._tracker.just_accepted(document.uri) == (cursor.line, cursor.offset - cursor.line_start)

    def accepted(self, number: int) -> None:
        self._tracker.accepted(number)

    def changed(self, document: Document, edits: Sequence[Edit]) -> None:
        self._tracker.changed(document.uri, edits, document.between)

    def closed(self, document: Document) -> None:
        self._tracker.closed(document.uri, document.between)

    def _settled(self, settled: Settled) -> None:
        server, uri = self._server, settled.shown.document
        if not settled.after_s:
            self._wait(_LEAST_WAIT_S)
        root, path = locate(uri, server.folders)
        if not server.settings_of(root).learning or file_of(uri) is None:
            return

        def work(_: CancelFlag) -> None:
            if not included(root, relative(path, root)):
                return  # it may hold secrets, or is ignored: what is written there is not to be said elsewhere
            if learner := server.assistant.learner(root):
                learner.settle(settled)

        key = f"settle {settled.shown.number} {settled.after_s}"
        server.indexer.submit(key, work).add_done_callback(log_failure("learning from a suggestion"))

    def _wait(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(max(_LEAST_WAIT_S, seconds), self._look)

    def _look(self) -> None:
        """The time of a check has come."""
        self._timer = None
        due = self._tracker.due(self._reader)
        if due is not None:
            self._wait(due - time.monotonic())

    def _reader(self, uri: str) -> Read | None:
        document = self._server.documents.get(uri)
        return document.between if document is not None else None
