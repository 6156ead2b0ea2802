"""What the project has to say while the model writes: the projects' n-grams, and one steering a request.

It decides no answer and reads no prompt.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from inhouse.completion.cursor import Cursor
from inhouse.completion.mix import ProjectMix
from inhouse.completion.prefix_tokens import PrefixTokens
from inhouse.completion.request import CompletionRequest
from inhouse.completion.settings import Settings
from inhouse.context import Project, TokenMemory
from inhouse.model import Engine

_OWN_CHARACTERS = 8_000
"""Of the text after the cursor, for the n-gram of the current file: tokenising it takes 4 ms."""


class ProjectSteering:
    """The n-grams of the projects in use, in the loaded model's tokens."""

    def __init__(self, settings: Settings, open_project: Callable[[Path], Project]) -> None:
        self._settings = settings
        self._open_project = open_project
        self._memories: dict[Path, TokenMemory] = {}
        self._tokens = PrefixTokens()
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
        ngram, own = self.memory(request.root, engine).ngram, request.own_path
        after = engine.tokenize(cursor.suffix[:_OWN_CHARACTERS])
        before = self._tokens.of(str(request.path), cursor.prefix, engine.tokenize)
        return ProjectMix(before, lambda ids: ngram.at(ids, after, own, request.exclude))

    def close(self) -> None:
        """Write down what was learned."""
        with self._lock:
            for memory in self._memories.values():
                memory.save()
            self._memories.clear()
