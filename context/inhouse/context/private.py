"""Folders and files for their owner alone: what is kept of a project says much of its source."""

import os
from contextlib import suppress
from pathlib import Path


def private_folder(path: Path) -> None:
    """Makes one of our folders, and those above it that are not there yet, for its owner alone; takes the rights of
    others from one that is there. Raises OSError when it cannot be made."""
    for folder in [*reversed(path.parents), path]:
        if not folder.exists():
            with suppress(FileExistsError):
                folder.mkdir(mode=0o700)
    if path.stat().st_mode & 0o077:
        with suppress(PermissionError):  # somebody else's folder that we may use: theirs to decide
            path.chmod(0o700)


def private_file(path: Path) -> None:
    """Makes a file for its owner alone, or takes the rights of others from one that is there. Raises OSError."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if os.fstat(descriptor).st_mode & 0o077 and hasattr(os, "fchmod"):
            with suppress(PermissionError):  # somebody else's file that we may use: theirs to decide
                os.fchmod(descriptor, 0o600)
    finally:
        os.close(descriptor)
