"""A llama.cpp context and what is in its KV cache: evaluates token sequences, keeping the prefix that is already there.

It knows nothing about text, files or holes: it is purely token ids.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any

import llama_cpp
import numpy as np
from numpy.typing import NDArray

from inhouse.model.cancel import CancelFlag
from inhouse.model.fill import ModelError
from inhouse.model.native import Weights, abort_function, no_abort

CHUNK_TOKENS = 64
"""Prompt tokens evaluated in one call. An aborted call loses its own chunk only, so small chunks keep what was done."""

_ABORTED = 2
"""llama_decode's answer when the abort callback ended it."""

Logits = NDArray[np.float32]


class Cancelled(Exception):
    """The cancel flag ended an evaluation; the cache holds what was finished before."""


class Session:
    """One sequence of tokens in one llama.cpp context. Used from one thread at a time."""

    def __init__(self, weights: Weights, context_tokens: int, threads: int) -> None:
        params = llama_cpp.llama_context_default_params()
        params.n_ctx = context_tokens
        params.n_batch = params.n_ubatch = CHUNK_TOKENS
        params.n_threads = params.n_threads_batch = threads
        params.no_perf = True
        self.weights = weights
        self.context_tokens = context_tokens
        self._context: Any = llama_cpp.llama_init_from_model(weights.handle, params)
        if not self._context:
            raise ModelError(
                f"not enough memory for a context of {context_tokens} tokens; set a smaller context_tokens"
            )
        self._memory: Any = llama_cpp.llama_get_memory(self._context)
        self._batch: Any = llama_cpp.llama_batch_init(CHUNK_TOKENS, 0, 1)
        self._tokens: list[int] = []
        self._abort = abort_function()
        self._logits_address = 0
        self._logits: Logits = np.empty(0, np.float32)

    @property
    def tokens(self) -> Sequence[int]:
        """The ids in the cache, in order."""
        return self._tokens

    def watch(self, cancel: CancelFlag | None) -> None:
        """Let `cancel` end evaluations from now on; None: nothing does. The flag must outlive this."""
        if cancel is None:
            llama_cpp.llama_set_abort_callback(self._context, no_abort(), ctypes.c_void_p(0))
        else:
            llama_cpp.llama_set_abort_callback(self._context, self._abort, ctypes.c_void_p(cancel.address))

    def set_threads(self, threads: int) -> None:
        llama_cpp.llama_set_n_threads(self._context, threads, threads)

    def evaluate(self, tokens: Sequence[int], cancel: CancelFlag) -> int:
        """Bring the cache to exactly `tokens`, with the logits after the last one ready; returns how many were reused.

        At least the last token is evaluated, as its logits are wanted. Raises Cancelled, keeping the finished chunks.
        """
        if not 0 < len(tokens) <= self.context_tokens:
            raise ModelError(f"a prompt of {len(tokens)} tokens does not fit the context of {self.context_tokens}")
        kept = min(_common_length(self._tokens, tokens), len(tokens) - 1)
        self.shorten(kept)
        for start in range(kept, len(tokens), CHUNK_TOKENS):
            if cancel.is_set:
                raise Cancelled
            self._decode(tokens[start : start + CHUNK_TOKENS])
        return kept

    def append(self, token: int) -> None:
        """Evaluate one more token; its logits are ready afterwards. Raises Cancelled."""
        self._decode((token,))

    def shorten(self, length: int) -> None:
        """Forget all but the first `length` tokens."""
        if length < len(self._tokens):
            if not llama_cpp.llama_memory_seq_rm(self._memory, 0, length, -1):
                raise ModelError("this model cannot take back tokens from its cache; only full-attention models can")
            del self._tokens[length:]

    def logits(self) -> Logits:
        """Logits after the last evaluated token, shape (vocabulary,): a view that the next evaluation overwrites."""
        pointer: Any = llama_cpp.llama_get_logits_ith(self._context, -1)
        address = ctypes.addressof(pointer.contents)
        if address != self._logits_address:  # llama.cpp moves its buffer seldom; making a view costs 20 us
            self._logits = np.ctypeslib.as_array(pointer, (self.weights.vocabulary_size,))
            self._logits_address = address
        return self._logits

    def close(self) -> None:
        """Free the context; llama.cpp crashes at exit on some back-ends when it is left to the interpreter."""
        if self._context:
            llama_cpp.llama_batch_free(self._batch)
            llama_cpp.llama_free(self._context)
            self._context = None

    def _decode(self, tokens: Sequence[int]) -> None:
        """Evaluate at most CHUNK_TOKENS tokens behind what is there."""
        batch, position, last = self._batch, len(self._tokens), len(tokens) - 1
        batch.n_tokens = len(tokens)
        for index, token in enumerate(tokens):
            batch.token[index] = token
            batch.pos[index] = position + index
            batch.n_seq_id[index] = 1
            batch.seq_id[index][0] = 0
            batch.logits[index] = index == last
        outcome = llama_cpp.llama_decode(self._context, batch)
        if outcome == _ABORTED:
            llama_cpp.llama_memory_seq_rm(self._memory, 0, position, -1)
            raise Cancelled
        if outcome != 0:
            self.shorten(0)
            raise ModelError(f"llama.cpp could not evaluate {len(tokens)} tokens (code {outcome})")
        self._tokens.extend(tokens)


def _common_length(left: Sequence[int], right: Sequence[int]) -> int:
    """How many leading ids are the same."""
    for index, (one, other) in enumerate(zip(left, right, strict=False)):
        if one != other:
            return index
    return min(len(left), len(right))
