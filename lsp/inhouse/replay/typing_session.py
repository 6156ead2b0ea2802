"""Types real code again, key by key: a recorded session made from a project's own files, the same at each run.

A simulated user takes lines out of a file and types them in again, with slips taken back, line breaks that keep the
indentation, moves to other places and to other files. It knows nothing about models or answers.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal

Kind = Literal["type", "newline", "delete", "move", "switch"]

_LINES_AT_A_PLACE = 4
_PLACES_IN_A_FILE = 3
_SLIP = 0.03
"""Share of keys that are wrong and taken back with the next one; people's is 2 to 5 %."""
_MIN_LINES = 40
"""Shorter files have no room for several places."""


@dataclass(frozen=True, slots=True)
class Keystroke:
    """The document after a key was pressed, and what the key did."""

    path: Path
    text: str
    offset: int
    """The cursor, in characters."""
    kind: Kind


def session(files: Sequence[Path], keystrokes: int, seed: int) -> Iterator[Keystroke]:
    """A session of so many keys over these files, which are read once. Unreadable and short files are passed over."""
    return islice(_keys(files, random.Random(seed)), keystrokes)


def _keys(files: Sequence[Path], rng: random.Random) -> Iterator[Keystroke]:
    texts = {path: text for path in files if (text := _read(path)) is not None}
    while texts:
        for path in sorted(texts, key=lambda _: rng.random()):
            kind: Kind = "switch"
            for _ in range(_PLACES_IN_A_FILE):
                yield from _at_a_place(path, texts[path], kind, rng)
                kind = "move"


def _read(path: Path) -> str | None:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    return text if text.count("\n") >= _MIN_LINES else None


def _at_a_place(path: Path, text: str, arrival: Kind, rng: random.Random) -> Iterator[Keystroke]:
    """Some lines of the file, taken out and typed in again."""
    lines = text.split("\n")
    first = rng.randrange(_MIN_LINES // 4, len(lines) - _LINES_AT_A_PLACE)
    typed = "\n".join(lines[first : first + _LINES_AT_A_PLACE])
    before = "\n".join(lines[:first]) + "\n"
    after = "\n" + "\n".join(lines[first + _LINES_AT_A_PLACE :])
    indent = len(typed) - len(typed.lstrip(" \t"))
    done, typed = before + typed[:indent], typed[indent:]
    yield Keystroke(path, done + after, len(done), arrival)
    while typed:
        if typed[0] != "\n" and rng.random() < _SLIP:
            wrong = done + rng.choice("aeiotnsr")
            yield Keystroke(path, wrong + after, len(wrong), "type")
            yield Keystroke(path, done + after, len(done), "delete")
        key = _key(typed)
        done, typed = done + key, typed[len(key) :]
        yield Keystroke(path, done + after, len(done), "newline" if key[0] == "\n" else "type")


def _key(text: str) -> str:
    """What one key brings: a character, or a line break with the indentation that editors add."""
    if text[0] != "\n":
        return text[0]
    rest = text[1:]
    return text[: 1 + len(rest) - len(rest.lstrip(" \t"))]
