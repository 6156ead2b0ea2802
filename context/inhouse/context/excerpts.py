"""Some lines of many files, without making a list of all lines of each: files are read as bytes, cut at line ends.

Knows no index and no unsaved texts.
"""

from codecs import BOM_UTF8
from collections import OrderedDict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inhouse.context import files

_KEPT_FILES = 64


class Excerpts:
    """Excerpts of a project's files as they are on the disk; the last files are kept. Not for several threads."""

    def __init__(self, root: Path) -> None:
        self._root = str(root)
        self._kept: OrderedDict[str, _File] = OrderedDict()

    def of(self, path: str, first: int, last: int) -> str:
        """The lines from first to last, counted from 1, or as many as there are; "" where there are none."""
        file = self._kept.get(path)
        if file is None:
            try:
                file = _File(files.plain_bytes(f"{self._root}/{path}"))
            except OSError:
                return ""
            self._kept[path] = file
            while len(self._kept) > _KEPT_FILES:
                self._kept.popitem(last=False)
        return file.lines(first, last)

    def forget(self) -> None:
        """Drops all: files may have changed."""
        self._kept.clear()


class _File:
    """One file's bytes and where its lines end; its lines where it is not as plain as nearly all source is."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._ends: NDArray[np.int64] = (np.frombuffer(data, dtype=np.uint8) == _LF).nonzero()[0]
        self._lines = None if _is_plain(data) else (files.decode(data) or "").split("\n")

    def lines(self, first: int, last: int) -> str:
        if self._lines is not None:
            return "\n".join(self._lines[first - 1 : last])
        if first - 1 > len(self._ends):
            return ""
        start = int(self._ends[first - 2]) + 1 if first > 1 else 0
        end = int(self._ends[last - 1]) if last <= len(self._ends) else len(self._data)
        return self._data[start:end].decode()


def _is_plain(data: bytes) -> bool:
    """Whether lines can be cut out of the bytes: UTF-8 without a mark, with LF line ends."""
    if b"\r" in data or b"\0" in data or data.startswith(BOM_UTF8):
        return False
    try:
        return data.isascii() or bool(data.decode())
    except UnicodeDecodeError:
        return False


_LF = 10
