"""What the project has to say while the model writes: the projects' n-grams, and one steering a request.

It decides no answer and reads no prompt.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from inhouse.completion.cursor import Cursor
from inhouse.completion.mix import ProjectMix
from inhouse.completion.prefix_tokens import PrefixTokens
from inhouse.completion.request import CompletionRequest
from inhouse.completion.settings import Settings
from inhouse.context import Place, Project, TokenMemory
from inhouse.model import Engine

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


class ProjectSteering:
    """The n-grams of the projects in use, in the loaded model's tokens."""

    def __init__(self, settings: Settings, open_project: Callable[[Path], Project]) -> None:
        self._settings = settings
        self._open_project = open_project
        self._memories: dict[Path, TokenMemory] = {}
        self._tokens = PrefixTokens()
        self._after: tuple[str, list[int]] | None = None
        self._lock = threading.Lock()

    def memory(self, root: Path, engine: Engine) -> TokenMemory:
        """The project's n-gram, opened once. From any thread. Raises ContextError."""
        project = self._open_project(root)
        with self._lock:
            if root not in self._memories:
                self._memories[root] = TokenMemory(project, engine.tokenize, engine.name)
            return self._memories[root]

    def of(self, request: CompletionRequest, cursor: Cursor, engine: Engine) -> ProjectMix | None:
        """The project's say in this request, if there is one. From the thread that completes."""
        if not self._settings.project_mix:
            return None
        view = self.view(request, cursor, engine)
        return ProjectMix(view.before, view.place_at)

    def view(self, request: CompletionRequest, cursor: Cursor, engine: Engine) -> View:
        """The cursor as the project's n-gram sees it. From the thread that completes."""
        ngram, own = self.memory(request.root, engine).ngram, request.own_path
        text = cursor.suffix[:_OWN_CHARACTERS]
        if self._after is None or self._after[0] != text:  # typing leaves it as it is
            self._after = (text, engine.tokenize(text))
        after = self._after[1]
        before, in_line = self._tokens.of(str(request.path), cursor.prefix, engine.tokenize)
        return View(before, in_line, lambda ids: ngram.at(ids, after, own, request.exclude))

    def close(self) -> None:
        """Write down what was learned."""
        with self._lock:
            for memory in self._memories.values():
                memory.save()
            self._memories.clear()
