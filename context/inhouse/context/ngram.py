"""What usually comes next in this project: a nested n-gram over a tokenizer's numbers (file, folder, project).

Works on token numbers alone; whoever asks says which tokenizer they are of. Reading while another thread updates is
safe: every update makes a new immutable state.
"""

import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inhouse.context import kept
from inhouse.context.drafted import Draft
from inhouse.context.learnt import Learnt, Run
from inhouse.context.mixing import Weights
from inhouse.context.own_text import OWN_TOKENS
from inhouse.context.place import Place, Prediction
from inhouse.context.segments import Places, Segment, Tokens
from inhouse.context.weighing import State

_RECENT_FILES = 200
"""Files whose last change is remembered: each costs 0.4 us at each question, and another branch may bring thousands."""

_FRESH_TOKENS = 150_000
"""Changed files are kept in a segment of their own up to this size (15 ms to sort), then merged into the big one."""

IntSequence = Sequence[int] | NDArray[np.int32]


class Ngram:
    """The project's tokens, file by file. Ask through at(); clock gives seconds (for the weight of recent files)."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._local: Tokens = np.full(1, -1, dtype=np.int32)  # its last place stands for all numbers beyond it
        self._ids: Tokens = np.zeros(1, dtype=np.int32)
        self._count = 1
        self._files: dict[str, Tokens] = {}
        self._fresh: set[str] = set()
        self._learnt = Learnt()
        self._state = State()

    # ---- keeping up to date

    def update(self, file: str, token_ids: IntSequence | None) -> None:
        """Takes in a file's tokens in the place of its earlier ones; None forgets the file."""
        self.update_many({file: token_ids})

    def update_many(self, files: Mapping[str, IntSequence | None], recent: bool = True) -> None:
        """Takes in many files at once (20 times faster); recent ones count more for a while."""
        with self._lock:
            times = dict(self._state.times)
            for name, ids in files.items():
                self._files.pop(name, None)
                times.pop(name, None)
                self._fresh.add(name)
                if ids is not None:
                    self._files[name] = self._to_local(np.asarray(ids, dtype=np.int32), learn=True)
                    if recent:
                        times[name] = self._clock()
            self._rebuild(dict(sorted(times.items(), key=lambda entry: entry[1])[-_RECENT_FILES:]))

    def touch(self, file: str) -> None:
        """Notes that a file was just edited or viewed."""
        with self._lock:
            times = {**self._state.times, file: self._clock()}
            self._state = State(self._state.segments, self._state.alive, times, self._state.learnt)

    def __len__(self) -> int:
        return sum(len(tokens) for tokens in self._files.values())

    def __contains__(self, file: str) -> bool:
        return file in self._files

    def files(self) -> list[str]:
        """The files whose tokens are known."""
        return sorted(self._files)

    def _rebuild(self, times: dict[str, float]) -> None:
        """Sorts the changed files again, or everything when the changed ones have become many."""
        fresh = {name: self._files[name] for name in sorted(self._fresh) if name in self._files}
        size = sum(len(tokens) for tokens in fresh.values())
        if not self._state.segments or size > _FRESH_TOKENS:
            self._fresh.clear()
            segments = [Segment(self._files)]
            self._files = segments[0].files()  # the same tokens, not kept twice
            alive = [_ones(segments[0])]
        else:
            main = self._state.segments[0]
            segments, alive = [main], [_ones(main)]
            alive[0][[main.places[name] for name in self._fresh if name in main.places]] = 0.0
            if fresh:
                segments.append(Segment(fresh))
                alive.append(_ones(segments[1]))
        self._state = State(tuple(segments), tuple(alive), times, self._state.learnt)

    # ---- learning from what the user keeps and changes

    def reinforce(self, token_ids: IntSequence, strength: float | Sequence[float], start: int = 0) -> None:
        """Strengthens (above 0) or weakens (below 0) tokens behind the tokens before them, in place and at once.

        token_ids is some context (a dozen tokens are enough) and what came of it; strength counts for the tokens from
        `start` on, as one number for all or one for each of them. A strength of 1 counts as much as the same text
        standing once more in the project, 4 as much as in the current file; -4 takes as much away. The same ids again
        add up, to at most 8 either way. The newest 2,000 runs are kept; learnt() gives them for keeping on the disk.
        """
        self.reinforce_many([(token_ids, strength, start)])

    def reinforce_many(self, runs: Sequence[tuple[IntSequence, float | Sequence[float], int]]) -> None:
        """reinforce() for many runs with one sorting (10 ms for 2,000 runs): for what was kept on the disk."""
        with self._lock:
            for ids, strength, start in runs:
                tokens = np.asarray(ids, dtype=np.int32)
                spread = np.zeros(len(tokens))
                spread[start:] = strength
                self._learnt.add(self._to_local(tokens, learn=True), spread)
            self._learn(self._learnt.segment())

    def learnt(self) -> list[Run]:
        """What reinforce() was given and still counts: (token ids, a strength for each), the newest last."""
        with self._lock:
            return [(self.original(tokens), strengths) for tokens, strengths in self._learnt.runs()]

    def forget_learnt(self) -> None:
        """Drops all that reinforce() was given."""
        with self._lock:
            self._learnt = Learnt()
            self._learn(None)

    def _learn(self, segment: Segment | None) -> None:
        self._state = State(self._state.segments, self._state.alive, self._state.times, segment)

    def _to_local(self, ids: Tokens, learn: bool = False) -> Tokens:
        """The project's own dense numbers: few bits for each token, so more of the context fits into a key."""
        if not len(ids):
            return ids
        if learn and (more := int(ids.max()) + 2 - len(self._local)) > 0:
            self._local = np.concatenate((self._local, np.full(more, -1, dtype=np.int32)))
        local = self._local.take(ids, mode="clip")
        if learn and int(local.min()) < 0:
            new = np.unique(ids[local < 0])
            grown = self._local.copy()
            grown[new] = np.arange(self._count, self._count + len(new), dtype=np.int32)
            self._ids = np.concatenate((self._ids[: self._count], new))
            self._local, self._count = grown, self._count + len(new)
            local = grown[ids]
        return local

    # ---- asking

    @property
    def version(self) -> object:
        """Another object after each change: what was asked before may be answered otherwise now."""
        return self._state

    def at(
        self,
        prefix: IntSequence,
        suffix: IntSequence = (),
        own: str | None = None,
        exclude: Collection[str] = (),
    ) -> Place:
        """A cursor: tokens before it, tokens after it, the file whose stored copy must not count, more such files."""
        before = np.asarray(prefix[-OWN_TOKENS:], dtype=np.int32)
        after = np.asarray(suffix[:OWN_TOKENS], dtype=np.int32)
        return Place(self, self._state.weighed(own, exclude, self._clock()), before, after)

    def next_tokens(self, context: IntSequence, k: int, own: str | None = None) -> Prediction:
        """The likeliest next tokens after a context, without further ado."""
        return self.at(context, own=own).next_tokens(k)

    def continuation(self, context: IntSequence, max_tokens: int, own: str | None = None) -> Draft:
        """What followed the longest match of a context, without further ado."""
        return self.at(context, own=own).continuation(max_tokens)

    def local(self, ids: Tokens) -> Tokens:
        """The project's numbers of tokens; -1 for those it has not."""
        return self._to_local(ids)

    def original(self, local: Tokens | Places) -> Tokens:
        """The tokenizer's numbers of the project's numbers."""
        return self._ids.take(local)

    # ---- keeping it on the disk

    def save(self, path: Path, digests: Mapping[str, str], tokenizer: str) -> None:
        """Writes the tokens with the digests of the texts they were made of, replacing the file at once."""
        with self._lock:
            files = {name: self.original(tokens) for name, tokens in self._files.items() if name in digests}
        kept.write(path, tokenizer, files, digests)

    def load(self, path: Path, tokenizer: str) -> dict[str, str]:
        """Takes in a saved state if it is whole and of the same tokenizer; the digests of the files that it brought."""
        files, digests = kept.read(path, tokenizer)
        if files:
            self.update_many(files, recent=False)
        return digests


def _ones(segment: Segment) -> Weights:
    """What each file counts; 0 behind them, for what is of no file."""
    ones = np.ones(len(segment.names) + 1)
    ones[-1] = 0.0
    return ones
