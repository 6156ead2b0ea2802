"""A shared engine that may go away, with the embedded core in its place until it is back.

What is asked of tokens (the project's own wording, names judged) is always answered in the embedded core's: it is here,
and a request for each would cost more than it brings.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from inhouse.model.cancel import CancelFlag
from inhouse.model.fill import Engine, Fill, FillRequest, Judged, ModelError, Steering
from inhouse.model.shared.client import Away
from inhouse.model.shared.connect import connect
from inhouse.model.shared.server import Address, ServerEngine

FIRST_PAUSE_S = 2.0
LONGEST_PAUSE_S = 60.0
"""Pauses between looks at a server that is away double from the first to the longest. Typing never waits for one."""

UNKNOWN_SIZE = 1_000_000_000
"""Weights of a server's model that nobody tells: people share an engine for a model that is larger than the core, and
what is done for the core (nothing of other files in the prompt, the core judging what was written) would harm it."""

log = logging.getLogger(__name__)


class SharedEngine:
    """The server's model while it answers, the embedded core while it does not. Used from one thread at a time."""

    def __init__(
        self,
        address: Address,
        open_core: Callable[[], Engine],
        *,
        open_server: Callable[[Address], ServerEngine] = connect,
        first_pause_s: float = FIRST_PAUSE_S,
    ) -> None:
        """Load the core, and connect if the server is there. Raises ModelError for what the user must mend."""
        self._address = address
        self._open_server = open_server
        self._first_pause_s = first_pause_s
        self._closed = threading.Event()
        self._lock = threading.Lock()
        self._server: ServerEngine | None = None
        self.why_away: str | None = None
        """What happened when the server was last found away; None while it answers."""
        self._core = open_core()
        try:
            self._server = open_server(address)
        except Away as away:
            self._lost(away)
        except BaseException:
            self._core.close()
            raise

    @property
    def name(self) -> str:
        server = self._server
        return server.name if server else f"{self._core.name} (server away)"

    @property
    def parameters(self) -> int:
        server = self._server
        return (server.parameters or UNKNOWN_SIZE) if server else self._core.parameters

    @property
    def context_tokens(self) -> int:
        server = self._server
        return server.context_tokens if server else self._core.context_tokens

    @property
    def server(self) -> ServerEngine | None:
        """The server, while it answers."""
        return self._server

    @property
    def tokenizer(self) -> str:
        return self._core.tokenizer

    def tokenize(self, text: str, cancel: CancelFlag | None = None) -> list[int]:
        """In the embedded core's tokens."""
        return self._core.tokenize(text, cancel)

    @property
    def vocabulary_size(self) -> int:
        return self._core.vocabulary_size

    def piece(self, token: int) -> bytes:
        return self._core.piece(token)

    def within(self, text: bytes) -> NDArray[np.int32]:
        return self._core.within(text)

    def fill(
        self,
        request: FillRequest,
        cancel: CancelFlag,
        until: Callable[[str], bool] | None = None,
        steering: Steering | None = None,
    ) -> Fill:
        """By the server, without steering; by the core, with it, where the server fails."""
        server = self._server
        if server is not None:
            try:
                return server.fill(request, cancel, until)
            except Away as away:
                self._lost(away)
        return self._core.fill(request, cancel, until, steering)

    def score(
        self, request: FillRequest, texts: Sequence[str], cancel: CancelFlag, steering: Steering | None = None
    ) -> tuple[Judged, ...]:
        """By the embedded core: no server judges texts that it did not write."""
        return self._core.score(request, texts, cancel, steering)

    def warm(self, request: FillRequest, cancel: CancelFlag) -> bool:
        server = self._server
        if server is not None:
            try:
                return server.warm(request, cancel)
            except Away as away:
                self._lost(away)
        return self._core.warm(request, cancel)

    def close(self) -> None:
        self._closed.set()
        with self._lock:
            if self._server is not None:
                self._server.close()
                self._server = None
        self._core.close()

    def _lost(self, away: Away) -> None:
        """Go on with the core, and look for the server from time to time."""
        self.why_away = str(away)
        log.warning("the shared engine at %s is away: %s", self._address.url, away)
        with self._lock:
            old, self._server = self._server, None
        if old is not None:
            old.close()
        threading.Thread(target=self._look, name="shared engine: look", daemon=True).start()

    def _look(self) -> None:
        pause = self._first_pause_s
        while not self._closed.wait(pause):
            pause = min(2 * pause, LONGEST_PAUSE_S)
            try:
                found = self._open_server(self._address)
            except Away:
                continue
            except ModelError as error:  # said once, not every minute
                if self.why_away != str(error):
                    self.why_away = str(error)
                    log.warning("the shared engine is back, but cannot be used: %s", error)
                continue
            except Exception:
                log.exception("the shared engine cannot be looked for")
                continue
            with self._lock:
                if self._closed.is_set():
                    found.close()
                    return
                self._server, self.why_away = found, None
            log.info("the shared engine at %s is back", self._address.url)
            return


def open_shared(address: Address, open_core: Callable[[], Engine]) -> SharedEngine:
    """The shared engine at an address. Raises ModelError for what the user must mend."""
    return SharedEngine(address, open_core)
