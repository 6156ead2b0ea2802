"""Everything one process needs to complete: one engine, one index a project, and the way from cursor to answer.

It knows no LSP and no editor. `complete` belongs to one worker thread; the rest may be called from any thread.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from inhouse.completion.ahead import states_after
from inhouse.completion.cursor import Cursor, cursor_of, refusal
from inhouse.completion.engines import open_engine
from inhouse.completion.learning import Learner
from inhouse.completion.pipeline import Pipeline
from inhouse.completion.quick import Quick
from inhouse.completion.ranking import Ranker
from inhouse.completion.refusals import why_off
from inhouse.completion.request import Completion, CompletionRequest, Item
from inhouse.completion.settings import Settings, SettingsByProject
from inhouse.completion.shape import Shaper, shape
from inhouse.completion.steering import ProjectSteering
from inhouse.context import Project
from inhouse.model import CancelFlag, Cancelled, Engine, Judged
from inhouse.model.power import Mode, Power


class Assistant:
    """One engine and the projects it completes in."""

    def __init__(
        self,
        settings: Settings,
        engine: Engine | None = None,
        ranker: Ranker | None = None,
        shaper: Shaper = shape,
    ) -> None:
        self._settings_of = SettingsByProject(settings)
        self._engine = engine
        self._projects: dict[Path, Project] = {}
        self._steering = ProjectSteering(self._settings_of, self.project, self._name_score)
        self._quick = Quick(self._steering, self.project, shaper)
        self._pipeline = Pipeline(
            self._settings_of, self._steering, ranker, self.project, self.learner, self._mode, shaper
        )
        self._learners: dict[Path, Learner] = {}
        self._lock = threading.Lock()
        self.power: Power | None = None
        """Where it is set, less is done while the machine cannot spare it; measurements and commands go without."""

    @property
    def settings(self) -> Settings:
        return self._settings_of.general

    @settings.setter
    def settings(self, settings: Settings) -> None:
        """Take on other settings from the next request on; those of the engine need a new assistant."""
        self._settings_of.general = settings

    def tell_projects(self, settings: Mapping[Path, Settings]) -> None:
        """The settings that count in single projects, by their roots, from the next request on.

        In all others `settings` count, as everywhere for what concerns the engine.
        """
        self._settings_of.projects = settings

    @property
    def model_name(self) -> str:
        """Name of the loaded model; empty before it is loaded."""
        return self._engine.name if self._engine else ""

    @property
    def engine_state(self) -> str:
        """embedded; or server; or away, while the embedded core stands in for a server that does not answer."""
        if self.settings.engine != "server":
            return "embedded"
        return "server" if getattr(self._engine, "why_away", None) is None else "away"

    def load(self, progress: Callable[[float], None] | None = None) -> None:
        """Load the model if it is not there yet; `progress` gets 0 to 1. Raises ModelError."""
        with self._lock:
            if self._engine is None:
                self._engine = open_engine(self.settings)
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
        self.load()
        read = self._steering.learn(root, self._loaded, stop)
        if learner := self.learner(root):
            memory = self._steering.memory(root, self._loaded)
            learner.teach(memory.ngram, self._loaded.tokenizer, self._loaded.tokenize, self._loaded.piece)
        settings = self._settings_of(root)
        if read or not (settings.project_mix or settings.project_lines):
            self._quick.changed(root, read[0] if len(read) == 1 else None)
        return len(read)

    def learner(self, root: Path) -> Learner | None:
        """What learns from suggestions in the project at `root`; None while that is switched off."""
        if not self._settings_of(root).learning:
            return None
        with self._lock:
            if root not in self._learners:
                self._learners[root] = Learner(root)
            return self._learners[root]

    def complete(self, request: CompletionRequest, cancel: CancelFlag) -> Completion:
        """Answer one cursor. Blocks; `cancel` ends it within one token. Raises ModelError or ContextError."""
        try:
            return self._complete(request, cancel)
        except Cancelled:
            return Completion((), "cancelled", self.model_name)

    def _complete(self, request: CompletionRequest, cancel: CancelFlag) -> Completion:
        started = time.perf_counter()
        cursor = cursor_of(request)
        if why := self._refusal(request, cursor):
            return Completion((), why, self.model_name)
        self.load()
        settings = self._settings_of(request.root)
        with self.project(request.root).until(cancel.check):
            found = self._quick.answer(request, cursor, settings, self._loaded, cancel)
        if found is not None:
            return replace(found, timings_ms={"total": _ms_since(started)})
        if self._mode(request) == "instant":
            return Completion((), "saving the battery", self.model_name)
        state = self._quick.state(request, settings)
        answer = self._pipeline.complete(self._loaded, request, cursor, cancel, started)
        if answer.silent == "cancelled":
            return answer
        answer = self._quick.shown_first(request, cursor, answer)
        self._quick.on_screen(request, cursor, answer)
        if settings.suggestion_cache:
            self._quick.keep(cursor, state, answer)
        return answer

    def look_ahead(self, request: CompletionRequest, item: Item, cancel: CancelFlag) -> bool:
        """Compute what will be asked once the item is accepted, and keep it for then; whether it is done.

        Belongs to the thread of `complete`, in its idle time. Raises ModelError or ContextError.
        """
        settings = self._settings_of(request.root)
        if not settings.look_ahead or not settings.suggestion_cache or self._mode(request) != "full":
            return True
        for after in states_after(request, item):
            cursor = cursor_of(after)
            if self._refusal(after, cursor):
                continue
            state = self._quick.state(after, settings)
            answer = self._quick.held(cursor, state)
            if answer is None:
                self.load()
                try:
                    answer = self._pipeline.complete(self._loaded, after, cursor, cancel, time.perf_counter())
                except Cancelled:
                    return False
                if answer.silent == "cancelled":
                    return False
                self._quick.keep(cursor, state, answer, ahead=True)
            if answer.items:
                break
        return True

    def warm(self, request: CompletionRequest, cancel: CancelFlag) -> bool:
        """Read the prompt of a cursor ahead of its request, when there is time; returns whether it is all read.

        Belongs to the thread of `complete`. `cancel` ends it within one token's time, keeping what was read. Does
        nothing before `load`, or where nothing would be suggested. Raises ModelError or ContextError.
        """
        if self._engine is None or self._mode(request) != "full" or why_off(self._settings_of(request.root), request):
            return True
        try:
            hole = self._pipeline.hole(self._engine, request, cursor_of(request), cancel)
        except Cancelled:
            return False
        return self._engine.warm(hole, cancel)

    def judge(self, request: CompletionRequest, texts: Sequence[str], cancel: CancelFlag) -> Sequence[Judged]:
        """How likely each text is at a cursor, with the project's say as in `complete`; nothing when cancelled.

        Belongs to the thread of `complete`. Raises ModelError or ContextError.
        """
        self.load()
        cursor = cursor_of(request)
        try:
            hole = self._pipeline.hole(self._loaded, request, cursor, cancel)
            steering = self._steering.of(request, cursor, self._loaded, cancel)
        except Cancelled:
            return ()
        return self._loaded.score(hole, texts, cancel, steering)

    @property
    def roots(self) -> list[Path]:
        """The projects that are open, in the order in which they were opened. Never waits, as for a model to load."""
        return list(self._projects)

    def release(self, root: Path) -> None:
        """Let go of one project's index and of what was learnt there; both are opened again when they are asked for."""
        self._steering.release(root)
        with self._lock:
            held = self._learners.pop(root, None), self._projects.pop(root, None)
        for one in held:
            if one is not None:
                one.close()

    def close(self, *, keep_engine: bool = False) -> None:
        """Release all indexes and, unless it belongs to somebody else, the engine."""
        self._steering.close()
        with self._lock:
            for learner in self._learners.values():
                learner.close()
            self._learners.clear()
            for project in self._projects.values():
                project.close()
            self._projects.clear()
            if self._engine and not keep_engine:
                self._engine.close()
                self._engine = None

    def _name_score(self, root: Path, name: str) -> float:
        learner = self.learner(root)
        return learner.name_score(name) if learner else 0.0

    def _refusal(self, request: CompletionRequest, cursor: Cursor) -> str | None:
        """Why nothing is suggested here, whatever the model would say; or None."""
        return why_off(self._settings_of(request.root), request) or refusal(cursor, request.invoked)

    def _mode(self, request: CompletionRequest) -> Mode:
        """How much may be spent on a request; what was asked for by a key is worth everything."""
        return "full" if self.power is None or request.invoked else self.power.state().mode

    @property
    def _loaded(self) -> Engine:
        assert self._engine is not None, "load() comes first"
        return self._engine


def _ms_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
