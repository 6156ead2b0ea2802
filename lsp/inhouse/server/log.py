"""Where the server's log goes: standard error or a file, never standard output, and never with source text in it."""

from __future__ import annotations

import logging
import sys
from pathlib import Path


class _NoValues(logging.Filter):
    """Keeps what pygls says, but not the values it says it about: message bodies contain the user's source."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith("pygls"):
            error = record.exc_info[0] if record.exc_info else None
            record.msg = str(record.msg).split("\n")[0] + (f" ({error.__name__})" if error else "")
            record.args, record.exc_info, record.exc_text = (), None, None
        return True


def configure(file: Path | None = None, verbose: bool = False) -> None:
    """Send the log to a file, or to standard error. Raises OSError if the file cannot be opened."""
    handler = logging.StreamHandler(sys.stderr) if file is None else logging.FileHandler(file, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler.addFilter(_NoValues())
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger("inhouse").setLevel(logging.DEBUG if verbose else logging.INFO)
    # pygls writes every message's body at INFO and a line for each late cancellation at WARNING.
    logging.getLogger("pygls").setLevel(logging.ERROR)
