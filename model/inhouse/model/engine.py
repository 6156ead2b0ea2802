"""The engine in this process: a GGUF's weights, its layout and one session, put together to fill holes.

It decides nothing about what is worth showing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from inhouse.model.beam import likeliest
from inhouse.model.branch import alternatives
from inhouse.model.cancel import CancelFlag, Cancelled
from inhouse.model.cells import FLASH_BY_RULE
from inhouse.model.decode import Decoded, decode
from inhouse.model.families import family_of, fim_tokens
from inhouse.model.fill import Alternative, Fill, FillRequest, Informed, Judged, Line, Steering
from inhouse.model.gguf import Header, read_header
from inhouse.model.judge import Scale, judge
from inhouse.model.layout import Layout
from inhouse.model.native import Weights
from inhouse.model.opening import Opened, Opening
from inhouse.model.pieces import Pieces
from inhouse.model.placing import Placement, placed
from inhouse.model.speculation import Speculation
from inhouse.model.store import default_cache_folder
from inhouse.model.threads import Threads
from inhouse.model.vocabulary import Ids, Vocabulary, cached_pieces

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
        cache_folder = cache_folder or default_cache_folder()
        self.vocabulary = _vocabulary_of(self._weights, cache_folder)
        self._pieces = Pieces(self._weights.tokenize)
        self._texts = Pieces(self._weights.tokenize)
        layout = Layout(tokens, family_of(self.header), self._pieces, context_tokens, self._weights.opening)
        self._opening = Opening(layout, self._session, self.vocabulary, heal=heal)
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
        started = time.perf_counter()
        try:
            with self._until(cancel):
                opened = self._opening.open(request, cancel)
                prefill_ms = _ms_since(started)
                started = time.perf_counter()
                drafting = self._speculation.of(opened.ids, request, steering, self._threads.last)
                first = decode(
                    drafting or self._session,
                    self.vocabulary,
                    request,
                    cancel,
                    before=opened.before,
                    healed=opened.healed,
                    until=until,
                    steering=steering,
                )
                if drafting is not None:
                    drafting.finish()
                others = self._alternatives(request, opened, first, cancel, steering, started)
        except Cancelled:
            return Fill("", (), "cancelled", 0, 0, _ms_since(started), 0.0)
        return Fill(
            first.text,
            tuple(first.tokens),
            first.stop,
            len(opened.ids),
            opened.reused,
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
        try:
            with self._until(cancel):
                opened = self._opening.open(request, cancel, whole=True)
                scale = Scale(self.vocabulary, opened.before, opened.healed, steering)
                said = [self._pieces(opened.healed.decode() + text) for text in texts]
                return judge(self._session, said, scale, _over(request, cancel))
        except Cancelled:
            return ()

    def lines(
        self, request: FillRequest, width: int, cancel: CancelFlag, steering: Steering | None = None
    ) -> tuple[Line, ...]:
        """The likeliest rests of the line; see Searcher.lines."""
        try:
            with self._until(cancel):
                opened = self._opening.open(request, cancel)
                scale = Scale(self.vocabulary, opened.before, opened.healed, steering)
                if isinstance(steering, Informed):
                    steering.begin(opened.healed)
                return likeliest(self._session, self.vocabulary, scale, width, _over(request, cancel))
        except Cancelled:
            return ()

    def warm(self, request: FillRequest, cancel: CancelFlag) -> bool:
        """Evaluate the prompt ahead of a request, exactly; returns whether it is done.

        Yields to `cancel` within a token's time; the chunks that were evaluated stay.
        """
        try:
            with self._until(cancel):
                self._opening.read_ahead(request, cancel)
                self._speculation.learn(self._threads.last)
        except Cancelled:
            return False
        return True

    @contextmanager
    def _until(self, cancel: CancelFlag) -> Generator[None]:
        """Let the flag end what is done inside, which raises Cancelled then; nothing looks at the flag afterwards.

        Raises ModelError where the weights' file was written to.
        """
        self._weights.check()
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
        opened: Opened,
        first: Decoded,
        cancel: CancelFlag,
        steering: Steering | None,
        started: float,
    ) -> tuple[Alternative, ...]:
        if request.alternatives < 2 or first.stop == "cancelled":
            return ()
        return alternatives(
            self._session,
            self.vocabulary,
            request,
            len(opened.ids),
            first,
            cancel,
            before=opened.before,
            healed=opened.healed,
            steering=steering,
            late=_late(request, started),
        )


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


def _over(request: FillRequest, cancel: CancelFlag) -> Callable[[], bool]:
    """Whether the request's time, from now on, is over or it was cancelled."""
    late = _late(request, time.perf_counter())
    return lambda: cancel.is_set or late()


def _ms_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
