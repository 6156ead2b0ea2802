"""The engine in this process: a GGUF's weights, its layout and one session, put together to fill holes.

It decides nothing about what is worth showing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from inhouse.model.branch import alternatives
from inhouse.model.cancel import CancelFlag
from inhouse.model.cells import Cancelled
from inhouse.model.decode import Decoded, decode
from inhouse.model.families import family_of, fim_tokens
from inhouse.model.fill import Alternative, Fill, FillRequest, Judged, ModelError, Steering
from inhouse.model.gguf import Header, read_header
from inhouse.model.healing import take_back
from inhouse.model.judge import Scale, judge
from inhouse.model.layout import Layout, Prompt
from inhouse.model.native import Weights
from inhouse.model.session import Session
from inhouse.model.store import default_cache_folder
from inhouse.model.threads import Threads
from inhouse.model.vocabulary import Vocabulary, cached_pieces

DEFAULT_CONTEXT_TOKENS = 2048
"""Prompt and answer together. Two cores read 2,048 tokens at 0.5B in 10 s, once; after that only what changed."""

_BEFORE_TOKENS = 64
"""Prompt tokens that the steering gets to see: more than any n-gram's order."""


class LlamaEngine:
    """Runs one GGUF through llama.cpp. Used from one thread at a time."""

    def __init__(
        self,
        path: Path,
        *,
        context_tokens: int = DEFAULT_CONTEXT_TOKENS,
        threads: int | None = None,
        gpu_layers: int = 0,
        heal: bool = True,
        cache_folder: Path | None = None,
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
        self._threads = Threads(threads)
        self._heal = heal
        self.vocabulary = _vocabulary_of(self._weights, cache_folder)
        self._layout = Layout(tokens, family_of(self.header), self._weights.tokenize, context_tokens)
        self._session = Session(self._weights, context_tokens, self._threads.count())

    @property
    def name(self) -> str:
        return self.header.path.stem

    @property
    def context_tokens(self) -> int:
        return self._session.context_tokens

    def tokenize(self, text: str) -> list[int]:
        """Token ids of plain text (control tokens in it count as ordinary characters)."""
        return self._weights.tokenize(text)

    def piece(self, token: int) -> bytes:
        """The bytes that a token stands for."""
        return self.vocabulary.piece(token)

    def fill(
        self,
        request: FillRequest,
        cancel: CancelFlag,
        until: Callable[[str], bool] | None = None,
        steering: Steering | None = None,
    ) -> Fill:
        """Fill the hole greedily; see Engine.fill."""
        session = self._session
        started = time.perf_counter()
        prompt = self._layout.prompt(request)
        ids, healed = self._take_back(prompt)
        session.cells.set_threads(self._threads.count())
        session.cells.watch(cancel)  # the flag is the caller's: llama.cpp must not look at it afterwards
        try:
            reused = session.evaluate(request.path, ids, cancel, prompt.suffix)
            prefill_ms = _ms_since(started)
            started = time.perf_counter()
            first = decode(
                session,
                self.vocabulary,
                request,
                cancel,
                before=ids[-_BEFORE_TOKENS:],
                healed=healed,
                until=until,
                steering=steering,
            )
            others = self._alternatives(request, ids, first, cancel, healed, steering)
        except Cancelled:
            return Fill("", (), "cancelled", len(ids), 0, _ms_since(started), 0.0)
        finally:
            session.cells.watch(None)
        return Fill(
            first.text,
            tuple(first.tokens),
            first.stop,
            len(ids),
            reused,
            prefill_ms,
            _ms_since(started),
            alternatives=others,
        )

    def score(
        self, request: FillRequest, texts: Sequence[str], cancel: CancelFlag, steering: Steering | None = None
    ) -> tuple[Judged, ...]:
        """How likely each text is in the hole; see Engine.score."""
        session = self._session
        prompt = self._layout.prompt(request)
        ids, healed = self._take_back(prompt)
        try:
            said = [self._weights.tokenize(healed.decode() + text) for text in texts]
        except UnicodeDecodeError:  # half a character: go on from where the cursor is
            ids, healed = prompt.ids, b""
            said = [self._weights.tokenize(text) for text in texts]
        session.cells.set_threads(self._threads.count())
        session.cells.watch(cancel)
        try:
            session.evaluate(request.path, ids, cancel, prompt.suffix)
            return judge(session, said, Scale(self.vocabulary, ids[-_BEFORE_TOKENS:], healed, steering))
        except Cancelled:
            return ()
        finally:
            session.cells.watch(None)

    def warm(self, request: FillRequest, cancel: CancelFlag) -> bool:
        """Evaluate the prompt ahead of a request, exactly; returns whether it is done.

        Yields to `cancel` within a token's time; the chunks that were evaluated stay.
        """
        prompt = self._layout.prompt(request)
        ids, _ = self._take_back(prompt)
        session = self._session
        session.cells.set_threads(self._threads.count())
        session.cells.watch(cancel)
        try:
            session.refresh(request.path)
            session.evaluate(request.path, ids, cancel)
        except Cancelled:
            return False
        finally:
            session.cells.watch(None)
        return True

    def close(self) -> None:
        self._session.close()
        self._weights.close()

    def _alternatives(
        self,
        request: FillRequest,
        ids: list[int],
        first: Decoded,
        cancel: CancelFlag,
        healed: bytes,
        steering: Steering | None,
    ) -> tuple[Alternative, ...]:
        if request.alternatives < 2 or first.stop == "cancelled":
            return ()
        return alternatives(
            self._session,
            self.vocabulary,
            request,
            len(ids),
            first,
            cancel,
            before=ids[-_BEFORE_TOKENS:],
            healed=healed,
            steering=steering,
        )

    def _take_back(self, prompt: Prompt) -> tuple[list[int], bytes]:
        """(prompt without the tokens to be said again, their bytes)."""
        if not self._heal:
            return prompt.ids, b""
        count, healed = take_back(prompt.ids, self.vocabulary.piece, min(prompt.tail, len(prompt.ids) - 1))
        return (prompt.ids[:-count], healed) if count else (prompt.ids, b"")


def _vocabulary_of(weights: Weights, cache_folder: Path | None) -> Vocabulary:
    status = weights.path.stat()
    key = f"{weights.path.name} {status.st_size} {status.st_mtime_ns} {weights.vocabulary_size}"
    folder = cache_folder or default_cache_folder()
    pieces = cached_pieces(folder / "vocabulary" / f"{weights.path.stem}.bin", key, weights.pieces)
    ends = frozenset(token for token in range(weights.vocabulary_size) if not pieces[token] and weights.is_end(token))
    return Vocabulary(pieces, ends)


def _ms_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
