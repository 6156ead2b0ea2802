"""Brings a project's index up to date before a command uses it, with a progress bar and a bound on time."""

from __future__ import annotations

import time
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from inhouse.cli.say import say
from inhouse.completion import Assistant
from inhouse.context import IndexFigures, Project, spare

REFRESH_S = 20.0
"""Longest that a completion waits for the index. Reading 60,000 lines takes about 5 s the first time."""


def use_spare() -> None:
    """Where the cache folder cannot be written, work in a temporary one, and say so on standard error."""
    if told := spare.take():
        say(f"inhouse: {told}", err=True)


def refresh(project: Project, limit_s: float | None = None) -> IndexFigures:
    """Refresh the index; what is not read within the limit is left for the next time. Raises ContextError."""
    started = time.monotonic()
    with _bar() as bar:
        task = bar.add_task(f"reading {project.root.name}", total=None)
        return project.refresh(
            lambda done, total: bar.update(task, completed=done, total=total),
            lambda: limit_s is not None and time.monotonic() - started > limit_s,
        )


def prepare(assistant: Assistant, root: Path, limit_s: float | None = None) -> IndexFigures:
    """Refresh a project's index and learn its wording. Raises ContextError or ModelError."""
    started = time.monotonic()
    figures = refresh(assistant.project(root), limit_s)
    assistant.learn(root, lambda: limit_s is not None and time.monotonic() - started > limit_s)
    return figures


def _bar() -> Progress:
    """On standard error, and only where somebody watches."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
