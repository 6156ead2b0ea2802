"""The two ways in which a command ends badly. Each is one line on standard error that says what to do."""

from __future__ import annotations

from typer.exceptions import TyperException


class WrongUse(TyperException):
    """The command was called wrongly."""

    exit_code = 2


class Failed(TyperException):
    """The command was right, but could not be done."""

    exit_code = 1
