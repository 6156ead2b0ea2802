"""Ends of the line that the project has already written somewhere: looked up, for the model to judge.

A small core judges far better than it writes, and a third of all lines' ends stand somewhere in the project. It decides
nothing about which is right.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inhouse.completion.repeats import bare
from inhouse.context import Continuation, Place

_WIDTH = 40
"""Tokens; a longer rest of a line is hardly ever wanted again as it is."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """The end of a line, found elsewhere."""

    text: str
    """What would follow the cursor, without the line break."""
    order: int
    """Tokens before it that match the text before the cursor."""
    places: int
    """How often it was found..."""
    share: float
    """...as a share, by weight, of all that followed matches at least as long."""
    own: bool
    """Whether the current file is one of the places."""
    file: str | None
    """Where the match is longest; None: in the current file."""
    line: int
    """The line there, from 0; in the current file, counted from the cursor's."""


def line_breaks(pieces: int, piece: Callable[[int], bytes]) -> NDArray[np.int8]:
    """For each of so many tokens, how many line breaks it holds."""
    return np.array([min(piece(token).count(b"\n"), 100) for token in range(pieces)], dtype=np.int8)


def propose(
    place: Place,
    breaks: NDArray[np.int8],
    healed: bytes,
    piece: Callable[[int], bytes],
    most: int,
    check: Callable[[], None] = lambda: None,
) -> list[Proposal]:
    """Up to `most` different ends of the line, the longest matches first.

    `place` is the n-gram's view behind the tokens before the cursor, less those whose bytes are `healed`, which what
    is proposed must say again. `check` is called between small steps, and what it raises ends the look-up.
    """
    found: dict[str, Proposal] = {}
    passed = 0.0
    for continuation in place.continuations(breaks > 0, _WIDTH, check):
        check()
        text = _text(continuation, healed, piece)
        if text is None:
            continue
        passed += continuation.weight
        if (name := bare(text)) and name not in found:
            line = place.line_of(continuation.best, breaks)
            found[name] = _proposal(continuation, text, passed, line)
            if len(found) >= most:
                break
    return list(found.values())


def _text(continuation: Continuation, healed: bytes, piece: Callable[[int], bytes]) -> str | None:
    """What the continuation says after the cursor; None if it does not begin with the healed text."""
    said = b"".join(piece(token) for token in continuation.ids).split(b"\n", 1)[0]
    if not said.startswith(healed):
        return None
    return said[len(healed) :].decode("utf-8", "replace").rstrip()


def _proposal(found: Continuation, text: str, passed: float, line: int) -> Proposal:
    share = found.weight / passed if passed else 0.0
    return Proposal(text, found.order, found.places, share, found.own, found.best.file, line)
