"""Follows what was shown through the edits of a document: accepted, typed along, typed over; and what of it survives.

Editors tell only of full accepts, and not all do. The rest is inferred from the text itself: more of a suggestion than
a key brings was accepted, the rest was typed. It learns nothing and keeps nothing; time is handed in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from inhouse.completion.learning.align import Fate, characters, fates, kept_characters
from inhouse.completion.learning.edits import Edit, Position, behind, moved

CHECKS_S = (15, 30, 120, 300, 600)
"""Seconds after which is looked at what is left: the same as the open telemetry of the field, so figures compare."""
_MOST_SETTLING = 200
"""Suggestions whose checks are still to come; more in ten minutes is not typing."""

_PAIRS = frozenset({"()", "[]", "{}", '""', "''", "``"})

Outcome = Literal["accepted", "line", "word", "deleted", "typed", "typed over", "ignored"]
"""Accepted: all of it. Line, word: a part. Deleted: accepted, but nothing of it is there any more. Typed: by hand to
its end. Ignored: the user went elsewhere."""
_TAKEN = ("accepted", "line", "word")

Read = Callable[[Position, Position], str]
"""The document's text between two positions, LF line ends; less where the document ends."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A suggestion on the screen."""

    number: int
    document: str
    start: Position
    """Where its text begins."""
    text: str
    """LF line ends."""
    cursor: int
    """Characters of the text that stood there already."""
    context: str
    """What stands before it: the end of the text, for learning."""
    probability: float
    source: str
    ms: float
    """From the request to the answer."""
    others: tuple[str, ...] = ()
    """Texts of its alternatives, of which the user may have chosen one."""
    model: str = ""
    """The model that was asked: another one's chances are to be corrected apart."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a suggestion, some seconds after it left the screen."""

    shown: Shown
    outcome: Outcome
    after_s: int
    """0: at once; else one of CHECKS_S."""
    accepted: int
    """Characters that came by accepting."""
    fates: tuple[Fate, ...]
    """Of the suggestion's tokens; empty at once, when nothing is known yet."""
    became: str
    """What stands there now, to the end of the line where the suggestion was not taken as a whole."""

    @property
    def kept(self) -> int:
        return kept_characters(self.fates)

    @property
    def size(self) -> int:
        return characters(self.fates)


@dataclass(slots=True)
class _Pending:
    shown: Shown
    start: Position
    reached: int
    """Characters of the text that are in the document."""
    numbers: set[int]
    """Of the suggestion, and of what was left of it later."""
    accepted: int = 0
    part: Outcome | None = None
    """The largest part accepted so far."""
    told: bool = False
    """The editor said that it was accepted."""


@dataclass(slots=True)
class _Settling:
    shown: Shown
    numbers: set[int]
    outcome: Outcome
    accepted: int
    start: Position
    end: Position
    left_at: float
    checks: list[int] = field(default_factory=lambda: list(CHECKS_S))

    @property
    def due(self) -> float:
        return self.left_at + self.checks[0]


class Tracker:
    """All open documents. `settle` is told at once what became of each suggestion, and again at each check."""

    def __init__(self, clock: Callable[[], float], settle: Callable[[Settled], None]) -> None:
        self._clock = clock
        self._settle = settle
        self._pending: dict[str, _Pending] = {}
        self._settling: list[_Settling] = []
        self._accepted: dict[str, Position] = {}

    def shown(self, shown: Shown) -> bool:
        """A suggestion is on the screen; False if it is only the rest of the one that was there."""
        old = self._pending.get(shown.document)
        if old is not None and _continues(old, shown):
            old.numbers.add(shown.number)
            return False
        if old is not None:
            self._leave(old, old.part or "ignored")
        self._pending[shown.document] = _Pending(shown, shown.start, shown.cursor, {shown.number})
        return True

    def accepted(self, number: int) -> None:
        """The editor says that the suggestion was accepted as a whole; its edit may come before or after."""
        for pending in list(self._pending.values()):
            if number in pending.numbers:
                pending.told = True
                if pending.reached == len(pending.shown.text):
                    self._leave(pending, "accepted")
        for settling in self._settling:
            if number in settling.numbers and settling.outcome == "typed":
                settling.outcome = "accepted"

    def just_accepted(self, document: str) -> Position | None:
        """Where the accepted suggestion ends, if nothing was edited in the document since."""
        return self._accepted.get(document)

    def changed(self, document: str, edits: Sequence[Edit], read: Read) -> None:
        """The document was edited; `read` reads it as it is now."""
        self._accepted.pop(document, None)
        for settling in self._settling:
            if settling.shown.document == document:
                for edit in edits:
                    settling.start, settling.end = _around(settling.start, settling.end, edit)
        pending = self._pending.get(document)
        if pending is None:
            return
        touching: list[Edit] = []
        for edit in edits:
            here = behind(pending.start, pending.shown.text[: pending.reached])
            if edit.start <= here <= edit.end or pending.start <= edit.start <= here:
                touching.append(edit)
            pending.start = moved(pending.start, edit)
        if touching:
            self._follow(pending, read, touching)

    def closed(self, document: str, read: Read | None = None) -> None:
        """The document is gone: what can be said of its suggestions is said now."""
        pending = self._pending.get(document)
        if pending is not None:
            self._leave(pending, pending.part or "ignored")
        self._accepted.pop(document, None)
        for settling in [one for one in self._settling if one.shown.document == document]:
            self._settling.remove(settling)
            if read is not None and settling.checks[0] <= CHECKS_S[1]:
                self._check(settling, CHECKS_S[1], read)

    def due(self, read_of: Callable[[str], Read | None]) -> float | None:
        """Make the checks whose time has come; when the next one is due, if any."""
        now = self._clock()
        for settling in list(self._settling):
            read = read_of(settling.shown.document)
            if read is None:
                self._settling.remove(settling)
                continue
            passed = [after for after in settling.checks if settling.left_at + after <= now]
            for after in passed:
                self._check(settling, after, read)
            settling.checks = settling.checks[len(passed) :]
            if not settling.checks:
                self._settling.remove(settling)
        return min((settling.due for settling in self._settling), default=None)

    def _follow(self, pending: _Pending, read: Read, edits: Sequence[Edit]) -> None:
        """The user did something where the suggestion is: how far does the text agree with it now?"""
        lines = max(text.count("\n") for text in (pending.shown.text, *pending.shown.others))
        now = read(pending.start, (pending.start[0] + lines + 1, 0))
        text = max((pending.shown.text, *pending.shown.others), key=lambda text: _common(now, text))
        if text != pending.shown.text:
            pending.shown = replace(pending.shown, text=text, others=())
        common = _common(now, text)
        if common < len(text):  # what follows may look like more of it by chance
            common = min(common, pending.reached + sum(len(edit.text) for edit in edits))
        grown = common - pending.reached
        if grown > 0 and (pending.told or not all(map(_is_key, edits))):
            pending.accepted += grown
            pending.part = _part(text, common, pending.part)
        pending.reached = common
        if common == len(text):
            self._leave(pending, "accepted" if pending.told or pending.part else "typed")
        elif grown <= 0:
            self._leave(pending, pending.part or "typed over")

    def _leave(self, pending: _Pending, outcome: Outcome) -> None:
        """The suggestion is off the screen."""
        self._pending.pop(pending.shown.document, None)
        shown, start = pending.shown, pending.start
        accepted = pending.accepted
        if outcome == "accepted" and accepted == 0:
            accepted = len(shown.text) - shown.cursor
        self._settle(Settled(shown, outcome, 0, accepted, (), ""))
        if outcome == "ignored":
            return
        end = behind(start, shown.text[: pending.reached])
        if outcome == "accepted":
            self._accepted[shown.document] = end
        self._settling.append(_Settling(shown, pending.numbers, outcome, accepted, start, end, self._clock()))
        del self._settling[:-_MOST_SETTLING]

    def _check(self, settling: _Settling, after_s: int, read: Read) -> None:
        start, end = settling.start, settling.end
        whole = settling.outcome in ("accepted", "typed")
        became = read(start, end if whole else (max(end[0], start[0]) + 1, 0))
        if not whole:
            became = became.removesuffix("\n")
        found = tuple(fates(settling.shown.text, became))
        outcome: Outcome = settling.outcome
        if outcome in _TAKEN and characters(found) and not kept_characters(found):
            outcome = "deleted"
        self._settle(Settled(settling.shown, outcome, after_s, settling.accepted, found, became))


def _continues(old: _Pending, new: Shown) -> bool:
    """Whether the new suggestion is what is left of the old one."""
    text, start = old.shown.text, old.start
    whole = text[: old.reached] + new.text[new.cursor :]
    return text == whole and behind(start, text[: old.reached]) == behind(new.start, new.text[: new.cursor])


def _is_key(edit: Edit) -> bool:
    """Whether one key makes such an edit: a character, a bracket with its closer, a line break with indentation."""
    return len(edit.text) <= 1 or not edit.text.strip() or edit.text in _PAIRS


def _common(one: str, other: str) -> int:
    """Characters that both begin with."""
    for index, (mine, yours) in enumerate(zip(one, other, strict=False)):
        if mine != yours:
            return index
    return min(len(one), len(other))


def _part(text: str, reached: int, before: Outcome | None) -> Outcome:
    if before == "line" or reached == len(text) or text[reached] == "\n" or "\n" in text[:reached]:
        return "line"
    return "word"


def _around(start: Position, end: Position, edit: Edit) -> tuple[Position, Position]:
    """The stretch after an edit: what replaces its inside or its edges belongs to it, what comes beside it does not."""
    if edit.end <= start or edit.start >= end:
        return moved(start, edit), moved(end, edit)
    return min(start, edit.start), edit.new_end if edit.end >= end else moved(end, edit)
