"""Work-done progress in the editor for work that runs in another thread. Without the editor's support it is silent."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcException

if TYPE_CHECKING:
    from pygls.lsp.server import LanguageServer

REPORT_S = 0.1
"""Reports come no faster than this; an editor cannot show more."""

CREATE_S = 5.0
"""An editor that does not answer window/workDoneProgress/create in this time gets no progress."""

log = logging.getLogger(__name__)


class Progress:
    """One bar: made on the event loop; `report` and `end` may be called from any thread."""

    def __init__(self, server: LanguageServer, token: str, title: str) -> None:
        self._server = server
        self._token = token
        self._title = title
        self._loop = asyncio.get_running_loop()
        self._changed = asyncio.Event()
        self._percentage = 0
        self._message: str | None = None
        self._ended = False
        window = server.client_capabilities.window
        self._task = self._loop.create_task(self._show()) if window and window.work_done_progress else None

    def report(self, fraction: float, message: str | None = None) -> None:
        """How much is done, 0 to 1."""
        self._percentage, self._message = round(100 * max(0.0, min(1.0, fraction))), message
        self._wake()

    def end(self, message: str | None = None) -> None:
        self._ended, self._message = True, message
        self._wake()

    def _wake(self) -> None:
        try:
            self._loop.call_soon_threadsafe(self._changed.set)
        except RuntimeError:
            log.debug("progress after the end of the session")

    async def _show(self) -> None:
        try:
            create = types.WorkDoneProgressCreateParams(self._token)
            await asyncio.wait_for(self._server.window_work_done_progress_create_async(create), CREATE_S)
        except (JsonRpcException, TimeoutError) as error:
            log.info("the editor shows no progress: %s", type(error).__name__)
            return
        self._send(types.WorkDoneProgressBegin(self._title, cancellable=False, percentage=self._percentage))
        while not self._ended:
            self._send(types.WorkDoneProgressReport(message=self._message, percentage=self._percentage))
            await asyncio.sleep(REPORT_S)
            await self._changed.wait()
            self._changed.clear()
        self._send(types.WorkDoneProgressEnd(message=self._message))

    def _send(self, value: object) -> None:
        self._server.progress(types.ProgressParams(self._token, value))
