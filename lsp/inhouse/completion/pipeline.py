"""One cursor's way through the model: what is looked up for it, what the model is asked, what its answer becomes.

It opens nothing and remembers no answer; see assistant.py for that.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from inhouse.completion.answers import Answers, is_cut_off
from inhouse.completion.cursor import Cursor
from inhouse.completion.gate import fitted_with
from inhouse.completion.items import Aids
from inhouse.completion.keeper import ContextKeeper
from inhouse.completion.learning import Learner
from inhouse.completion.lookup import Compared, LookUp
from inhouse.completion.name_check import NameCheck
from inhouse.completion.ranking import Ranker
from inhouse.completion.request import Completion, CompletionRequest
from inhouse.completion.settings import Settings
from inhouse.completion.shape import Shaper, shape
from inhouse.completion.sizes import rule_for
from inhouse.completion.steering import ProjectSteering, Steered
from inhouse.completion.units import over, wanted_lines
from inhouse.context import Chunk, Project
from inhouse.model import Block, CancelFlag, Engine, Fill, FillRequest, Line, Searcher
from inhouse.model.power import Mode, thrifty

log = logging.getLogger(__name__)

_TRIED = 3
"""Answers looked at where the first one has a name that nobody knows."""
_CHARACTERS_PER_TOKEN = 3.0
"""On the low side for code (3.0 to 4.2), so that what is gathered fits."""


class Pipeline:
    """Asks one engine about cursors in all projects. Used from the thread that completes."""

    def __init__(
        self,
        settings_of: Callable[[Path], Settings],
        steering: ProjectSteering,
        ranker: Ranker | None,
        open_project: Callable[[Path], Project],
        learner_of: Callable[[Path], Learner | None],
        mode_of: Callable[[CompletionRequest], Mode],
        shaper: Shaper = shape,
    ) -> None:
        """`settings_of`: of a project; `mode_of`: how much may be spent on a request."""
        self._settings_of = settings_of
        self._steering = steering
        self._lookup = LookUp(ranker)
        self._project, self._learner, self._mode = open_project, learner_of, mode_of
        self._answers = Answers(shaper)
        self._keeper = ContextKeeper()
        self._told: set[str] = set()

    def _tell_fallback(self, engine: Engine) -> None:
        """Say once a model that its chances are another one's."""
        if engine.name not in self._told:
            self._told.add(engine.name)
            if engine.name != (known := fitted_with()):
                log.info(
                    "%s: its chances are computed as those of %s, and corrected by what is kept", engine.name, known
                )

    def complete(
        self, engine: Engine, request: CompletionRequest, cursor: Cursor, cancel: CancelFlag, started: float
    ) -> Completion:
        """The model's answer; `started`: when the request came, in seconds of time.perf_counter. Raises Cancelled."""
        with self._project(request.root).until(cancel.check):
            return self._complete(engine, request, cursor, cancel, started)

    def _complete(
        self, engine: Engine, request: CompletionRequest, cursor: Cursor, cancel: CancelFlag, started: float
    ) -> Completion:
        settings = self._settings_of(request.root)
        self._tell_fallback(engine)
        chunks = self._gather(engine, request, cursor, cancel)
        context_ms = _ms_since(started)
        steering = self._steering.of(request, cursor, engine, cancel)
        hole = self._hole(request, cursor, chunks)
        cancel.check()
        until = over(cursor) if hole.max_lines > 1 else None
        fill = engine.fill(hole, cancel, until, steering)
        check = NameCheck(self._project(request.root), request, cursor) if settings.name_check else None
        judging, left_ms = time.perf_counter(), settings.time_limit_ms - fill.decode_ms
        compared = self._compared(engine, request, cursor, replace(hole, deadline_ms=left_ms), fill, cancel)
        judge_ms = _ms_since(judging)
        if compared is None and cancel.is_set:  # nothing was compared: remembered, it would pass for judged
            fill = replace(fill, stop="cancelled")
        untold = compared is None and hole.alternatives == 1 and fill.stop != "cancelled"
        left_ms -= judge_ms
        if check and untold and left_ms > fill.decode_ms and check.doubt(fill.text, cut_off=is_cut_off(fill)):
            steering = self._steering.of(request, cursor, engine, cancel)
            more = replace(hole, alternatives=_TRIED, deadline_ms=left_ms)
            fill = engine.fill(more, cancel, until, steering)
        timings = {
            "context": context_ms,
            "prefill": fill.prefill_ms,
            "first_token": context_ms + fill.prefill_ms + fill.first_token_ms,
            "decode": fill.decode_ms,
            "judge": judge_ms,
        }
        aids = self._aids(engine, request, cursor, steering, check, compared)
        answer = self._answers.of(request, fill, cursor, chunks, engine.name, timings, aids)
        return replace(answer, timings_ms={**timings, "total": _ms_since(started)})

    def _aids(
        self,
        engine: Engine,
        request: CompletionRequest,
        cursor: Cursor,
        steering: Steered | None,
        check: NameCheck | None,
        compared: Compared | None,
    ) -> Aids:
        learner = self._learner(request.root)
        avoided = partial(self._steering.why_avoided, request, cursor)
        correct = partial(learner.corrected, model=engine.name) if learner else None
        show_above = self._settings_of(request.root).show_above
        aids = Aids(show_above, correct=correct, check=check, compared=compared, avoided=avoided)
        if steering is None:
            return aids
        line = request.text.count("\n", 0, cursor.offset) + 1
        origins = partial(steering.origins, own=request.own_path, line=line)
        return replace(aids, agreement=steering.agreement, origins=origins, notes=steering.notes)

    def hole(self, engine: Engine, request: CompletionRequest, cursor: Cursor, cancel: CancelFlag) -> FillRequest:
        """What the model is asked, with what was looked up for it. Raises Cancelled."""
        return self._hole(request, cursor, self._gather(engine, request, cursor, cancel))

    def _compared(
        self,
        engine: Engine,
        request: CompletionRequest,
        cursor: Cursor,
        hole: FillRequest,
        fill: Fill,
        cancel: CancelFlag,
    ) -> Compared | None:
        """The model's answers among the project's own lines; None where that is not done."""
        settings = self._settings_of(request.root)
        if not settings.project_lines or fill.stop in ("cancelled", "deadline"):
            return None
        view = self._steering.view(request, cursor, engine, cancel)
        begin, parts, adapted = settings.beginnings, settings.line_parts, settings.adapted_lines
        search = self._search(engine, request, cursor, cancel)
        return self._lookup.compared(
            cursor, view, hole, fill, engine, cancel, begin=begin, parts=parts, adapted=adapted, search=search
        )

    def _search(
        self, engine: Engine, request: CompletionRequest, cursor: Cursor, cancel: CancelFlag
    ) -> Callable[[FillRequest], Sequence[Line]] | None:
        """What finds the model's likeliest lines; None where that is not done."""
        width = rule_for(engine.parameters).searched
        if not width or not self._settings_of(request.root).searched_lines or not isinstance(engine, Searcher):
            return None
        return lambda hole: engine.lines(hole, width, cancel, self._steering.of(request, cursor, engine, cancel))

    def _gather(
        self, engine: Engine, request: CompletionRequest, cursor: Cursor, cancel: CancelFlag
    ) -> Sequence[Chunk]:
        settings = self._settings_of(request.root)
        if not settings.project_context:
            return ()
        percent = settings.context_percent
        if percent is None:
            percent = rule_for(engine.parameters).context_percent
        if not percent:
            return ()
        budget = int(engine.context_tokens * percent / 100 * _CHARACTERS_PER_TOKEN)
        project = self._project(request.root)
        line = request.text.count("\n", 0, cursor.offset)
        return self._keeper.chunks(
            str(request.path),
            line,
            lambda: project.gather(request.path, request.text, cursor.offset, budget, request.exclude, cancel.check),
            project.has,
        )

    def _hole(self, request: CompletionRequest, cursor: Cursor, chunks: Sequence[Chunk]) -> FillRequest:
        """What the model is asked."""
        settings = self._settings_of(request.root)
        asked = request.invoked or request.after_accept
        hole = FillRequest(
            path=request.own_path,
            prefix=cursor.prefix,
            suffix=cursor.suffix,
            blocks=tuple(Block(chunk.path, chunk.text) for chunk in chunks),
            repository=request.root.name,
            max_tokens=settings.max_tokens,
            max_lines=request.lines or wanted_lines(cursor, settings.max_lines, asked=asked),
            alternatives=request.alternatives,
            deadline_ms=settings.time_limit_ms,
            avoid=self._steering.to_avoid(request, cursor) if settings.engine == "server" else (),
            document=str(request.path),
        )
        return hole if self._mode(request) == "full" else thrifty(hole)


def _ms_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
