"""Prints what may hold a project's or a model's own words: names, source, metadata."""

from __future__ import annotations

import typer

from inhouse.server.printable import printable


def say(text: str, *, err: bool = False) -> None:
    """One or more lines for people; a terminal escape in them is shown, not obeyed."""
    typer.echo(printable(text), err=err)
