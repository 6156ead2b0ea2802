"""The engine in this process: a GGUF's weights, its layout and one session, put together to fill holes.

It decides nothing about what is worth showing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from inhouse.model.beam import likeliest
from inhouse.model.branch import alternatives
from inhouse.model.cancel import CancelFlag, Cancelled
from inhouse.model.cells import FLASH_BY_RULE
from inhouse.model.decode import Decoded, decode
from inhouse.model.families import family_of, fim_tokens
from inhouse.model.fill import Alternative, Fill, FillRequest, Informed, Judged, Line, Steering
from inhouse.model.gguf import Header, read_header
from inhouse.model.healing import take_back
from inhouse.model.judge import Scale, judge
from inhouse.model.layout import Layout, Prompt
from inhouse.model.native import Weights
from inhouse.model.pieces import Pieces
from inhouse.model.placing import Placement, placed
from inhouse.model.speculation import Speculation
from inhouse.model.store import default_cache_folder
from inhouse.model.threads import Threads
from inhouse.model.vocabulary import Ids, Vocabulary, cached_pieces

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
        flash_attention: str = FLASH_BY_RULE,
        kv_type: str = "f16",
        heal: bool = True,
        drafts: bool = True,
        cache_folder: Path | None = None,
    ) -> None:
        """Load the model. Raises ModelError with one line for the user."""
        self.header: Header = read_header(path)
        tokens = fim_tokens(self.header)
        self._threads = Threads(threads)
        settled = Placement(context_tokens, self._threads.count(), gpu_layers, flash_attention, kv_type)
        self._weights, self._session, gpu_layers = placed(path, settled)
        context_tokens = self._session.context_tokens
        self._heal = heal
        cache_folder = cache_folder or default_cache_folder()
        self.vocabulary = _vocabulary_of(self._weights, cache_folder)
        self._pieces = Pieces(self._weights.tokenize)
        self._texts = Pieces(self._weights.tokenize)
        self._layout = Layout(tokens, family_of(self.header), self._pieces, context_tokens, self._weights.opening)
        self._speculation = Speculation(
            self._session,
            self.vocabulary.piece,
            cache_folder / "batches" / f"{path.stem}.json",
            f"{file_key(path)} {flash_attention} {kv_type}",
            enabled=drafts,
            on_gpu=gpu_layers > 0,
        )

    @property
    def name(self) -> str:
        return self.header.path.stem

    @property
    def tokenizer(self) -> str:
        """By what its tokens say: files of the same name may number them otherwise."""
        return self.vocabulary.digest

    @property
    def parameters(self) -> int:
        return self.header.parameters

    @property
    def context_tokens(self) -> int:
        return self._session.context_tokens

    @property
    def cells(self) -> int:
        """Cells of the KV cache, in tokens."""
        return self._session.size

    def tokenize(self, text: str, cancel: CancelFlag | None = None) -> list[int]:
        """Token ids of plain text (control tokens in it count as ordinary characters)."""
        return self._texts(text, cancel)

    @property
    def vocabulary_size(self) -> int:
        """How many tokens there are."""
        return len(self.vocabulary)

    def piece(self, token: int) -> bytes:
        """The bytes that a token stands for."""
        return self.vocabulary.piece(token)

    def within(self, text: bytes) -> Ids:
        """Ids of the tokens that can begin a sequence whose text begins with `text`."""
        return self.vocabulary.within(text)

    def fill(
        self,
        request: FillRequest,
        cancel: CancelFlag,
        until: Callable[[str], bool] | None = None,
        steering: Steering | None = None,
    ) -> Fill:
        """Fill the hole greedily; see Engine.fill."""
        session, size = self._session, 0
        self._weights.check()
        started = time.perf_counter()
        try:
            with self._until(cancel):
                prompt = self._layout.prompt(request)
                ids, before, healed = self._take_back(prompt)
                size = len(ids)
                reused = session.evaluate(request.key, ids, cancel, prompt.suffix)
                prefill_ms = _ms_since(started)
                started = time.perf_counter()
                drafting = self._speculation.of(ids, request, steering, self._threads.last)
                first = decode(
                    drafting or session,
                    self.vocabulary,
                    request,
                    cancel,
                    before=before,
                    healed=healed,
                    until=until,
                    steering=steering,
                )
                if drafting is not None:
                    drafting.finish()
                others = self._alternatives(request, size, before, first, cancel, healed, steering, started)
        except Cancelled:
            return Fill("", (), "cancelled", size, 0, _ms_since(started), 0.0)
        return Fill(
            first.text,
            tuple(first.tokens),
            first.stop,
            len(ids),
            reused,
            prefill_ms,
            _ms_since(started),
            drafting.drafted if drafting else 0,
            drafting.accepted if drafting else 0,
            alternatives=others,
            first_token_ms=first.first_ms,
        )

    def score(
        self, request: FillRequest, texts: Sequence[str], cancel: CancelFlag, steering: Steering | None = None
    ) -> tuple[Judged, ...]:
        """How likely each text is in the hole; see Engine.score."""
        session = self._session
        self._weights.check()
        try:
            with self._until(cancel):
                prompt = self._layout.prompt(request)
                ids, before, healed = self._take_back(prompt)
                try:
                    said = [self._pieces(healed.decode() + text) for text in texts]
                except UnicodeDecodeError:  # half a character: go on from where the cursor is
                    ids, before, healed = self._take_back(replace(prompt, tail=0))
                    said = [self._pieces(text) for text in texts]
                session.evaluate(request.key, ids, cancel, prompt.suffix)
                scale = Scale(self.vocabulary, before, healed, steering)
                late = _late(request, time.perf_counter())
                return judge(session, said, scale, lambda: cancel.is_set or late())
        except Cancelled:
            return ()

    def lines(
        self, request: FillRequest, width: int, cancel: CancelFlag, steering: Steering | None = None
    ) -> tuple[Line, ...]:
        """The likeliest rests of the line; see Searcher.lines."""
        session = self._session
        self._weights.check()
        try:
            with self._until(cancel):
                prompt = self._layout.prompt(request)
                ids, before, healed = self._take_back(prompt)
                session.evaluate(request.key, ids, cancel, prompt.suffix)
                if isinstance(steering, Informed):
                    steering.begin(healed)
                scale = Scale(self.vocabulary, before, healed, steering)
                late = _late(request, time.perf_counter())
                return likeliest(session, self.vocabulary, scale, width, lambda: cancel.is_set or late())
        except Cancelled:
            return ()

    def warm(self, request: FillRequest, cancel: CancelFlag) -> bool:
        """Evaluate the prompt ahead of a request, exactly; returns whether it is done.

        Yields to `cancel` within a token's time; the chunks that were evaluated stay.
        """
        self._weights.check()
        try:
            with self._until(cancel):
                ids, _, _ = self._take_back(self._layout.prompt(request))
                self._session.refresh(request.key, ids, cancel)
                self._session.evaluate(request.key, ids, cancel)
                self._speculation.learn(self._threads.last)
        except Cancelled:
            return False
        return True

    @contextmanager
    def _until(self, cancel: CancelFlag) -> Generator[None]:
        """Let the flag end what is done inside, which raises Cancelled then; nothing looks at the flag afterwards."""
        cells = self._session.cells
        cells.set_threads(self._threads.count())
        cells.watch(cancel)
        self._pieces.cancel = cancel
        try:
            yield
        finally:
            cells.watch(None)
            self._pieces.cancel = None

    def learn_costs(self) -> None:
        """Measure what batches cost here, unless that is known; drafts are used from then on. 0.2 to 1 s at 0.5B."""
        self._session.evaluate("", [0], CancelFlag())
        self._speculation.learn(self._threads.last)
        self._session.forget("")

    def batch_costs(self) -> Mapping[int, float] | None:
        """Milliseconds to evaluate so many tokens together behind a short prompt, as measured here; None if not yet."""
        return self._speculation.costs(self._threads.last, 0)

    def close(self) -> None:
        self._session.close()
        self._weights.close()

    def _alternatives(
        self,
        request: FillRequest,
        prompt_length: int,
        before: Sequence[int],
        first: Decoded,
        cancel: CancelFlag,
        healed: bytes,
        steering: Steering | None,
        started: float,
    ) -> tuple[Alternative, ...]:
        if request.alternatives < 2 or first.stop == "cancelled":
            return ()
        return alternatives(
            self._session,
            self.vocabulary,
            request,
            prompt_length,
            first,
            cancel,
            before=before,
            healed=healed,
            steering=steering,
            late=_late(request, started),
        )

    def _take_back(self, prompt: Prompt) -> tuple[list[int], list[int], bytes]:
        """(prompt without the tokens to be said again, its last tokens of text, the bytes to be said again)."""
        ids, most = prompt.ids, min(prompt.tail, len(prompt.ids) - 1)
        count, healed = take_back(ids, self.vocabulary.piece, most) if self._heal else (0, b"")
        kept = ids[: len(ids) - count]
        return [*kept, *prompt.closing], kept[-_BEFORE_TOKENS:], healed


def file_key(path: Path) -> str:
    """What tells this file's content from another one's under the same name."""
    status = path.stat()
    return f"{path.name} {status.st_size} {status.st_mtime_ns}"


def _vocabulary_of(weights: Weights, cache_folder: Path) -> Vocabulary:
    file = cache_folder / "vocabulary" / f"{weights.path.stem}.bin"
    pieces = cached_pieces(file, file_key(weights.path), weights.pieces)
    ends = frozenset(token for token in range(weights.vocabulary_size) if not pieces[token] and weights.is_end(token))
    return Vocabulary(pieces, ends)


def _late(request: FillRequest, started: float) -> Callable[[], bool]:
    """Whether the request's time is over."""
    limit = request.deadline_ms
    return lambda: limit is not None and _ms_since(started) > limit


def _ms_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
