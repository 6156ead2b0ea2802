"""What the server is doing, for a status bar: `inhouse/status`, sent to clients that ask for it. Decides nothing.

A client asks by `experimental: {"inhouseStatus": true}` in its capabilities: others would complain of a notification
that the protocol does not have. The command `inhouse.status` tells the same to anybody.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from inhouse.server.server import InhouseServer

NOTIFICATION = "inhouse/status"
WANTED = "inhouseStatus"
"""Name of the client's experimental capability."""


class Status:
    """The server's state in words; told whenever it has changed. Belongs to the event loop."""

    def __init__(self, server: InhouseServer) -> None:
        self._server = server
        self._thinking = 0
        self._told: dict[str, Any] | None = None
        self.failed = False
        """Whether the model could not be loaded."""

    def to_json(self) -> dict[str, Any]:
        """`state` is off, loading, failed, thinking or idle; `model` is empty until it is loaded.

        `power` is mains or battery; `mode` is full, saving (short answers, no work ahead) or instant (nothing by the
        model); `engine` is embedded, server, or away for a server that does not answer.
        """
        power, assistant = self._server.power.state(), self._server.assistant
        return {
            "state": self._state(),
            "model": assistant.model_name,
            "power": power.source,
            "mode": power.mode,
            "engine": assistant.engine_state,
        }

    def _state(self) -> str:
        if not self._server.settings.enabled:
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

    @contextmanager
    def thinking(self) -> Generator[None]:
        """A request is being worked on."""
        self._thinking += 1
        self.tell()
        try:
            yield
        finally:
            self._thinking -= 1
            self.tell()

    def _is_wanted(self) -> bool:
        wishes: object = self._server.client_capabilities.experimental
        return isinstance(wishes, Mapping) and cast("Mapping[str, object]", wishes).get(WANTED) is True
