"""A GGUF in llama.cpp, as plain as measuring needs it: logits for tokens, greedy text after a prompt.

Not the product's session: it reuses nothing between prompts, so that every figure stands alone.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from pathlib import Path

import llama_cpp
import numpy as np
import numpy.typing as npt

from coretrain.special import Special


@llama_cpp.llama_log_callback  # type: ignore[untyped-decorator]
def _silent(level: int, text: bytes, data: ctypes.c_void_p) -> None:
    """llama.cpp writes a page for every model that it loads."""


def silence() -> None:
    llama_cpp.llama_log_set(_silent, ctypes.c_void_p(0))


class Engine:
    def __init__(self, path: Path, context: int = 2048, threads: int = 1) -> None:
        silence()
        self._llama = llama_cpp.Llama(
            str(path), n_ctx=context, n_batch=512, n_threads=threads, n_threads_batch=threads, verbose=False
        )
        self.context = context
        self.vocabulary = self._llama.n_vocab()
        self._pieces = [self._llama.detokenize([i], special=False) for i in range(self.vocabulary)]

    def tokenize(self, text: str, special: bool = False) -> list[int]:
        return self._llama.tokenize(text.encode(), add_bos=False, special=special)

    def bytes(self, ids: Sequence[int]) -> bytes:
        return b"".join(self._pieces[i] for i in ids)

    def read(self, ids: Sequence[int]) -> npt.NDArray[np.float32]:
        """Logits behind the last of `ids`, the cache emptied before."""
        self._llama.reset()  # type: ignore[no-untyped-call]
        return self.more(ids)

    def more(self, ids: Sequence[int]) -> npt.NDArray[np.float32]:
        self._llama.eval(list(ids))
        pointer = llama_cpp.llama_get_logits_ith(self._llama.ctx, -1)
        return np.ctypeslib.as_array(pointer, (self.vocabulary,)).copy()

    def greedy(self, prompt: Sequence[int], most: int = 48, one_line: bool = True) -> tuple[list[int], float]:
        """Tokens up to a special one or the end of the line, and their log-probability."""
        logits = self.read(prompt)
        written: list[int] = []
        log_probability = 0.0
        while len(written) < most:
            best = int(logits.argmax())
            log_probability -= float(np.log(np.exp(logits - logits[best]).sum()))
            if best < len(Special):
                break
            written.append(best)
            if one_line and b"\n" in self._pieces[best]:
                break
            logits = self.more([best])
        return written, log_probability
