"""An arm at work in a project: an assistant with the arm's settings and engine, its index read. Measures nothing."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from inhouse.completion import Assistant, Settings
from inhouse.model import Engine
from inhouse.replay.arms import ARMS
from inhouse.replay.peers import Files

WITHOUT_MEMORY: Mapping[str, object] = {
    "suggestion_cache": False,
    "look_ahead": False,
    "learning": False,
    "show_above": 0.0,
}
"""For cases that must not know each other, nor what the user taught; whether an answer would be shown is told by its
probability."""


@dataclass(slots=True)
class OpenArm:
    arm: str
    assistant: Assistant
    files: Files
    """What the peers' ways of choosing look at."""
    root: Path

    def read(self) -> None:
        """Bring all that is known of the project up to date with the disk."""
        project = self.assistant.project(self.root)
        project.refresh()
        self.assistant.learn(self.root)
        self.files.renew(sorted(project.files()))


@contextmanager
def opened(arm: str, settings: Settings, engine: Engine, root: Path, **asked: object) -> Generator[OpenArm]:
    """The arm, ready to answer; `asked` are settings that go before the arm's. The engine stays open."""
    how = ARMS[arm]
    files = Files((), lambda path: assistant.project(root).text(path))
    used = how.settings(settings, **asked)
    assistant = Assistant(used, how.engine(engine, files) if how.engine else engine, shaper=how.shaper)
    try:
        found = OpenArm(arm, assistant, files, root)
        found.read()
        yield found
    finally:
        assistant.close(keep_engine=True)
