"""What the KV cache holds: the sequence of the file in use; those of other warm files are parked beside it.

It knows nothing about text or holes: a file is a key, its prompt is token ids.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from inhouse.model.cancel import CancelFlag, Cancelled
from inhouse.model.cells import DEFAULT_ATTENTION, Attention, CacheFull, Cells, Logits, Step
from inhouse.model.chunks import CHUNK_TOKENS, Chunks
from inhouse.model.fill import ModelError
from inhouse.model.native import Weights
from inhouse.model.parking import Parked, Parking, Warm, common_length, find

WARM_FILES = 4
"""Files whose prompt is kept, the one in use among them."""
FILE = 0
"""The sequence of the file in use."""
SIDE = 1
"""The first of the sequences beside it."""
BRANCHES = 4
"""Most alternatives that are decoded together."""
SIDE_SEQUENCES = 24
"""Sequences beside the file's: alternatives, or texts that are judged together. An unused one costs nothing."""
_SCRATCH = SIDE + SIDE_SEQUENCES
"""The sequence in which a kept suffix waits while its position changes."""
_SHADOW = _SCRATCH + 1
"""The sequence in which an inexact one is read again, until it can take its place."""
_WORTH_PARKING = 32
"""Fewer tokens are read again: that takes no longer."""
_MIN_SPLICE = 16
"""A suffix shorter than this is evaluated again rather than moved: moving shifts every cell once (36 ms at 0.5B)."""


class Session:
    """The sequences of one model. Used from one thread at a time."""

    def __init__(
        self, weights: Weights, context_tokens: int, threads: int, attention: Attention = DEFAULT_ATTENTION
    ) -> None:
        self.context_tokens = context_tokens
        # Room for the current prompt, as much again for the shadow, and the branches' own tokens.
        size = 2 * context_tokens + BRANCHES * CHUNK_TOKENS
        self.size = size
        """Cells in all."""
        self.cells = Cells(weights, size, _SHADOW + 1, threads, attention)
        self._chunks = Chunks(weights.parameters, weights.width, weights.vocabulary_size)
        self._parking = Parking(WARM_FILES - 1, context_tokens)
        self._file = Warm(FILE)
        """The file in use."""
        self._key: str | None = None
        self._current = self._file
        """What is evaluated: the file in use, or its shadow."""
        self._shadow = Warm(_SHADOW)
        self._shadowed = ""
        """The key whose sequence the shadow is to replace."""

    @property
    def tokens(self) -> Sequence[int]:
        """The ids in the current file's sequence, in order."""
        return self._current.tokens

    @property
    def batch(self) -> int:
        """Tokens whose logits are all wanted that are to be evaluated in one call, so that a cancel is soon heeded."""
        return self._chunks.rows(self._used)

    @property
    def _used(self) -> int:
        """Cells in use, at most: every token attends to all of them."""
        return len(self._shadow.tokens) + len(self._file.tokens)

    @property
    def exact(self) -> bool:
        """Whether the current sequence is what evaluating its tokens afresh would give."""
        return self._current.stale_from is None

    def evaluate(self, key: str, tokens: Sequence[int], cancel: CancelFlag, moved: range | None = None) -> int:
        """Bring the file's sequence to exactly `tokens`, logits after the last one ready; returns how many were reused.

        `moved` names a stretch of `tokens` (a suffix) that may be taken from where it stood before, although what
        precedes it has changed; see _splice. At least the last token is evaluated, as its logits are wanted.
        Raises Cancelled, keeping the finished chunks.
        """
        if not 0 < len(tokens) <= self.context_tokens:
            raise ModelError(f"a prompt of {len(tokens)} tokens does not fit the context of {self.context_tokens}")
        current = self._use(key, tokens)
        evaluated = self._splice(current, tokens, moved, cancel) if moved else 0
        kept = min(common_length(current.tokens, tokens), len(tokens) - 1)
        self.shorten(kept)
        self._append_all(tokens[kept:], cancel)
        return kept - evaluated

    def append(self, token: int) -> None:
        """Evaluate one more token; its logits are ready afterwards. Raises Cancelled."""
        current = self._current
        try:
            self.cells.decode_one(token, len(current.tokens), current.sequence)
        except CacheFull:
            self._with_room(lambda: self.cells.decode_one(token, len(current.tokens), current.sequence))
        current.tokens.append(token)

    def verify(self, tokens: Sequence[int]) -> None:
        """Evaluate drafted tokens with logits after each: row i of the logits follows token i. Raises Cancelled."""
        self._decode(tokens, all_logits=True)

    def decode_together(self, steps: Sequence[Step]) -> None:
        """Evaluate tokens of several branches; row i of the logits belongs to step i. Raises Cancelled."""
        self._with_room(lambda: self.cells.decode_together(steps))

    def shorten(self, length: int) -> None:
        """Forget all but the first `length` tokens of the current sequence."""
        current = self._current
        if length < len(current.tokens):
            self.cells.remove(current.sequence, length)
            del current.tokens[length:]
            if current.stale_from is not None and length <= current.stale_from:
                current.stale_from = None

    def logits(self, row: int = -1) -> Logits:
        return self.cells.logits(row)

    def refresh(self, key: str, tokens: Sequence[int], cancel: CancelFlag) -> None:
        """Make a file's inexact sequence exactly `tokens`. An exact one stays as it is.

        It is read beside the inexact one, which remains in use until all is read. Raises Cancelled, keeping the
        finished chunks for the next time.
        """
        warm, shadow = self._use(key, tokens), self._shadow
        if warm.stale_from is None:
            return
        exact = min(warm.stale_from, common_length(warm.tokens, tokens))
        if self._shadowed != key or common_length(shadow.tokens, tokens) < exact:
            self._drop_shadow()
            self.cells.copy(warm.sequence, _SHADOW, 0, exact)
            shadow.tokens, self._shadowed = list(tokens[:exact]), key
        self._current = shadow
        try:
            self.shorten(common_length(shadow.tokens, tokens))
            self._append_all(tokens[len(shadow.tokens) :], cancel)
        finally:
            self._current = warm
        self.cells.remove(warm.sequence)
        self.cells.copy(_SHADOW, warm.sequence, 0, len(tokens))
        warm.tokens, warm.stale_from = list(tokens), None
        self._drop_shadow()

    def _drop_shadow(self) -> None:
        self.cells.remove(_SHADOW)
        self._shadow.tokens, self._shadowed = [], ""

    def forget(self, key: str | None = None) -> None:
        """Drop a file's sequence, or all of them."""
        if key is None:
            self._parking.clear()
        elif key != self._key:
            self._parking.take(key)
            return
        self._clear()

    def close(self) -> None:
        self.cells.close()

    def _append_all(self, tokens: Sequence[int], cancel: CancelFlag) -> None:
        start = 0
        while start < len(tokens):
            cancel.check()
            end = start + self._chunks.tokens(self._used)
            self._decode(tokens[start:end])
            start = end

    def _decode(self, chunk: Sequence[int], *, all_logits: bool = False) -> None:
        current = self._current
        self._with_room(lambda: self.cells.decode(chunk, len(current.tokens), current.sequence, all_logits=all_logits))
        current.tokens.extend(chunk)

    def _with_room(self, evaluate: Callable[[], None]) -> None:
        """Run an evaluation; when the cache is full, drop the shadow and try again."""
        try:
            return evaluate()
        except CacheFull:
            if self._current is not self._shadow:
                self._drop_shadow()
        try:
            return evaluate()
        except CacheFull:
            raise ModelError("the model's cache is full; set a smaller context_tokens") from None

    def _use(self, key: str, tokens: Sequence[int]) -> Warm:
        """Make a file the one in use; a new one begins with what it shares with another, at next to no cost."""
        file = self._current = self._file
        if key == self._key:
            return file
        self._drop_shadow()
        kept, wanted = self._parking.take(key), len(tokens)
        shared = common_length(file.tokens, tokens) if file.stale_from is None else 0
        self._park()
        if kept is None:
            kept, wanted = self._parking.likest(tokens)
        if kept is not None and wanted > shared:
            self._clear()
            if self.cells.restore(FILE, kept.state):
                file.tokens, file.stale_from = list(kept.tokens), kept.stale_from
            self.shorten(wanted)
        else:
            self.shorten(shared)
        self._key = key
        return file

    def _park(self) -> None:
        """Keep the cells of the file in use, which stay where they are."""
        file = self._file
        if (
            self._key is not None
            and len(file.tokens) >= _WORTH_PARKING
            and (state := self.cells.save(FILE)) is not None
        ):
            self._parking.put(self._key, Parked(list(file.tokens), file.stale_from, state))

    def _clear(self) -> None:
        """Empty the cells of the file in use."""
        self._drop_shadow()
        self.cells.remove(FILE)
        self._file.tokens, self._file.stale_from, self._key = [], None, None

    def _splice(self, warm: Warm, tokens: Sequence[int], moved: range, cancel: CancelFlag) -> int:
        """Keep the cells of a moved suffix; returns how many tokens before it were evaluated, 0 if it was not done.

        For prefix-first layouts: a new line in the prefix would re-read the whole suffix, since all of its positions
        change. Its cells wait in a sequence of their own while the new prefix is evaluated, are re-tagged to their new
        positions and copied back. They still attend to the old prefix: an approximation, mended by an exact evaluation
        when there is time (`exact` is False until then).
        """
        kept = common_length(warm.tokens, tokens)
        stretch = list(tokens[moved.start : moved.stop])
        if kept >= moved.start or len(stretch) < _MIN_SPLICE or not self.cells.can_shift:
            return 0
        at = find(warm.tokens, stretch, kept)
        if at < 0:
            return 0
        self.cells.copy(warm.sequence, _SCRATCH, at, at + len(stretch))
        self.shorten(kept)
        try:
            self._append_all(tokens[kept : moved.start], cancel)
        except Cancelled:
            self.cells.remove(_SCRATCH)
            raise
        self.cells.shift(_SCRATCH, at, at + len(stretch), moved.start - at)
        self.cells.copy(_SCRATCH, warm.sequence, moved.start, moved.stop)
        self.cells.remove(_SCRATCH)
        warm.tokens.extend(stretch)
        warm.stale_from = moved.start
        return moved.start - kept
