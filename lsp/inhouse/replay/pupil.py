"""Lets what learns look over the simulated user's shoulder, with a clock of its own.

The user takes only what is right, so what is accepted is kept; ten minutes pass between two pieces of text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from inhouse.completion import Assistant
from inhouse.completion.learning import Edit, Learner, Settled, Shown, Tracker
from inhouse.completion.learning.edits import Position, behind
from inhouse.replay.arrival import Asking
from inhouse.replay.typing_run import WatcherOf
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
            self._tracker.changed("it", [edit], _reader(self._text(end)))

    def shown(self, at: int, ghost: str) -> None:
        self._move(at, whole=False)
        item = self._asking.item
        if item is None:
            return
        self._pupil.number += 1
        model = self._asking.assistant.model_name
        before = self._asking.case.prefix + self._typed[:at]
        place = behind((0, 0), before)
        self._tracker.shown(
            Shown(
                self._pupil.number,
                "it",
                place,
                ghost,
                0,
                before[-400:],
                item.probability,
                item.source,
                0.0,
                model=model,
            )
        )

    def accepted(self, at: int, text: str, kind: Kind) -> None:
        self._move(at - len(text), whole=False)
        self._move(at, whole=True)

    def left(self, at: int, ghost: str) -> None:
        self._move(at, whole=False)

    def done(self) -> None:
        self._move(len(self._typed), whole=False)
        self._pupil.now += _PAUSE_S
        self._tracker.due(lambda _: _reader(self._text(len(self._typed))))


def watch(assistant: Assistant, root: Path) -> WatcherOf:
    """A pupil for one arm, with nothing learnt before; nobody where learning is off."""
    learner = assistant.learner(root)
    if learner is None:
        return lambda _: None
    pupil = Pupil(learner)
    learner.clock = lambda: pupil.now
    return pupil.watch


def _reader(text: str) -> Callable[[Position, Position], str]:
    lines = text.split("\n")

    def offset(place: Position) -> int:
        if place[0] >= len(lines):
            return len(text)
        return sum(len(line) + 1 for line in lines[: place[0]]) + min(place[1], len(lines[place[0]]))

    return lambda start, end: text[offset(start) : offset(end)]
