"""workspace/executeCommand: `inhouse.why` and `inhouse.accepted`. Commands never fail on odd arguments."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from inhouse.server.completing import ACCEPTED

if TYPE_CHECKING:
    from inhouse.server.server import InhouseServer

WHY = "inhouse.why"
"""Command that returns the last answer for a document: what it was looked up from, or why there was nothing."""

log = logging.getLogger(__name__)


def register(server: InhouseServer) -> None:
    @server.command(WHY)
    def why(*arguments: Any) -> dict[str, Any]:
        """Arguments: a document's URI, or none for the last answer of all."""
        uri = arguments[0] if arguments and isinstance(arguments[0], str) else None
        return server.answers.why(uri)

    @server.command(ACCEPTED)
    def accepted(*arguments: Any) -> None:
        """Arguments: the number that came with the item."""
        number = arguments[0] if arguments else None
        if isinstance(number, int) and server.answers.accept(number):
            log.info("accepted %d of %d shown", server.answers.accepted, server.answers.shown)
