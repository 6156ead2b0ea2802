"""A simulated user who types a known text and takes what is suggested when it is right. Knows no model and no project.

While a ghost text is visible the user, in this order: accepts all of it if it is exactly what comes next; accepts its
first line if that is the rest of the true line; accepts its first word if that is right; else types on. An accept is
one key and is made only where it saves at least three. Text typed along with the ghost leaves it there. A show is a
ghost text that does not continue the one on the screen; it is false when it goes before anything of it was accepted or
all of it typed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Literal, Protocol

from inhouse.replay.keys import Keys

Kind = Literal["all", "line", "word"]

_MIN_GAIN = 3
"""Keys that an accept must save: people do not reach for Tab for less."""
_WORD = re.compile(r"[^\S\n]*(?:\w+|[^\w\s]+)")
_PAUSE_MEDIAN_MS = 93.0
_PAUSE_SIGMA = 0.772
"""Log-normal pauses between keys: median 93 ms and 90th percentile 250 ms, as in a recorded editing session."""


def pauses(seed: str) -> Iterator[float]:
    """Pauses between keys in milliseconds, the same for the same seed."""
    rng = Random(seed)
    while True:
        yield rng.lognormvariate(0.0, _PAUSE_SIGMA) * _PAUSE_MEDIAN_MS


class Suggester(Protocol):
    """Where ghost texts come from."""

    def ghost(self, typed: str, pause_ms: float) -> str | None:
        """What becomes visible after `typed`, if nothing is, within the pause before the next key."""
        ...


class Watcher(Protocol):
    """Who learns what became of the suggestions. `at` is the length of what was typed by then."""

    def shown(self, at: int, ghost: str) -> None: ...

    def accepted(self, at: int, text: str, kind: Kind) -> None: ...

    def left(self, at: int, ghost: str) -> None:
        """The user typed something else."""
        ...


@dataclass(slots=True)
class Typed:
    """What became of typing one text. Counts of keys, shows and characters."""

    keys_by_hand: int = 0
    keys: int = 0
    shows: int = 0
    false_shows: int = 0
    shown_chars: int = 0
    accepts: Counter[Kind] = field(default_factory=Counter[Kind])
    accepted_chars: int = 0
    chars: int = 0


class Typist:
    """Types one text."""

    def __init__(self, text: str, before: str, watcher: Watcher | None = None) -> None:
        self._text = text.rstrip("\n")
        self._keys = Keys(self._text, before)
        self._watcher = watcher
        self._ghost = ""
        self._used = False
        self._at = 0
        self.done = Typed(keys_by_hand=self._keys.total, chars=len(self._text))

    def type(self, suggester: Suggester, pause: Callable[[], float]) -> Typed:
        """Type it all; what it took."""
        while self._at < len(self._text):
            pause_ms = pause()
            if not self._ghost:
                self._show(suggester.ghost(self._text[: self._at], pause_ms))
            if not (self._ghost and self._accept()):
                self._press()
        self._close()
        return self.done

    def _show(self, ghost: str | None) -> None:
        ghost = (ghost or "").rstrip()
        if not ghost:
            return
        self._ghost, self._used = ghost, False
        self.done.shows += 1
        self.done.shown_chars += len(ghost)
        if self._watcher:
            self._watcher.shown(self._at, ghost)

    def _accept(self) -> bool:
        """Take the whole, the line or the word, if it is right; whether something was taken."""
        choice = self._choice()
        if choice is None:
            return False
        length, kind = choice
        done = self.done
        done.keys += 1
        done.accepts[kind] += 1
        done.accepted_chars += length
        self._used = True
        taken = self._text[self._at : self._at + length]
        self._at += length
        if self._watcher:
            self._watcher.accepted(self._at, taken, kind)
        self._ghost = "" if kind == "line" else self._ghost[length:]
        if not self._ghost:
            self._close()
        return True

    def _choice(self) -> tuple[int, Kind] | None:
        ghost, rest = self._ghost, self._text[self._at :]
        if rest.startswith(ghost) and not _splits_word(rest, len(ghost)) and self._gain(len(ghost)):
            return len(ghost), "all"
        line = rest.split("\n", 1)[0]
        if ghost.split("\n", 1)[0].rstrip() == line.rstrip() and self._gain(len(line)):
            return len(line), "line"
        word = _WORD.match(ghost)
        if word and rest.startswith(word.group()) and not _splits_word(rest, word.end()) and self._gain(word.end()):
            return word.end(), "word"
        return None

    def _gain(self, length: int) -> bool:
        return self._keys.between(self._at, self._at + length) >= _MIN_GAIN

    def _press(self) -> None:
        end, cost = self._keys.next_key(self._at)
        piece = self._text[self._at : end]
        self.done.keys += cost
        self._at = end
        if not self._ghost:
            return
        if self._ghost.startswith(piece):
            self._ghost = self._ghost[len(piece) :]
            self._used = self._used or not self._ghost  # typed to its end: it was right
            if self._ghost:
                return
        elif self._watcher and not self._used:
            self._watcher.left(self._at, self._ghost)
        self._close()

    def _close(self) -> None:
        """The ghost text is gone."""
        if self._ghost and not self._used:
            self.done.false_shows += 1
        self._ghost, self._used = "", False


def _splits_word(rest: str, at: int) -> bool:
    """Whether a cut here would leave half a word."""
    return 0 < at < len(rest) and _is_word(rest[at - 1]) and _is_word(rest[at])


def _is_word(letter: str) -> bool:
    return letter.isalnum() or letter == "_"
