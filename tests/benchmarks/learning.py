"""Types a repository's later commits with learning on and off, and compares keys saved, kept characters and lengths.

Usage: learning.py REPO [--commits 150] [--hunks 120] [--latency-ms 60] [--follow] [--arm full]. The simulated user
takes only what is right, so what is accepted is kept; ten minutes pass between two pieces of text. What is learnt goes
into a folder that is thrown away. The last line printed is JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from inhouse.completion import Assistant, Settings
from inhouse.completion.learning import Edit, Learner, Settled, Shown, Tracker
from inhouse.completion.learning.edits import Position, behind
from inhouse.context import Project
from inhouse.model.engine import LlamaEngine
from inhouse.model.store import resolve
from inhouse.replay.arrival import Asking
from inhouse.replay.checkout import Checkout, folder_for
from inhouse.replay.git import Git
from inhouse.replay.history import base_lines_of, cut
from inhouse.replay.history_run import HistoryRun
from inhouse.replay.typing_run import TypedRow, WatcherOf, typed_summaries
from inhouse.replay.typist import Kind

_PAUSE_S = 700.0
"""Between two pieces of text: longer than the last look at what is left."""
_START = 1_700_000_000.0


@dataclass
class Pupil:
    """Lets a learner look over the shoulder of the simulated user, with a clock of its own."""

    learner: Learner
    now: float = _START
    number: int = 0
    last: Watching | None = None

    def watch(self, asking: Asking) -> Watching:
        """The next text is typed; the last one is done."""
        if self.last is not None:
            self.last.done()
        self.last = Watching(self, asking)
        return self.last


class Watching:
    """One text being typed. See inhouse.replay.typist.Watcher."""

    def __init__(self, pupil: Pupil, asking: Asking) -> None:
        self._pupil, self._asking = pupil, asking
        self._typed = asking.case.target.rstrip("\n")
        self._tracker = Tracker(lambda: pupil.now, self._settle)
        self._at = 0

    def _settle(self, settled: Settled) -> None:
        self._pupil.learner.settle(settled)

    def _text(self, at: int) -> str:
        return self._asking.case.prefix + self._typed[:at] + self._asking.case.suffix

    def _move(self, at: int, whole: bool) -> None:
        """The user has typed or accepted up to `at`."""
        while self._at < at:
            end = at if whole else self._at + 1
            place = behind((0, 0), self._asking.case.prefix + self._typed[: self._at])
            edit = Edit(place, place, self._typed[self._at : end])
            self._at = end
            self._tracker.changed("it", [edit], reader(self._text(end)))

    def shown(self, at: int, ghost: str) -> None:
        self._move(at, whole=False)
        item = self._asking.item
        if item is None:
            return
        self._pupil.number += 1
        before = self._asking.case.prefix + self._typed[:at]
        place = behind((0, 0), before)
        self._tracker.shown(
            Shown(self._pupil.number, "it", place, ghost, 0, before[-400:], item.probability, item.source, 0.0)
        )

    def accepted(self, at: int, text: str, kind: Kind) -> None:
        self._move(at - len(text), whole=False)
        self._move(at, whole=True)

    def left(self, at: int, ghost: str) -> None:
        self._move(at, whole=False)

    def done(self) -> None:
        self._move(len(self._typed), whole=False)
        self._pupil.now += _PAUSE_S
        self._tracker.due(lambda _: reader(self._text(len(self._typed))))


def watch(assistant: Assistant, root: Path) -> WatcherOf:
    """A pupil for one arm, with nothing learnt before; nobody where learning is off."""
    learner = assistant.learner(root)
    if learner is None:
        return lambda _: None
    pupil = Pupil(learner)
    learner.clock = lambda: pupil.now
    return pupil.watch


def later(rows: list[TypedRow], ids: list[str]) -> list[TypedRow]:
    """Those of the second half of the history, when something has been learnt."""
    second = frozenset(ids[len(ids) // 2 :])
    return [row for row in rows if row.id in second]


def reader(text: str) -> Callable[[Position, Position], str]:
    lines = text.split("\n")

    def offset(place: Position) -> int:
        if place[0] >= len(lines):
            return len(text)
        return sum(len(line) + 1 for line in lines[: place[0]]) + min(place[1], len(lines[place[0]]))

    return lambda start, end: text[offset(start) : offset(end)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("repository", type=Path)
    parser.add_argument("--commits", type=int, default=150)
    parser.add_argument("--hunks", type=int, default=120)
    parser.add_argument("--latency-ms", type=float, default=60.0)
    parser.add_argument("--follow", action="store_true")
    parser.add_argument("--arm", default="full", help="with and without learning; ngram needs no model")
    parser.add_argument("--out", type=Path, help="each row is added to this file as it is ready")
    options = parser.parse_args()
    git = Git(options.repository)
    chain = git.commits(options.commits)
    checkout = Checkout(git, chain[-1], folder_for(git.root, chain[-1]))
    with closing(Project(checkout.folder)) as project:
        project.refresh()
        lines = base_lines_of(checkout.folder, sorted(project.files()))
    history = cut(git, options.commits, options.hunks, lines)
    rows: list[TypedRow] = []

    def keep(row: TypedRow, name: str) -> None:
        rows.append(replace(row, arm=name))
        if options.out:
            with options.out.open("a", encoding="utf-8") as file:
                file.write(json.dumps(rows[-1].json()) + "\n")

    def watching(assistant: Assistant) -> WatcherOf:
        return watch(assistant, checkout.folder)

    with tempfile.TemporaryDirectory() as data, closing(LlamaEngine(resolve(None), threads=1)) as engine:
        os.environ["INHOUSE_DATA_DIR"] = data
        for learning in (False, True):
            name = "learning" if learning else "off"
            settings = Settings(learning=learning)
            run = HistoryRun(settings, engine, history, checkout, options.latency_ms, options.follow, watching)
            run.type([options.arm], (), lambda row, name=name: keep(row, name))  # type: ignore[misc]
    ids = [case.id for case in history.cases]
    parts = {"all": typed_summaries(rows), "second half": typed_summaries(later(rows, ids))}
    print(json.dumps({name: [asdict(one) for one in found] for name, found in parts.items()}))


if __name__ == "__main__":
    main()
