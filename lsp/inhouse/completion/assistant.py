"""Everything one process needs to complete: one engine, one index a project, and the way from cursor to answer.

It knows no LSP and no editor. `complete` belongs to one worker thread; the rest may be called from any thread.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from inhouse.completion.cursor import Cursor, cursor_of, refusal
from inhouse.completion.gate import features_of, fitted
from inhouse.completion.keeper import ContextKeeper
from inhouse.completion.mix import ProjectMix
from inhouse.completion.prefix_tokens import PrefixTokens
from inhouse.completion.request import Completion, CompletionRequest, Item, Provenance, TokenCounts
from inhouse.completion.settings import Settings
from inhouse.completion.shape import shape
from inhouse.context import Chunk, Project, TokenMemory, language_of
from inhouse.model import Block, CancelFlag, Engine, Fill, FillRequest

_CONTEXT_SHARE = 0.45
"""Of the context window, for other files: one line in six needs a name that stands only there."""
_CHARACTERS_PER_TOKEN = 3.0
"""On the low side for code (3.0 to 4.2), so that what is gathered fits."""

UNSURE = "not sure enough"
"""The reason for silence when the chance of being kept is below the user's threshold."""
_OWN_CHARACTERS = 8_000
"""Of the text after the cursor, for the n-gram of the current file: tokenising it takes 4 ms."""


class Assistant:
    """One engine and the projects it completes in."""

    def __init__(self, settings: Settings, engine: Engine | None = None) -> None:
        self.settings = settings
        self._engine = engine
        self._projects: dict[Path, Project] = {}
        self._memories: dict[Path, TokenMemory] = {}
        self._gate = fitted()
        self._keeper = ContextKeeper()
        self._tokens = PrefixTokens()
        self._lock = threading.Lock()

    @property
    def model_name(self) -> str:
        """Name of the loaded model; empty before it is loaded."""
        return self._engine.name if self._engine else ""

    def load(self, progress: Callable[[float], None] | None = None) -> None:
        """Load the model if it is not there yet; `progress` gets 0 to 1. Raises ModelError."""
        with self._lock:
            if self._engine is None:
                self._engine = _open_engine(self.settings)
        if progress:
            progress(1.0)

    def project(self, root: Path) -> Project:
        """The index of the project at `root`, opened once. Raises ContextError."""
        with self._lock:
            if root not in self._projects:
                self._projects[root] = Project(root)
            return self._projects[root]

    def learn(self, root: Path, stop: Callable[[], bool] | None = None) -> int:
        """Bring what is known of the project's own wording up to date with its index; how many files were read.

        Slow the first time (a second for each 50,000 lines): call it off the event loop, after the project's refresh.
        """
        if not self.settings.project_mix:
            return 0
        self.load()
        return self._memory(root).refresh(stop)

    def complete(self, request: CompletionRequest, cancel: CancelFlag) -> Completion:
        """Answer one cursor. Blocks; `cancel` ends it within one token. Raises ModelError or ContextError."""
        started = time.perf_counter()
        language = request.language or language_of(request.path) or ""
        cursor = cursor_of(request)
        if not self.settings.enabled:
            return self._silent("switched off")
        if language in self.settings.languages_off:
            return self._silent(f"switched off for {language}")
        if why := refusal(cursor, request.invoked):
            return self._silent(why)
        self.load()
        chunks = self._gather(request, cursor)
        context_ms = _ms_since(started)
        steering = self._steering(request, cursor)
        fill = self._fill(request, cursor, chunks, cancel, steering)
        timings = {
            "context": context_ms,
            "prefill": fill.prefill_ms,
            "decode": fill.decode_ms,
            "total": _ms_since(started),
        }
        return self._answer(request, fill, cursor, chunks, steering.agreement if steering else (), timings)

    def close(self, *, keep_engine: bool = False) -> None:
        """Release all indexes and, unless it belongs to somebody else, the engine."""
        with self._lock:
            for memory in self._memories.values():
                memory.save()
            self._memories.clear()
            for project in self._projects.values():
                project.close()
            self._projects.clear()
            if self._engine and not keep_engine:
                self._engine.close()
                self._engine = None

    def _gather(self, request: CompletionRequest, cursor: Cursor) -> Sequence[Chunk]:
        if not self.settings.project_context:
            return ()
        budget = int(self._loaded.context_tokens * _CONTEXT_SHARE * _CHARACTERS_PER_TOKEN)
        project = self.project(request.root)
        line = request.text.count("\n", 0, cursor.offset)
        return self._keeper.chunks(
            str(request.path),
            line,
            lambda: project.gather(request.path, request.text, cursor.offset, budget, request.exclude),
        )

    def _memory(self, root: Path) -> TokenMemory:
        """The project's n-gram in the loaded model's tokens."""
        project, engine = self.project(root), self._loaded
        with self._lock:
            if root not in self._memories:
                self._memories[root] = TokenMemory(project, engine.tokenize, engine.name)
            return self._memories[root]

    def _steering(self, request: CompletionRequest, cursor: Cursor) -> ProjectMix | None:
        """The project's say in this request, if there is one."""
        if not self.settings.project_mix:
            return None
        ngram, own = self._memory(request.root).ngram, relative(request.path, request.root)
        after = self._loaded.tokenize(cursor.suffix[:_OWN_CHARACTERS])
        before = self._tokens.of(str(request.path), cursor.prefix, self._loaded.tokenize)
        return ProjectMix(before, lambda ids: ngram.at(ids, after, own))

    def _fill(
        self,
        request: CompletionRequest,
        cursor: Cursor,
        chunks: Sequence[Chunk],
        cancel: CancelFlag,
        steering: ProjectMix | None,
    ) -> Fill:
        fill_request = FillRequest(
            path=relative(request.path, request.root),
            prefix=cursor.prefix,
            suffix=cursor.suffix,
            blocks=tuple(Block(chunk.path, chunk.text) for chunk in chunks),
            repository=request.root.name,
            max_tokens=self.settings.max_tokens,
            alternatives=request.alternatives,
            deadline_ms=self.settings.time_limit_ms,
        )
        return self._loaded.fill(fill_request, cancel, steering=steering)

    def _answer(
        self,
        request: CompletionRequest,
        fill: Fill,
        cursor: Cursor,
        chunks: Sequence[Chunk],
        agreement: Sequence[float],
        timings: dict[str, float],
    ) -> Completion:
        counts = TokenCounts(
            fill.prompt_tokens, fill.reused_tokens, len(fill.tokens), fill.drafted_tokens, fill.accepted_tokens
        )
        if fill.stop == "cancelled":
            return Completion((), "cancelled", self.model_name, counts, timings)
        places = tuple(Provenance(chunk.path, chunk.start_line, chunk.kind) for chunk in chunks)
        answers = [(fill.text, fill.tokens), *((other.text, other.tokens) for other in fill.alternatives)]
        items: list[Item] = []
        silent = None
        for text, tokens in answers:
            shaped = shape(text, cursor)
            features = features_of(tokens, agreement, shaped.text, cursor.line_head)
            probability = self._gate.probability(features)
            why = shaped.silent or (UNSURE if self._holds_back(request, probability) else None)
            if why is None:
                items.append(Item(shaped.text, cursor.start, shaped.end, probability, "model", places, features))
            silent = silent or why
        return Completion(tuple(items), None if items else silent, self.model_name, counts, timings)

    def _holds_back(self, request: CompletionRequest, probability: float) -> bool:
        """Whether a suggestion is too unsure to be shown unasked."""
        return not request.invoked and probability < self.settings.show_above

    def _silent(self, why: str) -> Completion:
        return Completion((), why, self.model_name)

    @property
    def _loaded(self) -> Engine:
        assert self._engine is not None, "load() comes first"
        return self._engine


def relative(path: Path, root: Path) -> str:
    """The path as the model and people see it: relative to the root, forward slashes; the name alone elsewhere."""
    try:
        return path.relative_to(root).as_posix()
    except ValueError:
        return path.name


def _open_engine(settings: Settings) -> Engine:
    # Imported here: llama.cpp's libraries take 0.2 s to load, which `--help` and a silent answer need not pay.
    from inhouse.model.engine import LlamaEngine
    from inhouse.model.store import resolve

    return LlamaEngine(
        resolve(settings.model),
        context_tokens=settings.context_tokens,
        threads=settings.threads,
        gpu_layers=settings.gpu_layers,
    )


def _ms_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
