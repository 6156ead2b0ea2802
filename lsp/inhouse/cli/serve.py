"""`inhouse serve`: the language server."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from inhouse.cli.errors import Failed, WrongUse
from inhouse.cli.start import loading


def serve(
    stdio: Annotated[bool, typer.Option("--stdio", help="Speak over standard input and output (the default).")] = False,
    tcp: Annotated[str | None, typer.Option(metavar="HOST:PORT", help="Speak over one TCP connection instead.")] = None,
    log: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the log there, not to stderr.")] = None,
    verbose: Annotated[bool, typer.Option("--verbose", help="Log more. Never source text.")] = False,
) -> None:
    """Run the language server for an editor."""
    with loading():  # here, for `--help` need not pay for it
        from inhouse.server.log import configure as configure_log
        from inhouse.server.run import serve_stdio, serve_tcp
        from inhouse.server.server import InhouseServer

    if stdio and tcp is not None:
        raise WrongUse("give --stdio or --tcp, not both")
    address = None if tcp is None else parse_address(tcp)
    try:
        configure_log(log, verbose)
    except OSError as error:
        raise Failed(f"{log}: {error.strerror}; give --log a file that can be written") from None
    if address is None:
        raise typer.Exit(serve_stdio(InhouseServer()))
    try:
        raise typer.Exit(serve_tcp(InhouseServer(), *address))
    except OSError as error:
        raise Failed(f"cannot listen on {tcp}: {error.strerror or error}; choose another port") from None


def parse_address(text: str) -> tuple[str, int]:
    """Host and port of HOST:PORT; an IPv6 host may stand in brackets, and no host means this machine alone."""
    host, colon, port = text.rpartition(":")
    if not colon or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise WrongUse(f"--tcp {text}: must be HOST:PORT, such as 127.0.0.1:9257")
    return host.strip("[]") or "127.0.0.1", int(port)
