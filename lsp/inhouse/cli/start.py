"""Where the program begins: what an editor waits for, the server, without what only the other commands need."""

from __future__ import annotations

import gc
import sys
from collections.abc import Generator
from contextlib import contextmanager

from inhouse.cli import bytecode

_SERVE = (["serve"], ["serve", "--stdio"])
"""What editors say. Everything else is read by typer, which takes 0.1 s to load."""


def run() -> None:
    """Run the command that the program was started with, and exit."""
    bytecode.keep()
    if sys.argv[1:] not in _SERVE:
        from inhouse.cli.main import run as run_command

        run_command()
    try:
        code = _serve()
    except Exception as error:  # noqa: BLE001  (told, or raised again, as of every command)
        from inhouse.cli.main import fail

        fail(error)
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)


def _serve() -> int:
    with loading():
        from inhouse.server.log import configure as configure_log
        from inhouse.server.run import serve_stdio
        from inhouse.server.server import InhouseServer

        configure_log()
        server = InhouseServer()
    return serve_stdio(server)


@contextmanager
def loading() -> Generator[None]:
    """Load the server's modules inside of this: the protocol's types are made when they are used, and nobody looks for
    garbage, of which modules make hardly any: that takes a sixth of the time. What is there at the end stays for good,
    and is not looked through either."""
    gc.disable()
    try:
        from inhouse.server import light_types

        light_types.load()
        yield
        gc.freeze()
    finally:
        gc.enable()
