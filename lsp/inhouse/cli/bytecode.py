"""Lets Python keep compiled modules in the cache folder where it would keep none: an installation that is read-only,
or PYTHONDONTWRITEBYTECODE, as in many containers. To compile them anew takes a second of a processor at each start.

Each gets a checksum there: Python believes what it finds, and leaves half a file where the disk is full.
"""

from __future__ import annotations

import hashlib
import importlib.machinery
import importlib.util
import os
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platformdirs import user_cache_path

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_DIGEST_BYTES = 16
_COMPILED = tuple(importlib.machinery.BYTECODE_SUFFIXES)
_PROBE = "lsprotocol"
"""A dependency whose module `types` is among the largest: is it compiled, the others are."""


def keep() -> None:
    """From now on modules are compiled once; nothing changes where they are already, or the folder is not ours."""
    if sys.pycache_prefix is not None or not hasattr(os, "geteuid") or not _python_keeps_none():
        return
    folder = _cache_folder() / "pycache"
    if _is_ours_alone(folder):
        sys.dont_write_bytecode = False
        sys.pycache_prefix = str(folder)
        finder = importlib.machinery.FileFinder.path_hook(
            (importlib.machinery.ExtensionFileLoader, importlib.machinery.EXTENSION_SUFFIXES),
            (_Checked, importlib.machinery.SOURCE_SUFFIXES),
            (importlib.machinery.SourcelessFileLoader, importlib.machinery.BYTECODE_SUFFIXES),
        )
        sys.path_hooks.insert(0, finder)
        sys.path_importer_cache.clear()


class _Checked(importlib.machinery.SourceFileLoader):
    """Loads a source as ever, but what was compiled has a checksum at its end; if it is not right, it is done anew."""

    def get_data(self, path: str) -> bytes:
        data = super().get_data(path)
        if not path.endswith(_COMPILED):
            return data
        content, digest = data[:-_DIGEST_BYTES], data[-_DIGEST_BYTES:]
        if digest != _digest(content):
            raise OSError(f"{path} is damaged")  # as if it were not there
        return content

    def set_data(self, path: str, data: ReadableBuffer, **rights: Any) -> None:
        super().set_data(path, bytes(data) + _digest(data), **rights)


def _digest(data: ReadableBuffer) -> bytes:
    return hashlib.blake2b(data, digest_size=_DIGEST_BYTES).digest()


def _python_keeps_none() -> bool:
    """Whether our modules or those of others are not compiled, and will not be."""
    probe = importlib.util.find_spec(_PROBE)
    folders = probe.submodule_search_locations if probe else None
    return _lacks(Path(__file__)) or any(_lacks(Path(folder, "types.py")) for folder in folders or ())


def _lacks(source: Path) -> bool:
    if Path(importlib.util.cache_from_source(source)).exists():
        return False
    return sys.dont_write_bytecode or not os.access(source.parent, os.W_OK)


def _is_ours_alone(folder: Path) -> bool:
    """Whether the folder, made if need be, can be written by this user only: what lies there is run."""
    try:
        for one in (folder.parent, folder):
            one.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid() and not status.st_mode & 0o022


def _cache_folder() -> Path:
    """The user's cache folder for inhouse; INHOUSE_CACHE_DIR overrides it."""
    override = os.environ.get("INHOUSE_CACHE_DIR")
    return Path(override) if override else user_cache_path("inhouse")
