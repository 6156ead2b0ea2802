"""A temporary folder in place of a cache folder that cannot be written: one process goes on with it, and takes it away.

Decided once, before the first project is opened. A cache that becomes read-only later stays in use: it can be read.
"""

import atexit
import os
import shutil
import signal
import stat
import sys
import tempfile
import threading
from pathlib import Path

from inhouse.context.locating import default_cache_folder
from inhouse.context.private import private_folder

if sys.platform != "win32":
    import fcntl

VARIABLE = "INHOUSE_CACHE_DIR"
"""Set for this process and those that it starts, so that all parts look there."""

_PREFIX = "inhouse-spare-"
_ROOM_BYTES = 100_000
"""Where less can be written the disk counts as full: an empty index takes 16 kB, and its log as much as is written."""
_TRIES = 5

_mine: tuple[int, Path] | None = None
"""The process that made the folder, and the folder."""


def take() -> str | None:
    """Where the cache folder cannot be written, has a temporary one used from now on, and says so in one line.

    None where the cache can be written, and where no temporary folder can be had either; a second call does nothing.
    """
    global _mine  # noqa: PLW0603  (the environment, which it stands for, is the process's too)
    cache = default_cache_folder()
    if _mine is not None or (fault := trouble(cache)) is None:
        return None
    try:
        _sweep(Path(tempfile.gettempdir()))
        folder = _made()
    except OSError:
        return None
    _mine = os.getpid(), folder
    _remove_at_the_end()
    if trouble(folder) is not None:
        remove()
        return None
    os.environ[VARIABLE] = str(folder)
    return (
        f"the cache folder {cache} cannot be written ({fault.strerror}): for this session the index is kept in "
        f"{folder} and made anew by the next one; make room or give yourself the right to write there, or set "
        f"{VARIABLE} to another folder"
    )


def _remove_at_the_end() -> None:
    """Also where the process is asked to end by a signal, which Python does not take for an exit."""
    atexit.register(remove)
    if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:

        def end(number: int, _: object) -> None:
            remove()
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)

        signal.signal(signal.SIGTERM, end)


def taken() -> bool:
    """Whether this process works in a temporary folder."""
    return _mine is not None


def remove() -> None:
    """Removes the temporary folder, if there is one; before the end of a process that ends without further ado, too."""
    global _mine  # noqa: PLW0603
    if _mine is not None and _mine[0] == os.getpid():
        shutil.rmtree(_mine[1], ignore_errors=True)
        _mine = None


def trouble(cache: Path) -> OSError | None:
    """Why no index can be kept in a cache folder; None if one can."""
    folder = cache / "projects"
    probe = folder / f".room-{os.getpid()}"
    try:
        private_folder(folder)
        try:
            probe.write_bytes(bytes(_ROOM_BYTES))
        finally:
            probe.unlink(missing_ok=True)
    except OSError as error:
        return error
    return None


def _made() -> Path:
    """A new folder for this user alone, locked as long as this process lives. Raises OSError."""
    for _ in range(_TRIES):
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        if _locked(folder) is not None and folder.is_dir():  # else another process takes it for left behind
            return folder
        shutil.rmtree(folder, ignore_errors=True)
    raise OSError("no temporary folder")


def _sweep(temporary: Path) -> None:
    """Removes what processes left behind that were killed: those of this user which nobody holds."""
    if sys.platform == "win32":
        return  # no lock tells there who lives
    for folder in temporary.glob(f"{_PREFIX}*"):
        try:
            status = folder.lstat()
            if stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid() and (held := _locked(folder)) is not None:
                shutil.rmtree(folder, ignore_errors=True)
                os.close(held)
        except OSError:
            continue


def _locked(folder: Path) -> int | None:
    """Locks a folder until the process ends, however it ends; None if another process holds it."""
    if sys.platform == "win32":
        return -1
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor
