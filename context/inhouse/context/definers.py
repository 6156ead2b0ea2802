"""Which files define some names, asked for all names near a cursor at once and kept until their files change."""

import threading
from collections.abc import Callable, Iterable, Sequence

from inhouse.context.indexer import Changes
from inhouse.context.store import Store

_MOST_FILES = 7
"""Files told of one name: who asks turns away from names that more than six define."""

_KEPT_NAMES = 8192

FilesOf = Callable[[Iterable[str]], dict[str, Sequence[int]]]


class Definers:
    """The numbers of the files by name; safe from several threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._generation = -1
        self._kept: dict[str, Sequence[int]] = {}

    def at(self, generation: int) -> FilesOf:
        """What to ask, for one state of the index."""

        def files_of(names: Iterable[str]) -> dict[str, Sequence[int]]:
            names = list(names)
            with self._lock:
                if generation > self._generation or len(self._kept) > _KEPT_NAMES:
                    self._kept = {}
                    self._generation = max(generation, self._generation)
                kept = self._kept
            new = [name for name in names if name not in kept]
            if new:
                kept.update(self._store.files_defining_each(new, _MOST_FILES))
            return {name: kept[name] for name in names}

        return files_of

    def correct(self, changes: Changes, generation: int) -> None:
        """Forgets the names that the files which came defined before or define now."""
        numbers = {row.id for row, _ in changes.came}
        names = {name for _, reading in changes.came for name in reading.names}
        with self._lock:
            if generation == self._generation + 1:  # else another change was missed: all is asked anew
                self._generation = generation
                held = self._kept.items()
                self._kept = {name: files for name, files in held if name not in names and numbers.isdisjoint(files)}
