"""What the project has to say while the model writes: the projects' n-grams, and one steering a request.

It decides no answer and reads no prompt.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inhouse.completion.avoided import Avoided, avoided_of
from inhouse.completion.cursor import Cursor
from inhouse.completion.identifiers import comment_of, in_text, spots
from inhouse.completion.known import Known, OwnWords
from inhouse.completion.mix import ProjectMix, without
from inhouse.completion.name_bias import NameBias
from inhouse.completion.origin import LineCount, origins
from inhouse.completion.places import Places
from inhouse.completion.prefix_tokens import PrefixTokens
from inhouse.completion.request import CompletionRequest, Provenance
from inhouse.completion.settings import Settings
from inhouse.completion.sizes import rule_for
from inhouse.completion.words import Words
from inhouse.context import Conventions, Place, Project, TokenMemory
from inhouse.model import CancelFlag, Draft, Engine

_OWN_CHARACTERS = 8_000
"""Of the text after the cursor, for the n-gram of the current file: tokenising it takes 4 ms."""


@dataclass(frozen=True, slots=True)
class View:
    """A cursor in the loaded model's tokens."""

    before: Sequence[int]
    """Ids of the text before the cursor, as far back as the n-gram looks."""
    in_line: int
    """How many of them are of the cursor's line."""
    place_at: Callable[[Sequence[int]], Place]
    """The n-gram's view behind some ids."""


class Steered:
    """All that steers one request: the mix, then the bias. See inhouse.model.Steering."""

    def __init__(
        self,
        prefix: Sequence[int],
        piece: Callable[[int], bytes],
        mix: ProjectMix | None,
        bias: NameBias | None,
        lines: LineCount,
    ) -> None:
        self._lines = lines
        self._prefix, self._piece = prefix, piece
        self._mix, self._bias = mix, bias
        self._skip = -1
        self._healed = b""

    def agreement(self, said: Sequence[int]) -> Sequence[float]:
        """The project's own certainty at each token of an answer."""
        return self._mix.agreement(said) if self._mix else ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What was steered away from because the project avoids it, with the reasons."""
        return tuple(f"kept away from {name}: {why}" for name, why in self._bias.avoided.items()) if self._bias else ()

    def begin(self, healed: bytes) -> None:
        """See inhouse.model.Informed."""
        self._healed, self._skip = healed, -1
        if self._mix:
            self._mix.start(without(self._prefix, healed, self._piece))

    def adjust(self, tokens: Sequence[int], logits: NDArray[np.float32]) -> float | None:
        """Change the logits in place; see inhouse.model.Steering."""
        total = self._mix.adjust(tokens, logits) if self._mix else None
        if self._bias:
            if self._skip < 0:
                self._skip = len(tokens)
            if self._bias.adjust(tokens[self._skip :], self._healed, logits):
                return None
        return total

    def origins(self, ids: Sequence[int], own: str, line: int) -> tuple[Provenance, ...]:
        """Where in the project the tokens of an answer stand alike; `line`: the cursor's, from 1."""
        place = self._mix.place if self._mix else None
        return origins(place, ids, self._lines, own, line) if place else ()

    def draft(self, tokens: Sequence[int], most: int) -> Draft:
        """The project's guess at what comes next; see inhouse.model.Drafter."""
        return self._mix.draft(tokens, most) if self._mix else Draft()


class ProjectSteering:
    """What is known of the projects in use: their n-grams in the loaded model's tokens, their names, their ways."""

    def __init__(
        self,
        settings_of: Callable[[Path], Settings],
        open_project: Callable[[Path], Project],
        name_score: Callable[[Path, str], float] | None = None,
    ) -> None:
        """`settings_of`: of a project; `name_score`: nats for a name in a project, from what was learnt there."""
        self._settings_of = settings_of
        self._name_score = name_score
        self._open_project = open_project
        self._memories: dict[Path, TokenMemory] = {}
        self._words: dict[Path, Words] = {}
        self._avoided: dict[Path, tuple[Conventions, Avoided]] = {}
        self._tokens = PrefixTokens()
        self._places = Places()
        self._own = OwnWords()
        self._lines: tuple[str, LineCount] | None = None
        self._after: tuple[str, list[int]] | None = None
        self._lock = threading.Lock()

    def memory(self, root: Path, engine: Engine) -> TokenMemory:
        """The project's n-gram, opened once. From any thread. Raises ContextError."""
        project = self._open_project(root)
        with self._lock:
            if root not in self._memories:
                self._memories[root] = TokenMemory(project, engine.tokenize, engine.tokenizer)
            return self._memories[root]

    def learn(self, root: Path, engine: Engine, stop: Callable[[], bool] | None) -> list[str]:
        """Bring all of it up to date with the index; which files the n-gram read anew. Off the event loop."""
        project = self._open_project(root)
        settings = self._settings_of(root)
        wanted = settings.project_mix or settings.project_lines
        read = self.memory(root, engine).refresh(stop) if wanted else []
        if settings.name_bias:
            with self._lock:
                words = self._words.setdefault(root, Words())
            words.refresh(project, stop)
            project.learn_conventions(stop)
        return read

    def of(self, request: CompletionRequest, cursor: Cursor, engine: Engine, cancel: CancelFlag) -> Steered | None:
        """The project's say in this request, if there is one. From the thread that completes. Raises Cancelled."""
        settings = self._settings_of(request.root)
        if not (settings.project_mix or settings.name_bias):
            return None
        view = self.view(request, cursor, engine, cancel)
        mix = (
            ProjectMix(view.before, view.place_at, rule_for(engine.parameters).mix_at_most)
            if settings.project_mix
            else None
        )
        return Steered(view.before, engine.piece, mix, self._bias(request, cursor, engine), self._line_count(engine))

    def origins(
        self, request: CompletionRequest, cursor: Cursor, engine: Engine, place: Place, ids: Sequence[int]
    ) -> tuple[Provenance, ...]:
        """Where in the project the tokens behind a place stand alike."""
        line = request.text.count("\n", 0, cursor.offset) + 1
        return origins(place, ids, self._line_count(engine), request.own_path, line)

    def _line_count(self, engine: Engine) -> LineCount:
        if self._lines is None or self._lines[0] != engine.tokenizer:
            self._lines = engine.tokenizer, LineCount(engine.piece)
        return self._lines[1]

    def known(self, request: CompletionRequest, cursor: Cursor) -> Known:
        """The names around the cursor."""
        words = self._words.get(request.root) or Words()
        project = self._open_project(request.root)
        return Known(project, words, self._own.of(cursor), request, cursor.line_head)

    def avoided(self, root: Path) -> Avoided:
        """What the project does without, as far as it is known yet."""
        found = self._open_project(root).known_conventions()
        if found is None:
            return Avoided()
        held = self._avoided.get(root)
        if held is None or held[0] is not found:
            held = self._avoided[root] = found, avoided_of(found)
        return held[1]

    def to_avoid(self, request: CompletionRequest, cursor: Cursor) -> tuple[str, ...]:
        """Names that must not come next, for an engine that cannot be steered while it writes."""
        if not self._settings_of(request.root).name_bias or in_text(cursor, comment_of(request.path)):
            return ()
        head = cursor.line_head
        spot = next(spots(head + "x", len(head), comment_of(request.path)), None)  # x: any name at all
        return self.avoided(request.root).at(spot, request.own_path) if spot else ()

    def why_avoided(self, request: CompletionRequest, cursor: Cursor, text: str) -> str | None:
        """Why the project does without a name that this text would bring at the cursor; None if it does not."""
        if not self._settings_of(request.root).name_bias or in_text(cursor, comment_of(request.path)):
            return None
        avoided, head = self.avoided(request.root), cursor.line_head
        named = spots(head + text, len(head), comment_of(request.path))
        return next((why for spot in named if (why := avoided.why(spot, request.own_path))), None)

    def _bias(self, request: CompletionRequest, cursor: Cursor, engine: Engine) -> NameBias | None:
        words = self._words.get(request.root)
        if (
            not self._settings_of(request.root).name_bias
            or not words
            or not len(words)
            or in_text(cursor, comment_of(request.path))
        ):
            return None  # before the names are read, all would look unknown
        avoided, path = self.avoided(request.root), request.own_path
        return NameBias(
            self.known(request, cursor),
            lambda spot: avoided.why(spot, path),
            engine.piece,
            engine.within,
            cursor.line_head,
            comment_of(request.path),
            lambda name: self._name_score(request.root, name) if self._name_score else 0.0,
        )

    def view(self, request: CompletionRequest, cursor: Cursor, engine: Engine, cancel: CancelFlag) -> View:
        """The cursor as the project's n-gram sees it. From the thread that completes. Raises Cancelled."""
        ngram, own = self.memory(request.root, engine).ngram, request.own_path
        text = cursor.suffix[:_OWN_CHARACTERS]
        if self._after is None or self._after[0] != text:  # typing leaves it as it is
            self._after = (text, engine.tokenize(text, cancel))
        after = self._after[1]
        before, in_line = self._tokens.of(str(request.path), cursor.prefix, partial(engine.tokenize, cancel=cancel))
        return View(before, in_line, lambda ids: self._places.at(ngram, ids, after, own, request.exclude))

    def release(self, root: Path) -> None:
        """Write down what was learned of one project, and forget it."""
        with self._lock:
            memory = self._memories.pop(root, None)
            self._words.pop(root, None)
            self._avoided.pop(root, None)
        if memory is not None:
            memory.save()

    def close(self) -> None:
        """Write down what was learned."""
        with self._lock:
            for memory in self._memories.values():
                memory.save()
            self._memories.clear()
            self._words.clear()
            self._avoided.clear()
