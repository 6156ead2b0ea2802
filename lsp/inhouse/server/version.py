"""Which version of the program this is."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version


def program_version() -> str:
    """Version of the installed distribution."""
    try:
        return version("inhouse")
    except PackageNotFoundError:  # run from sources that are not installed
        return "0"
