"""Where the index of a project lies: a file of its own in the user's cache folder. Makes nothing."""

import os
import re
from hashlib import blake2b
from pathlib import Path

import platformdirs


def default_cache_folder() -> Path:
    """Where indexes are kept: INHOUSE_CACHE_DIR, else the platform's cache folder of the user."""
    chosen = os.environ.get("INHOUSE_CACHE_DIR")
    return Path(chosen) if chosen else Path(platformdirs.user_cache_dir("inhouse", appauthor=False))


def database_of(root: Path, cache_folder: Path | None = None) -> Path:
    """The database of the project in a folder, which is given without links."""
    mark = blake2b(str(root).encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()
    name = re.sub(r"[^\w.-]", "_", root.name)[:40] or "root"
    return (cache_folder or default_cache_folder()) / "projects" / f"{name}-{mark}.sqlite3"
