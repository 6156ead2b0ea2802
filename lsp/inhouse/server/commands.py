"""workspace/executeCommand: what editors ask for beside completions. Commands never fail on odd arguments."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inhouse.context import ContextError
from inhouse.model import CancelFlag
from inhouse.server.completing import ACCEPTED
from inhouse.server.folders import locate

if TYPE_CHECKING:
    from inhouse.server.server import InhouseServer

WHY = "inhouse.why"
"""Command that returns the last answer for a document: what it was looked up from, or why there was nothing."""

STATUS = "inhouse.status"
"""Command that returns what the server is doing, as `inhouse/status` tells it."""

CONVENTIONS = "inhouse.conventions"
"""Command that returns what a project does its own way, with evidence; the same as `inhouse conventions`."""

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
            server.feedback.accepted(number)
            log.info("accepted %d of %d shown", server.answers.accepted, server.answers.shown)

    @server.command(STATUS)
    def status(*_: Any) -> dict[str, Any]:
        return server.status.to_json()

    @server.command(CONVENTIONS)
    async def conventions(*arguments: Any) -> dict[str, Any]:
        """Arguments: a document's URI, or none for the first folder."""
        uri = arguments[0] if arguments and isinstance(arguments[0], str) else None
        return await _conventions(server, uri)


async def _conventions(server: InhouseServer, uri: str | None) -> dict[str, Any]:
    """The report on a document's project, mined in the index thread behind what it has still to read."""
    folders = server.folders
    root = locate(uri, folders)[0] if uri else folders[-1] if folders else Path.cwd()
    progress = server.start_progress(f"inhouse: conventions of {root.name}")

    def work(flag: CancelFlag) -> str:
        return server.assistant.project(root).conventions(lambda: flag.is_set).render()

    try:
        text = await asyncio.wrap_future(server.indexer.submit(f"conventions {root}", work))
    except ContextError as error:
        return {"root": str(root), "text": None, "problem": str(error)}
    finally:
        progress.end()
    return {"root": str(root), "text": text, "problem": None if text else "asked for again meanwhile"}
