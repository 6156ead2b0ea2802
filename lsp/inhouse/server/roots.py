"""Lets go of projects in which nothing is open any more. Opens none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from inhouse.model import CancelFlag
from inhouse.server import pauses
from inhouse.server.rules import roots_in_use
from inhouse.server.worker import log_failure

if TYPE_CHECKING:
    from inhouse.server.server import InhouseServer

MOST_IDLE = 3
"""Projects kept without an open document or a workspace folder: who closes a file soon opens one beside it. Each holds
about 20 descriptors and 6 threads, and a file outside of the workspace (a library's) makes its folder a project."""


def let_go(server: InhouseServer) -> None:
    """A document or a folder was closed: close the indexes that nobody needs, the oldest first."""
    needed = roots_in_use(server)
    server.rules.keep(needed)
    idle = [root for root in server.assistant.roots if root not in needed]
    for root in idle[:-MOST_IDLE]:
        server.indexed.discard(root)
        _release(server, root)


def _release(server: InhouseServer, root: Path) -> None:
    """Behind what both threads still have to do there."""
    assistant, key = server.assistant, f"release {root}"

    def close(_: CancelFlag) -> None:
        if root not in server.indexed:  # else it was opened again meanwhile
            assistant.release(root)
            pauses.settle()

    def pass_on(_: CancelFlag) -> None:
        server.indexer.submit(key, close).add_done_callback(log_failure(f"closing {root.name}"))

    server.decoder.submit(key, pass_on)
