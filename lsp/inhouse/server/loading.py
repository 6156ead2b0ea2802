"""Which assistant answers: made, its model loaded, replaced when the settings of its engine change. Asks it nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from lsprotocol import types

from inhouse.completion import Assistant, Settings
from inhouse.model import CancelFlag, ModelError
from inhouse.model.shelf import Shelf
from inhouse.server import pauses

if TYPE_CHECKING:
    from inhouse.server.server import InhouseServer

_ENGINE_SETTINGS = (
    "model", "threads", "gpu_layers", "flash_attention", "kv_type", "drafts", "context_tokens",
    "engine", "server_url", "server_kind", "server_model", "server_family", "server_timeout_ms",
)  # fmt: skip
"""A change of one of these needs a new engine; the others count from the next request on."""


class Loading:
    """Makes the server's assistants, one after the other. Belongs to the event loop."""

    def __init__(self, server: InhouseServer, make: Callable[[Settings], Assistant]) -> None:
        self._server, self._make = server, make
        self._chosen = Shelf().chosen()
        """By `inhouse model use`, where no setting names a model."""
        self._asked: Assistant | None = None
        """The assistant whose model was asked for."""
        self._tasks: set[asyncio.Task[None]] = set()
        """The loop itself keeps no reference."""

    def new(self) -> Assistant:
        assistant = self._make(self._server.settings)
        assistant.power = self._server.power
        return assistant

    def replace_if_changed(self, before: Settings) -> None:
        """Make another assistant if the settings, which were these before, ask for another engine."""
        settings = self._server.settings
        chosen = None if settings.model else Shelf().chosen()
        if chosen != self._chosen or any(getattr(settings, one) != getattr(before, one) for one in _ENGINE_SETTINGS):
            self._chosen = chosen
            self.replace()

    def replace(self) -> None:
        server = self._server
        old, server.assistant = server.assistant, self.new()
        # The old one's jobs go first in both threads, and the index thread is the last to use it. The key is its own:
        # a second change of the settings must not push the first one's closing out.
        key = f"close {id(old)}"
        server.decoder.submit(key, lambda _: server.indexer.submit(key, lambda _: old.close()))
        server.indexed.clear()

    def load_if_wanted(self) -> None:
        """Load the model once there is a project in which suggestions are wanted."""
        server = self._server
        if server.configured.is_set() and server.rules.enabled and self._asked is not server.assistant:
            self._asked = server.assistant
            task = asyncio.get_running_loop().create_task(self._load(server.assistant))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _load(self, assistant: Assistant) -> None:
        server = self._server
        progress = server.start_progress("inhouse: loading the model")

        def load(_: CancelFlag) -> None:
            try:
                assistant.load(progress.report)
                pauses.settle()
            finally:
                progress.end()

        try:
            await asyncio.wrap_future(server.decoder.submit("load", load))
            server.status.failed = False
        except ModelError as error:
            server.status.failed = True
            server.tell_once(types.MessageType.Error, f"inhouse: {error}")
        else:
            server.warming.read_all()
        server.status.tell()
