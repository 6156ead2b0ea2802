"""All names that a project's files spell, ready for asking which of them begin in some way. It parses nothing."""

from __future__ import annotations

import re
import threading
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Collection
from typing import Protocol

_NAME = re.compile(r"[^\W\d]\w*")
_LONGEST = 60
"""Characters; longer ones are data."""
_TRIES = 24
"""Names looked at for one that stands in another file than the excluded ones."""


class Files(Protocol):
    """What the words need of a project."""

    def files(self) -> dict[str, str]: ...

    def text(self, path: str) -> str | None: ...


class Words:
    """Sorted names with how many files spell each. Reading while another thread refreshes is safe."""

    def __init__(self) -> None:
        self._digests: dict[str, str] = {}
        self._files: dict[str, frozenset[str]] = {}
        self._counts: Counter[str] = Counter()
        self._sorted: list[str] = []
        self._lock = threading.Lock()

    def refresh(self, project: Files, stop: Callable[[], bool] | None = None) -> None:
        """Read what changed: 50 ms for each 50,000 lines."""
        with self._lock:
            wanted = project.files()
            counts, files = Counter(self._counts), dict(self._files)
            for path in [path for path in self._digests if path not in wanted]:
                counts.subtract(files.pop(path, frozenset()))
                del self._digests[path]
            changed = [path for path, digest in wanted.items() if self._digests.get(path) != digest]
            for path in changed:
                if stop and stop():
                    break
                counts.subtract(files.get(path, frozenset()))
                files[path] = names_of(project.text(path) or "")
                counts.update(files[path])
                self._digests[path] = wanted[path]
            if changed or len(files) != len(self._files):
                self._sorted = sorted(name for name, count in counts.items() if count > 0)
                self._counts, self._files = counts, files

    def __len__(self) -> int:
        return len(self._sorted)

    def has(self, name: str, whole: bool, without: Collection[str] = ()) -> bool:
        """Whether a file besides `without` spells this name, or where it is not `whole` one that begins so."""
        names = self._sorted
        at = bisect_left(names, name)
        for candidate in names[at : at + (1 if whole else _TRIES)]:
            if candidate != name and (whole or not candidate.startswith(name)):
                return False
            if self._counts[candidate] > sum(candidate in self._files.get(path, ()) for path in without):
                return True
        return False

    def goes_on(self, name: str, without: Collection[str] = ()) -> bool:
        """Whether a file besides `without` spells a longer name that begins with this one."""
        names = self._sorted
        at = bisect_right(names, name)
        for candidate in names[at : at + _TRIES]:
            if not candidate.startswith(name):
                return False
            if self._counts[candidate] > sum(candidate in self._files.get(path, ()) for path in without):
                return True
        return False


def names_of(text: str) -> frozenset[str]:
    """The names in a text."""
    return frozenset(name for name in _NAME.findall(text) if len(name) <= _LONGEST)


class SortedNames:
    """A fixed set of names, asked by beginning."""

    def __init__(self, names: Collection[str]) -> None:
        self._names = frozenset(names)
        self._sorted = sorted(self._names)

    def __len__(self) -> int:
        return len(self._sorted)

    def has(self, name: str, whole: bool) -> bool:
        if whole:
            return name in self._names
        at = bisect_left(self._sorted, name)
        return at < len(self._sorted) and self._sorted[at].startswith(name)

    def goes_on(self, name: str) -> bool:
        """Whether a longer name begins with this one."""
        at = bisect_right(self._sorted, name)
        return at < len(self._sorted) and self._sorted[at].startswith(name)
