"""Keeps a project's n-gram in step with its index, in the numbers of one tokenizer.

The tokenizer is handed in as a function: this part knows no model.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from inhouse.context.ngram import Ngram

log = logging.getLogger(__name__)

Encode = Callable[[str], Sequence[int]]

_BATCH_CHARS = 400_000
"""Text taken in at once: a fifth of a second of tokenising, after which a stop is noticed."""

_SAVED_TOKENS = 50_000
"""Smaller memories are made anew faster than they are worth a file on the disk."""


class Files(Protocol):
    """What the memory needs of a project."""

    database: Path

    def files(self) -> dict[str, str]:
        """The indexed files with digests of their texts."""
        ...

    def text(self, path: str) -> str | None:
        """A file's text as it is now."""
        ...


class TokenMemory:
    """A project's n-gram over one tokenizer; tokenizer is a name that tells its numbers from any other's."""

    def __init__(self, project: Files, encode: Encode, tokenizer: str, ngram: Ngram | None = None) -> None:
        self.ngram = ngram or Ngram()
        self._project = project
        self._encode = encode
        self._tokenizer = tokenizer
        self._digests: dict[str, str] = {}
        self._lock = threading.Lock()
        self._loaded = False

    @property
    def path(self) -> Path:
        """Where the tokens are kept between runs: beside the index."""
        return self._project.database.with_suffix(".tokens.npz")

    def refresh(self, stop: Callable[[], bool] | None = None) -> list[str]:
        """Takes in what changed or went since the last time; which files. Slow the first time: not on the loop."""
        with self._lock:
            first, self._loaded = not self._loaded, True
            if first:
                self._digests = self.ngram.load(self.path, self._tokenizer)
            wanted = self._project.files()
            gone = [path for path in self._digests if path not in wanted]
            if gone:
                self.ngram.update_many(dict.fromkeys(gone))
                for path in gone:
                    del self._digests[path]
            changed = [path for path, digest in wanted.items() if self._digests.get(path) != digest]
            return [*gone, *self._take_in(changed, wanted, first, stop)]

    def save(self) -> None:
        """Keeps the tokens on the disk for the next start, where there is room."""
        with self._lock:
            if len(self.ngram) < _SAVED_TOKENS:
                return
            try:
                self.ngram.save(self.path, self._digests, self._tokenizer)
            except OSError as error:
                log.warning("%s could not be written, the next start reads the project again: %s", self.path, error)

    def _take_in(
        self, changed: list[str], digests: dict[str, str], first: bool, stop: Callable[[], bool] | None
    ) -> list[str]:
        taken: list[str] = []
        batch: dict[str, Sequence[int]] = {}
        chars = 0
        for index, path in enumerate(changed):
            text = self._project.text(path)
            if text is not None:
                batch[path] = self._encode(text)
                chars += len(text)
            if batch and (chars > _BATCH_CHARS or index == len(changed) - 1):
                self.ngram.update_many(batch, recent=not first)
                self._digests.update({name: digests[name] for name in batch})
                taken += batch
                batch, chars = {}, 0
                if stop and stop():
                    break
        return taken
