"""What the server is doing, for a status bar: `inhouse/status`, sent to clients that ask for it. Decides nothing.

A client asks by `experimental: {"inhouseStatus": true}` in its capabilities: others would complain of a notification
that the protocol does not have. The command `inhouse.status` tells the same to anybody.
"""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from inhouse.completion import CompletionRequest
from inhouse.completion.refusals import why_off
from inhouse.context import spare
from inhouse.server.documents import Document
from inhouse.server.folders import locate

if TYPE_CHECKING:
    from inhouse.server.server import InhouseServer

NOTIFICATION = "inhouse/status"
WANTED = "inhouseStatus"
"""Name of the client's experimental capability."""

THINKING_S = 0.15
"""Most answers are there before this: a sign that came and went with every key would only flicker."""


class Status:
    """The server's state in words; told whenever it has changed. Belongs to the event loop."""

    def __init__(self, server: InhouseServer) -> None:
        self._server = server
        self._thinking = 0
        self._off: dict[str, str] = {}
        self._told: dict[str, Any] | None = None
        self.failed = False
        """Whether the model could not be loaded."""

    def to_json(self) -> dict[str, Any]:
        """`state` is off, loading, failed, thinking or idle; `model` is empty until it is loaded.

        `power` is mains or battery; `mode` is full, saving (short answers, no work ahead) or instant (nothing by the
        model); `engine` is embedded, server, or away for a server that does not answer; `index` is kept, or temporary
        where the cache folder cannot be written. `off`: the open documents in which nothing is suggested, `uri`, and
        `why`, whoever has set that.
        """
        power, assistant = self._server.power.state(), self._server.assistant
        return {
            "state": self._state(),
            "model": assistant.model_name,
            "power": power.source,
            "mode": power.mode,
            "engine": assistant.engine_state,
            "index": "temporary" if spare.taken() else "kept",
            "off": [{"uri": uri, "why": why} for uri, why in sorted(self._off.items())],
        }

    def _state(self) -> str:
        if not self._server.rules.enabled:
            return "off"
        if self.failed:
            return "failed"
        if not self._server.assistant.model_name:
            return "loading"
        return "thinking" if self._thinking else "idle"

    def tell(self) -> None:
        """Send the state if it is another one than was told last, and the client wants to hear of it."""
        now = self.to_json()
        if now != self._told and self._is_wanted():
            self._told = now
            self._server.protocol.notify(NOTIFICATION, now)

    def look(self, document: Document) -> None:
        """A document was opened, or the settings have changed: find out whether anything is suggested in it."""
        if not self._server.configured.is_set():
            return  # all are looked at then
        root, path = locate(document.uri, self._server.folders)
        request = CompletionRequest(root, path, "", 0, language=document.language or None)
        why = why_off(self._server.settings_of(root), request)
        if why:
            self._off[document.uri] = why
        else:
            self._off.pop(document.uri, None)
        self.tell()

    def look_at_all(self) -> None:
        for document in self._server.documents.values():
            self.look(document)
        self.tell()

    def forget(self, uri: str) -> None:
        self._off.pop(uri, None)

    @contextmanager
    def thinking(self) -> Generator[None]:
        """A request is being worked on, which is told if it takes long enough to be seen."""
        begun = False

        def begin() -> None:
            nonlocal begun
            begun = True
            self._thinking += 1
            self.tell()

        timer = asyncio.get_running_loop().call_later(THINKING_S, begin)
        try:
            yield
        finally:
            timer.cancel()
            self._thinking -= begun
            self.tell()

    def _is_wanted(self) -> bool:
        wishes: object = self._server.client_capabilities.experimental
        return isinstance(wishes, Mapping) and cast("Mapping[str, object]", wishes).get(WANTED) is True
