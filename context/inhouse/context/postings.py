"""Which blocks of the index hold a term, kept between keystrokes and corrected where single files change.

A list is what the database would tell, with the blocks of earlier versions of files: they are in use no more, and
whoever asks leaves them out (Catalogue.files_of).
"""

import threading
from collections import OrderedDict

import numpy as np

from inhouse.context.catalogue import Catalogue
from inhouse.context.indexer import Changes
from inhouse.context.store import Blocks, Store
from inhouse.context.terms import key

_COMMON_BLOCKS = 2500
"""A term in more blocks is as good as a keyword: its list costs 0.5 ms and its rarity adds next to nothing."""

_CACHED_TERMS = 4096
"""Terms whose lists are kept between keystrokes; consecutive queries share nine terms out of ten."""


class Postings:
    """The block lists of recently asked terms; which terms are common, that stays. Safe from several threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._held: OrderedDict[str, Blocks] = OrderedDict()
        self._generation = -1
        self._common: set[str] = set()
        self._common_in = 0
        """The blocks of the index in which terms were found to be common: in a much smaller one they may not be."""

    def of(self, term: str, catalogue: Catalogue) -> Blocks:
        """The blocks that hold the term; none of a common one."""
        generation = catalogue.generation
        with self._lock:
            if generation > self._generation:
                self._begin(catalogue)
            if term in self._common:
                return _NONE
            found = self._held.get(term)
            if found is not None:
                self._held.move_to_end(term)
                return found
        found = self._store.blocks_with(term, _COMMON_BLOCKS + 1)
        with self._lock:
            if len(found) > _COMMON_BLOCKS:
                self._common.add(term)
                return _NONE
            if generation == self._generation:
                self._held[term] = found
                while len(self._held) > _CACHED_TERMS:
                    self._held.popitem(last=False)
        return found

    def _begin(self, catalogue: Catalogue) -> None:
        """Another state of the index, of which nothing was told."""
        self._held.clear()
        self._generation = catalogue.generation
        if catalogue.blocks < self._common_in * _STILL or len(self._common) > _CACHED_TERMS:
            self._common.clear()
        if not self._common:
            self._common_in = catalogue.blocks

    def correct(self, changes: Changes, generation: int) -> None:
        """Adds the blocks of the files that came; who still has the catalogue before takes these for blocks of none."""
        with self._lock:
            if generation != self._generation + 1:
                return  # another change was missed: all is looked up anew
            self._generation = generation
            for row, reading in sorted(changes.came, key=lambda came: came[0].first_block):
                new: dict[str, list[int]] = {}
                for block, keys in enumerate(reading.blocks, row.first_block):
                    for one in keys.split():
                        new.setdefault(one, []).append(block)
                for term in [term for term in self._held if key(term) in new]:
                    self._add(term, new[key(term)])

    def _add(self, term: str, blocks: list[int]) -> None:
        held = self._held[term]
        if len(held) and held[-1] >= blocks[0]:
            return  # it was looked up after the file was stored
        if len(held) + len(blocks) > _COMMON_BLOCKS:
            del self._held[term]
            self._common.add(term)
        else:
            self._held[term] = np.concatenate((held, np.asarray(blocks, dtype=np.int64)))


_NONE: Blocks = np.empty(0, dtype=np.int64)
_STILL = 0.9
"""Of an index that has not lost more than a tenth of its blocks the common terms are common still."""
