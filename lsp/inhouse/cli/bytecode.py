"""Keeps the compiled modules of a start where Python itself keeps none: an installation that cannot be written, or
PYTHONDONTWRITEBYTECODE, as in many containers. To compile them anew takes a second of a processor at each start.

One file in the cache folder holds all of them, with a checksum. What is not sure to be whole, ours and of these very
sources is not used. Nothing is written beside the sources.
"""

from __future__ import annotations

import atexit
import hashlib
import importlib.machinery
import importlib.util
import marshal
import os
import stat
import struct
import sys
import threading
from contextlib import suppress
from itertools import accumulate
from pathlib import Path
from types import CodeType
from typing import ClassVar

from platformdirs import user_cache_path

_WRITE_S = 10.0
"""After so long a server has loaded what it needs, and its first answers are given."""
_LARGEST_BYTES = 64_000_000
"""A start needs 7 MB."""
_FORMAT = b"inhouse modules 1\n"
"""To be counted up where anything about the file changes: an older program's is not read."""
_DIGEST_BYTES = 32
_COUNT = struct.Struct("<I")
_PROBE = "lsprotocol"
"""A dependency whose module `types` is among the largest: is it compiled, the others are."""

Entries = dict[str, tuple[int, int, bytes | memoryview]]
"""By the source's path: its time of change in seconds, its size in bytes, and its code."""


def keep() -> None:
    """From now on load modules from the file, and write it at the end or after 10 s where some were not in it."""
    if not hasattr(os, "geteuid") or not _python_keeps_none():
        return
    kept = Kept(_default_folder() / "bytecode")
    kept.install()
    atexit.register(kept.close)
    timer = threading.Timer(_WRITE_S, kept.close)
    timer.daemon = True
    timer.start()


class Kept:
    """The modules of one installation, in one file of a folder."""

    def __init__(self, folder: Path) -> None:
        mark = f"{sys.executable} {sys.prefix} {__file__} {sys.version} {sys.flags.optimize}"
        self._folder = folder
        self._name = f"{hashlib.blake2b(mark.encode('utf-8', 'surrogateescape'), digest_size=8).hexdigest()}.bin"
        self._head = _FORMAT + importlib.util.MAGIC_NUMBER + mark.encode("utf-8", "surrogateescape") + b"\n"
        self.entries: Entries | None = self._read()
        """What the file held; None after `close`."""
        self._new: dict[str, tuple[int, int, CodeType]] = {}
        self._closing = threading.Lock()

    def install(self) -> None:
        """Load by it whatever is imported from now on."""

        class Ours(_Loader):
            kept = self

        finder = importlib.machinery.FileFinder.path_hook(
            (importlib.machinery.ExtensionFileLoader, importlib.machinery.EXTENSION_SUFFIXES),
            (Ours, importlib.machinery.SOURCE_SUFFIXES),
            (importlib.machinery.SourcelessFileLoader, importlib.machinery.BYTECODE_SUFFIXES),
        )
        sys.path_hooks.insert(0, finder)
        sys.path_importer_cache.clear()

    def code(self, loader: _Loader, name: str) -> CodeType | None:
        """A module's code, from the file if it holds it."""
        entries = self.entries
        if entries is None:
            return loader.compiled(name)
        path = loader.get_filename(name)
        stats = loader.path_stats(path)
        of_source = int(stats["mtime"]), int(stats["size"])
        known = entries.get(path)
        if known is not None and known[:2] == of_source:
            found: CodeType = marshal.loads(known[2])
            return found
        code = loader.compiled(name)
        if code is not None:
            self._new[path] = (*of_source, code)
        return code

    def close(self) -> None:
        """Write what is new, and let go of all of it; modules loaded later are compiled."""
        with self._closing:
            known, self.entries = self.entries, None
            new, self._new = dict(self._new), {}
        if known is None or not new:
            return
        entries = {path: one for path, one in known.items() if Path(path).exists()}
        entries |= {path: (mtime, size, marshal.dumps(code)) for path, (mtime, size, code) in new.items()}
        with suppress(OSError, MemoryError):  # a full disk or a read-only cache costs a second at each start, no more
            data = _packed(entries)
            self._write(self._head + _digest(data) + data)

    def _write(self, data: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _opened(self._folder) as folder:
            partial = f"{self._name}.{os.getpid()}"
            try:
                flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
                with os.fdopen(os.open(partial, flags, 0o600, dir_fd=folder.number), "wb") as file:
                    file.write(data)
                os.replace(partial, self._name, src_dir_fd=folder.number, dst_dir_fd=folder.number)
            except OSError:
                os.unlink(partial, dir_fd=folder.number)
                raise

    def _read(self) -> Entries:
        """What the file holds; nothing if it is missing, damaged, or not ours alone."""
        try:
            with _opened(self._folder) as folder:
                flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
                with os.fdopen(os.open(self._name, flags, dir_fd=folder.number), "rb") as file:
                    status = os.fstat(file.fileno())
                    if not stat.S_ISREG(status.st_mode) or not _is_ours(status) or status.st_size > _LARGEST_BYTES:
                        return {}
                    data = file.read()
        except (OSError, MemoryError):
            return {}
        begin = len(self._head) + _DIGEST_BYTES
        content = memoryview(data)[begin:]
        if not data.startswith(self._head) or data[len(self._head) : begin] != _digest(content):
            return {}
        try:
            return _unpacked(content)
        except (ValueError, TypeError, AttributeError, EOFError, struct.error):
            return {}  # whole, but somebody else's: a start must not fail


class _Loader(importlib.machinery.SourceFileLoader):
    """Loads a module's source as ever, but for its code."""

    kept: ClassVar[Kept]

    def get_code(self, fullname: str) -> CodeType | None:
        return self.kept.code(self, fullname)

    def compiled(self, fullname: str) -> CodeType | None:
        """What Python itself would load."""
        return super().get_code(fullname)


class _opened:  # noqa: N801  (a context manager, named like open)
    """A folder of ours alone, held so that nobody can put another one in its place. Raises OSError."""

    def __init__(self, folder: Path) -> None:
        self.number: int = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)

    def __enter__(self) -> _opened:
        if not _is_ours(os.fstat(self.number)):
            os.close(self.number)
            raise PermissionError("others may write there")
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.number)


def _is_ours(status: os.stat_result) -> bool:
    """Whether only this user can have written it: what lies there is run."""
    return status.st_uid == os.geteuid() and not status.st_mode & 0o022


def _packed(entries: Entries) -> bytes:
    """The codes one after the other behind a table that says where each is: they need not all be copied to be used."""
    ends = list(accumulate(len(code) for _, _, code in entries.values()))
    table = {path: (mtime, size, end) for (path, (mtime, size, _)), end in zip(entries.items(), ends, strict=True)}
    head = marshal.dumps(table)
    return b"".join([_COUNT.pack(len(head)), head, *(code for _, _, code in entries.values())])


def _unpacked(content: memoryview) -> Entries:
    """What _packed() has made; not for damaged content."""
    start = _COUNT.size + _COUNT.unpack_from(content)[0]
    table: dict[str, tuple[int, int, int]] = marshal.loads(content[_COUNT.size : start])
    entries: Entries = {}
    before = start
    for path, (mtime, size, end) in table.items():
        entries[path] = mtime, size, content[before : start + end]
        before = start + end
    return entries


def _digest(data: bytes | memoryview) -> bytes:
    return hashlib.blake2b(data, digest_size=_DIGEST_BYTES).digest()


def _python_keeps_none() -> bool:
    """Whether there is no compiled file beside our modules, or those of others, and none will be written."""
    probe = importlib.util.find_spec(_PROBE)
    folders = probe.submodule_search_locations if probe else None
    return _lacks(__file__) or any(_lacks(os.path.join(folder, "types.py")) for folder in folders or ())  # noqa: PTH118


def _lacks(source: str) -> bool:
    """Whether a source has no compiled file and gets none."""
    if Path(importlib.util.cache_from_source(source)).exists():
        return False
    unwritable = sys.pycache_prefix is None and not os.access(Path(source).parent, os.W_OK)
    return sys.dont_write_bytecode or unwritable


def _default_folder() -> Path:
    """The user's cache folder for inhouse; INHOUSE_CACHE_DIR overrides it."""
    override = os.environ.get("INHOUSE_CACHE_DIR")
    return Path(override) if override else user_cache_path("inhouse")
