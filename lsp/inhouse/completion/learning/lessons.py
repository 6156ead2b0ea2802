"""What a settled suggestion teaches: texts with a strength for each character. Knows no tokens and no n-gram."""

from __future__ import annotations

from collections.abc import Iterator

from inhouse.completion.learning.align import Fate, fates
from inhouse.completion.learning.tracker import Settled

KEPT, CHANGED = 1.0, -1.0
"""Strength that a token gains at each of two looks; 1 counts as much as standing in the project once more."""
WRITTEN = 1.0
"""Strength of what the user wrote where something else was suggested."""
_LONGEST = 1_000
"""Characters of a lesson: what replaced a suggestion may be a whole file."""

Lesson = tuple[str, list[float]]


def lessons(settled: Settled) -> Iterator[Lesson]:
    """From the cursor on: the suggestion with what was kept and changed of it, then what the user wrote instead."""
    shown = settled.shown
    yield _of_suggestion(shown.text[:_LONGEST], settled.fates, shown.cursor)
    if settled.kept < settled.size and settled.became.strip():
        became = settled.became[:_LONGEST]
        yield _of_user(became, fates(became, shown.text), _same_start(became, shown.text[: shown.cursor]))


def _of_suggestion(text: str, found: tuple[Fate, ...], cursor: int) -> Lesson:
    """The first of several changed tokens counts against: it was the wrong decision, the others followed from it."""
    strengths = [0.0] * len(text)
    decided = False
    for fate in found:
        if fate.kept or not decided:
            strength = KEPT if fate.kept else CHANGED
            for at in range(max(fate.start, cursor), min(fate.end, len(text))):
                strengths[at] = strength
        decided = not fate.kept
    return text[cursor:], strengths[cursor:]


def _of_user(text: str, found: list[Fate], cursor: int) -> Lesson:
    """What stands there now and was not suggested."""
    strengths = [0.0] * len(text)
    for fate in found:
        if not fate.kept:
            for at in range(max(fate.start, cursor), fate.end):
                strengths[at] = WRITTEN
    return text[cursor:], strengths[cursor:]


def _same_start(text: str, start: str) -> int:
    return len(start) if text.startswith(start) else 0
