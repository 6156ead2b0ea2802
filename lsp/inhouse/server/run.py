"""Runs a server over standard input and output or over one TCP connection, and ends the process cleanly."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import threading
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from pygls.io_ import StdoutWriter, run_async

from inhouse.context import spare
from inhouse.server import parent, pauses
from inhouse.server.server import InhouseServer

if TYPE_CHECKING:
    from pygls.io_ import AsyncWriter

_LAST_S = 5.0
"""For closing what is open, once the conversation is over."""
_CHUNK_BYTES = 65536

log = logging.getLogger(__name__)


def serve_stdio(server: InhouseServer) -> int:
    """Serve until exit, end of input or the parent's death. Returns the exit code."""
    parent.watch(os.getppid(), server.orphaned)
    log.info("serving over standard input and output, started by process %d", os.getppid())
    return _run(server, _stdio(server, _take_stdout()))


def serve_tcp(server: InhouseServer, host: str, port: int) -> int:
    """Serve the first connection, until exit or its end. Returns the exit code. Raises OSError if it cannot listen."""
    return _run(server, _tcp(server, host, port))


class _Out(StdoutWriter):
    """Standard output of an editor that may have gone: then the end of input follows and ends the server."""

    def write(self, data: bytes) -> None:
        try:
            super().write(data)
        except (BrokenPipeError, ValueError):
            log.debug("nobody reads the answers any more")


def _take_stdout() -> BinaryIO:
    """Standard output for the protocol alone: whatever else writes there, C code too, goes to standard error."""
    sys.stdout.flush()
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return out


def _run(server: InhouseServer, conversation: Coroutine[Any, Any, None]) -> int:
    if told := spare.take():
        log.warning("%s", told)
    pauses.short_turns()
    try:
        asyncio.run(conversation)
    except KeyboardInterrupt:
        server.exit_code = 130  # what a shell expects of an interrupted program
    _end_within(_LAST_S, server.exit_code)
    if not server.close():
        log.warning("a thread did not end in time")
        _leave(server.exit_code)
    return server.exit_code


def _end_within(seconds: float, exit_code: int) -> None:
    """End the process then at the latest: what does not let go, a thread or a child, must not outlive the editor."""
    timer = threading.Timer(seconds, _leave, (exit_code,))
    timer.daemon = True
    timer.start()


def _leave(exit_code: int) -> None:
    """End the process at once."""
    spare.remove()
    os._exit(exit_code)


async def _stdio(server: InhouseServer, out: BinaryIO) -> None:
    server.protocol.set_writer(_Out(out))
    await _converse(server, _read_in_thread(0))


async def _tcp(server: InhouseServer, host: str, port: int) -> None:
    connected: asyncio.Future[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Future()

    def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if connected.done():
            writer.close()
        else:
            connected.set_result((reader, writer))

    listener = await asyncio.start_server(connect, host, port)
    log.info("listening on %s:%d", *listener.sockets[0].getsockname()[:2])
    reader, writer = await connected
    listener.close()
    server.protocol.set_writer(cast("AsyncWriter", writer))
    await _converse(server, reader)
    writer.close()


async def _converse(server: InhouseServer, reader: asyncio.StreamReader) -> None:
    try:
        await run_async(server.stopped, reader, server.protocol, log, server.report_server_error)
    except (asyncio.IncompleteReadError, ConnectionError):
        log.info("the input ended inside a message")
    except ValueError:  # a line, or the number of bytes in a head, that does not end; what is behind it cannot be found
        log.error("what came in is no message of the language server protocol, so the server ends; start it again")


def _read_in_thread(descriptor: int) -> asyncio.StreamReader:
    """A reader of a file descriptor. The thread is a daemon: a read that never returns must not hold up the exit."""
    reader, loop = asyncio.StreamReader(), asyncio.get_running_loop()

    def read() -> None:
        try:
            while data := os.read(descriptor, _CHUNK_BYTES):
                loop.call_soon_threadsafe(reader.feed_data, data)
            loop.call_soon_threadsafe(reader.feed_eof)
        except (OSError, RuntimeError):
            log.debug("reading ended: %s", "the loop is closed" if loop.is_closed() else "the input is broken")

    threading.Thread(target=read, name="stdin", daemon=True).start()
    return reader
