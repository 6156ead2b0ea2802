"""The engine in this process: a GGUF's weights, its layout and one session, put together to fill holes.

It decides nothing about what is worth showing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from inhouse.model.cancel import CancelFlag
from inhouse.model.decode import Decoded, decode
from inhouse.model.fill import Fill, FillRequest, ModelError
from inhouse.model.gguf import Header, read_header
from inhouse.model.layout import Layout, fim_order, fim_tokens
from inhouse.model.native import Weights
from inhouse.model.session import Cancelled, Session
from inhouse.model.threads import physical_cores

DEFAULT_CONTEXT_TOKENS = 2048
"""Prompt and answer together. Two cores read 2,048 tokens at 0.5B in 10 s, once; after that only what changed."""


class LlamaEngine:
    """Runs one GGUF through llama.cpp. Used from one thread at a time."""

    def __init__(
        self,
        path: Path,
        *,
        context_tokens: int = DEFAULT_CONTEXT_TOKENS,
        threads: int | None = None,
        gpu_layers: int = 0,
    ) -> None:
        """Load the model, memory-mapped. Raises ModelError with one line for the user."""
        self.header: Header = read_header(path)
        tokens = fim_tokens(self.header)
        self._weights = Weights(path, gpu_layers)
        if not self._weights.keeps_full_attention:
            self._weights.close()
            raise ModelError(
                f"{path}: sliding-window, hybrid and recurrent models lose their KV cache at each keystroke; "
                "choose a model with full attention"
            )
        context_tokens = min(context_tokens, self._weights.trained_context)
        self.threads = threads or physical_cores()
        self._layout = Layout(tokens, fim_order(self.header), self._weights.tokenize, context_tokens)
        self._session = Session(self._weights, context_tokens, self.threads)

    @property
    def name(self) -> str:
        return self.header.path.stem

    @property
    def context_tokens(self) -> int:
        return self._session.context_tokens

    def count_tokens(self, text: str) -> int:
        return len(self._weights.tokenize(text))

    def fill(self, request: FillRequest, cancel: CancelFlag, until: Callable[[str], bool] | None = None) -> Fill:
        """Fill the hole greedily; see Engine.fill."""
        prompt = self._layout.prompt(request)
        session = self._session
        session.watch(cancel)
        started = time.perf_counter()
        held = len(session.tokens)
        try:
            reused = session.evaluate(prompt, cancel)
        except Cancelled:
            return Fill("", (), "cancelled", len(prompt), min(held, len(session.tokens)), _ms_since(started), 0.0)
        finally:
            session.watch(None)
        prefill_ms = _ms_since(started)
        started = time.perf_counter()
        done = self._decode(request, cancel, until)
        return Fill(done.text, tuple(done.tokens), done.stop, len(prompt), reused, prefill_ms, _ms_since(started))

    def _decode(self, request: FillRequest, cancel: CancelFlag, until: Callable[[str], bool] | None) -> Decoded:
        self._session.watch(cancel)
        try:
            return decode(self._session, self._weights, request, cancel, until)
        finally:
            self._session.watch(None)  # the flag is the caller's: llama.cpp must not look at it afterwards

    def close(self) -> None:
        self._session.close()
        self._weights.close()


def _ms_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
