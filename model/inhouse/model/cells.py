"""One llama.cpp context: evaluates tokens of several sequences in one unified KV cache and hands out logits.

It keeps no record of what the sequences hold; session.py does.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from inhouse.model.binding import llama_cpp
from inhouse.model.cancel import CancelFlag, Cancelled
from inhouse.model.chunks import CHUNK_TOKENS
from inhouse.model.fill import ModelError
from inhouse.model.native import Weights, abort_function, logits_function, no_abort
from inhouse.model.parking import State

_NO_ROOM, _ABORTED = 1, 2
"""llama_decode's answers when the cache is full, and when the abort callback ended it."""

FLASH_BY_RULE: Final = "auto"
FLASH_TYPES: Final = {
    FLASH_BY_RULE: llama_cpp.LLAMA_FLASH_ATTN_TYPE_AUTO,
    "on": llama_cpp.LLAMA_FLASH_ATTN_TYPE_ENABLED,
    "off": llama_cpp.LLAMA_FLASH_ATTN_TYPE_DISABLED,
}
KV_TYPES: Final = {"f16": llama_cpp.GGML_TYPE_F16, "q8_0": llama_cpp.GGML_TYPE_Q8_0}
"""What a cell's numbers are kept as: f16 is faster on CPUs, q8_0 takes half the memory."""

Logits = NDArray[np.float32]
Step = tuple[int, int, Sequence[int]]
"""(token id, position in its sequence, sequence)."""


class CacheFull(Exception):
    """No free cells for this many tokens; nothing was evaluated."""


@dataclass(frozen=True, slots=True)
class Attention:
    """How attention is computed and what its cells are kept as."""

    flash: str = FLASH_BY_RULE
    """One of FLASH_TYPES. By rule it is off on a CPU: at 0.5B and a depth of 768 a token took 26.6 ms without it and
    27.0 with it, 4 tokens 77 and 94, 16 tokens 187 and 233; the embedded core's batches take half the time. With a GPU
    llama.cpp chooses. Quantised cells need it."""
    kv_type: str = "f16"
    """One of KV_TYPES."""
    on_gpu: bool = False

    @property
    def flash_type(self) -> int:
        if self.flash == FLASH_BY_RULE and not self.on_gpu:
            return FLASH_TYPES["off" if self.kv_type == "f16" else "on"]
        return FLASH_TYPES[self.flash]

    @property
    def ggml_type(self) -> int:
        return KV_TYPES[self.kv_type]


DEFAULT_ATTENTION = Attention()


class Cells:
    """The KV cache's cells. Used from one thread at a time."""

    def __init__(
        self, weights: Weights, cells: int, sequences: int, threads: int, attention: Attention = DEFAULT_ATTENTION
    ) -> None:
        params = llama_cpp.llama_context_default_params()
        params.n_ctx = cells
        params.n_batch = params.n_ubatch = CHUNK_TOKENS
        params.n_seq_max = sequences
        params.kv_unified = True
        params.n_threads = params.n_threads_batch = threads
        params.flash_attn_type = attention.flash_type
        params.type_k = params.type_v = attention.ggml_type
        params.no_perf = True
        self._vocabulary_size = weights.vocabulary_size
        self._context: Any = llama_cpp.llama_init_from_model(weights.handle, params)
        if not self._context:
            if attention.kv_type != "f16" and attention.flash == "off":
                raise ModelError("kv_type q8_0 needs flash attention; set flash_attention to auto or on")
            raise ModelError(f"not enough memory for a cache of {cells} tokens; set a smaller context_tokens")
        self._memory: Any = llama_cpp.llama_get_memory(self._context)
        self._batch: Any = llama_cpp.llama_batch_init(CHUNK_TOKENS, 0, sequences)
        self._one = _One()
        self._logits_at = logits_function(waits=attention.on_gpu)
        self._abort = abort_function()
        self._views: dict[int | None, Logits] = {}

    def watch(self, cancel: CancelFlag | None) -> None:
        """Let `cancel` end evaluations from now on; None: nothing does. The flag must outlive this."""
        if cancel is None:
            llama_cpp.llama_set_abort_callback(self._context, no_abort(), ctypes.c_void_p(0))
        else:
            llama_cpp.llama_set_abort_callback(self._context, self._abort, ctypes.c_void_p(cancel.address))

    def set_threads(self, threads: int) -> None:
        llama_cpp.llama_set_n_threads(self._context, threads, threads)

    def decode(self, tokens: Sequence[int], position: int, sequence: int, *, all_logits: bool = False) -> None:
        """Evaluate at most CHUNK_TOKENS tokens of one sequence from `position` on.

        Logits are ready after the last token, or after each. Raises Cancelled or CacheFull with the cells as before.
        """
        batch, last = self._batch, len(tokens) - 1
        batch.n_tokens = len(tokens)
        for index, token in enumerate(tokens):
            batch.token[index] = token
            batch.pos[index] = position + index
            batch.n_seq_id[index] = 1
            batch.seq_id[index][0] = sequence
            batch.logits[index] = all_logits or index == last
        self._run(((sequence, position),))

    def decode_one(self, token: int, position: int, sequence: int) -> None:
        """Evaluate one token; like `decode`, with less to set up at each."""
        one = self._one
        one.token[0] = token
        one.position[0] = position
        one.sequence[0] = sequence
        if outcome := llama_cpp.llama_decode(self._context, one.batch):
            self._fail(outcome, ((sequence, position),), one.batch)

    def decode_together(self, steps: Sequence[Step]) -> None:
        """Evaluate tokens in several sequences, each in all that it belongs to; logits row i belongs to step i.

        Sequences may share tokens until they part. Those of one sequence stand in the order of their positions.
        """
        batch = self._batch
        batch.n_tokens = len(steps)
        for index, (token, position, sequences) in enumerate(steps):
            batch.token[index] = token
            batch.pos[index] = position
            batch.n_seq_id[index] = len(sequences)
            for place, sequence in enumerate(sequences):
                batch.seq_id[index][place] = sequence
            batch.logits[index] = True
        self._run([(sequence, position) for _, position, sequences in steps for sequence in sequences])

    def logits(self, row: int = -1) -> Logits:
        """Logits of one row of the last evaluation, shape (vocabulary,): a view that the next evaluation overwrites."""
        address = self._logits_at(self._context, row)
        try:
            return self._views[address]
        except KeyError:  # llama.cpp moves its buffer seldom; making a view costs 20 us
            return self._view(address)

    def _view(self, address: int | None) -> Logits:
        if address is None:
            raise ModelError("llama.cpp has no logits for this token")
        if len(self._views) > 2 * CHUNK_TOKENS:
            self._views.clear()
        numbers = (ctypes.c_float * self._vocabulary_size).from_address(address)
        view = self._views[address] = np.ctypeslib.as_array(numbers)
        return view

    def remove(self, sequence: int, start: int = 0, end: int = -1) -> None:
        """Forget the positions from `start` to before `end` (-1: to the end) of a sequence."""
        if not llama_cpp.llama_memory_seq_rm(self._memory, sequence, start, end):
            raise ModelError("this model cannot take back tokens from its cache; only full-attention models can")

    def copy(self, source: int, target: int, start: int, end: int) -> None:
        """Let `target` share the cells of `source` from position `start` to before `end`; nothing is computed."""
        llama_cpp.llama_memory_seq_cp(self._memory, source, target, start, end)

    def shift(self, sequence: int, start: int, end: int, by: int) -> None:
        """Move positions from `start` to before `end` by so many places; applied at the next evaluation."""
        llama_cpp.llama_memory_seq_add(self._memory, sequence, start, end, by)

    def save(self, sequence: int) -> State | None:
        """A sequence's cells, to be put back later; None if there is no memory for them."""
        number = ctypes.c_int32(sequence)
        size = llama_cpp.llama_state_seq_get_size(self._context, number)
        try:
            state = (ctypes.c_uint8 * size)()
        except MemoryError:
            return None
        return state if llama_cpp.llama_state_seq_get_data(self._context, state, size, number) else None

    def restore(self, sequence: int, state: State) -> bool:
        """Put cells into a sequence that has none; False if they do not fit, and it has none then."""
        if llama_cpp.llama_state_seq_set_data(self._context, state, len(state), ctypes.c_int32(sequence)):
            return True
        self.remove(sequence)
        return False

    @property
    def can_shift(self) -> bool:
        return bool(llama_cpp.llama_memory_can_shift(self._memory))

    def close(self) -> None:
        """Free the context; llama.cpp crashes at exit on some back-ends when it is left to the interpreter."""
        if self._context:
            self._views.clear()
            llama_cpp.llama_batch_free(self._batch)
            self._one.free()
            llama_cpp.llama_free(self._context)
            self._context = None

    def _run(self, touched: Sequence[tuple[int, int]]) -> None:
        """Evaluate the batch; on failure take back what `touched` (sequence, position) may hold of it."""
        if outcome := llama_cpp.llama_decode(self._context, self._batch):
            self._fail(outcome, touched, self._batch)

    def _fail(self, outcome: int, touched: Sequence[tuple[int, int]], batch: Any) -> None:
        for sequence, position in touched:
            self.remove(sequence, position)
        if outcome == _ABORTED:
            raise Cancelled
        if outcome == _NO_ROOM:
            raise CacheFull
        raise ModelError(f"llama.cpp could not evaluate {batch.n_tokens} tokens (code {outcome})")


class _One:
    """A batch of one token, with the places that are written at each: to reach one through the batch takes 1 us."""

    def __init__(self) -> None:
        self.batch: Any = llama_cpp.llama_batch_init(1, 0, 1)
        self.batch.n_tokens = 1
        self.batch.n_seq_id[0] = 1
        self.batch.logits[0] = True
        self.token: Any = self.batch.token
        self.position: Any = self.batch.pos
        self.sequence: Any = self.batch.seq_id[0]

    def free(self) -> None:
        llama_cpp.llama_batch_free(self.batch)
