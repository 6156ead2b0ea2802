"""Types a history through the pipeline, arm by arm, in the order in which it was written.

Each arm begins with the index in the base state, and with an engine of its own: windows and cells that were left by
an arm before it, which had the same files open, change answers. Nothing of the project's own repository is written to.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from inhouse.completion import Assistant, Settings
from inhouse.completion.learning import database_of, forget
from inhouse.model import Engine
from inhouse.replay.checkout import Checkout
from inhouse.replay.history import History
from inhouse.replay.opened import opened
from inhouse.replay.typing_run import TypedRow, WatcherOf, type_through


@dataclass(frozen=True, slots=True)
class HistoryRun:
    """How a history is typed."""

    settings: Settings
    open_engine: Callable[[], Engine]
    """Called for each arm, which closes what it got."""
    history: History
    checkout: Checkout
    latency_ms: float | None = None
    """Of every answer; None: as fast as they really come."""
    follow: bool = False
    """Whether the index follows the commits as they are typed; else it stays in the base state."""
    watch: Callable[[Assistant, Path], WatcherOf] | None = None
    """Who is told what becomes of the suggestions in a project, such as what learns from them; without, nothing is
    learnt."""

    def type(
        self, arms: Sequence[str], finished: Collection[tuple[str, str]], done: Callable[[TypedRow], None]
    ) -> None:
        """Type everything in each arm but what is finished: (arm, id). `done` gets each row as it is ready."""
        for arm in arms:
            left = [case.id for case in self.history.cases if (arm, case.id) not in finished]
            if left:
                self._type(arm, frozenset(left), done)

    def _type(self, arm: str, left: Collection[str], done: Callable[[TypedRow], None]) -> None:
        root = self.checkout.folder
        self.checkout.reset(self.history.base)
        forget(database_of(root))  # an arm knows nothing of what another one, or an earlier run, has learnt here
        asked: Mapping[str, object] = {} if self.watch else {"learning": False}
        with (
            closing(self.open_engine()) as engine,
            opened(arm, self.settings, engine, root, **asked) as at_work,
        ):
            watch = self.watch(at_work.assistant, root) if self.watch else None
            for change in self.history.changes:
                if self.follow:
                    self.checkout.follow(change.parent)
                    at_work.read()
                for case in change.cases:
                    if case.id in left:
                        done(type_through(at_work.assistant, root, case, arm, self.latency_ms, watch))
        forget(database_of(root))
