"""Where the server's log goes: standard error or a file, never standard output, and never with source text in it."""

from __future__ import annotations

import io
import logging
import sys
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path

from inhouse.context import private_file, private_folder
from inhouse.model.store import default_cache_folder
from inhouse.server.printable import printable

ERRORS_FILE = "errors.log"
"""In the cache folder: the last warnings and errors, for `inhouse doctor`."""
_ERRORS_BYTES = 64_000


class _NoValues(logging.Filter):
    """Keeps what pygls says, but not the values it says it about: message bodies contain the user's source."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith("pygls"):
            error = record.exc_info[0] if record.exc_info else None
            record.msg = str(record.msg).split("\n")[0] + (f" ({error.__name__})" if error else "")
            record.args, record.exc_info, record.exc_text = (), None, None
        return True


class _Printable(logging.Formatter):
    """Names of files and folders may hold terminal escapes: shown, not obeyed."""

    def format(self, record: logging.LogRecord) -> str:
        return printable(super().format(record))


class _Private(RotatingFileHandler):
    """A file that only the user can read: it names files of the user's projects."""

    def _open(self) -> io.TextIOWrapper:
        private_file(Path(self.baseFilename))
        return super()._open()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  (logging's name)
        """A full disk, or a cache that became read-only: the line stands on standard error as well, and is enough."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handleError(record)


def configure(file: Path | None = None, verbose: bool = False) -> None:
    """Send the log to a file, or to standard error. Raises OSError if the file cannot be opened."""
    handler = logging.StreamHandler(sys.stderr) if file is None else logging.FileHandler(file, encoding="utf-8")
    handler.setFormatter(_Printable("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler.addFilter(_NoValues())
    root = logging.getLogger()
    root.addHandler(handler)
    _keep_errors(root, handler)
    root.setLevel(logging.WARNING)
    logging.getLogger("inhouse").setLevel(logging.DEBUG if verbose else logging.INFO)
    # pygls writes every message's body at INFO and a line for each late cancellation at WARNING.
    logging.getLogger("pygls").setLevel(logging.ERROR)


def _keep_errors(root: logging.Logger, like: logging.Handler) -> None:
    """Keep warnings and errors in a file of bounded size. A cache that cannot be written is no obstacle."""
    with suppress(OSError):
        folder = default_cache_folder()
        if not folder.exists():  # another may be one that the user shares on purpose
            private_folder(folder)
        keeper = _Private(folder / ERRORS_FILE, maxBytes=_ERRORS_BYTES, backupCount=1, encoding="utf-8", delay=True)
        keeper.setLevel(logging.WARNING)
        keeper.setFormatter(like.formatter)
        keeper.addFilter(_NoValues())
        root.addHandler(keeper)
