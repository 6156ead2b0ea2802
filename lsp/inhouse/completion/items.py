"""Makes an item of one text at a cursor, or says why it is none: shaped, weighed, with what shows its place.

It chooses among no answers; see answers.py for that.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from inhouse.completion import display
from inhouse.completion.beginnings import Beginning, first_word
from inhouse.completion.cursor import Cursor
from inhouse.completion.display import Kind, Offer
from inhouse.completion.gate import Gate, features_of, fitted, further_features, lines_of
from inhouse.completion.lookup import Compared
from inhouse.completion.name_check import NameCheck
from inhouse.completion.ranking import Candidate, Ranked
from inhouse.completion.request import CompletionRequest, Item, Provenance, Source
from inhouse.completion.settings import Settings
from inhouse.completion.shape import Shaper
from inhouse.model import Token

_USUAL = Settings().show_above
UNSURE = "not sure enough"
"""The reason for silence when the chance of being kept is below the user's threshold."""


@dataclass(frozen=True, slots=True)
class Aids:
    """What helps to judge what was written at one cursor."""

    show_above: float
    """The least chance of what is shown while typing."""
    agreement: Callable[[Sequence[int]], Sequence[float]] | None = None
    """The project's own certainty at each of an answer's tokens."""
    correct: Callable[[float], float] | None = None
    """The gate's chance as it is in this project, if that was learnt."""
    check: NameCheck | None = None
    """Finds unknown names."""
    origins: Callable[[Sequence[int]], tuple[Provenance, ...]] | None = None
    """Where in the project some tokens stand alike."""
    compared: Compared | None = None
    """The answers in the order of their chances, where they were compared with the project's own lines."""
    avoided: Callable[[str], str | None] | None = None
    """Why the project does without a name in a text, if it does."""
    notes: tuple[str, ...] = ()
    """What shaped the text while it was written, for people."""


@dataclass(frozen=True, slots=True)
class Gates:
    """What gives the chances that no ranking gives."""

    written: Gate = field(default_factory=fitted)
    """Of what the model wrote where no ranking was made."""
    further: Gate = field(default_factory=lambda: fitted("further"))
    """Of a line behind a right one."""


@dataclass(frozen=True, slots=True)
class Shorter:
    """The best that could be shown in place of a whole line, and what it is worth."""

    item: Item
    worth: float


class Items:
    """Makes the items of one request."""

    def __init__(self, request: CompletionRequest, cursor: Cursor, aids: Aids, shaper: Shaper, gates: Gates) -> None:
        self._request, self._cursor, self._aids = request, cursor, aids
        self._shape, self._gates = shaper, gates
        self.shorter = self._shorter()
        """What could be shown in place of a whole line, if anything."""

    def ranked(self, ranked: Ranked, text: str, tokens: Sequence[Token], *, cut_off: bool) -> Item | str:
        """The item of an answer of whose first line the chance is known, or why there is none.

        `text`: all that was written; `tokens`: which say it, if the model did. `cut_off`: a limit ended the text.
        """
        aids, one = self._aids, ranked.candidate
        sure = self._corrected(ranked.probability)
        offer = self._offer("line", one.text, sure)
        features = {**one.features, **display.features_of(offer, self.shorter.worth if self.shorter else 0.0)}
        if not self._request.invoked and not display.would_show(sure, features, aids.show_above):
            return UNSURE
        if not one.written and aids.avoided and (why := aids.avoided(text)):
            return why  # the model was kept from it while it wrote; what was copied was not
        if "\n" in text:
            if several := self._several(ranked, text, tokens, cut_off=cut_off):
                return several
            text = one.text
        shaped = self._shape(text, self._cursor, tokens=one.ids, cut_off=cut_off)
        if shaped.silent:
            return shaped.silent
        source: Source = "model" if one.written else "project"
        places = _origin(self._request, one) or self._origins(one.ids)
        return Item(shaped.text, self._cursor.start, shaped.end, sure, source, places, features)

    def _several(self, ranked: Ranked, text: str, tokens: Sequence[Token], *, cut_off: bool) -> Item | str | None:
        """The item of more than the first line, as many as are sure enough; or why nothing is shown; None for one line.

        The chance is the first line's times that of each behind it: of what was written at empty blocks in replays a
        quarter of the second lines is right where the first one is, so they need one like a whole line's.
        """
        cursor, aids = self._cursor, self._aids
        marks = [token.text if token.id < 0 else token.id for token in tokens]
        shaped = self._shape(text, cursor, tokens=marks, cut_off=cut_off)
        if shaped.silent:
            return shaped.silent
        first = ranked.candidate.text.strip()
        for lines in range(shaped.text.count("\n") + 1, 1, -1):
            own = tokens[: _tokens_of_lines(tokens, lines)]
            sure = self._corrected(ranked.probability * self._further(own))
            offer = Offer("line", len(shaped.text), sure, self._corrected(ranked.probability), len(first))
            features = display.features_of(offer, self.shorter.worth if self.shorter else 0.0)
            asked = self._request.invoked and sure >= aids.show_above
            if not asked and not display.would_show(sure, features, aids.show_above):
                continue
            part = self._shape(text, cursor, tokens=marks, cut_off=cut_off, lines=lines)
            if part.silent or "\n" not in part.text:
                return None
            ids = [token.id for token in own]
            places = self._origins(ids) if min(ids, default=-1) >= 0 else ()
            return Item(part.text, cursor.start, part.end, sure, "model", places, features)
        return None

    def _further(self, tokens: Sequence[Token]) -> float:
        """The chance that the lines behind the first one are right if that one is."""
        return math.prod(self._gates.further.probability(further_features(line)) for line in lines_of(tokens)[1:])

    def written(self, text: str, tokens: Sequence[Token], *, cut_off: bool) -> Item | str:
        """The item of what no ranking judged, with as many of its lines as are sure enough, or why there is none."""
        cursor, aids = self._cursor, self._aids
        marks = [token.text if token.id < 0 else token.id for token in tokens]
        shaped = self._shape(text, cursor, tokens=marks, cut_off=cut_off)
        if shaped.silent:
            return shaped.silent
        for lines in range(shaped.text.count("\n") + 1, 0, -1):
            part = self._shape(text, cursor, tokens=marks, cut_off=cut_off, lines=lines)
            if part.silent:
                break
            own = tokens[: _tokens_of_lines(tokens, lines)]
            ids = [token.id for token in own]
            agreed = aids.agreement(ids) if aids.agreement else ()
            features = features_of(own, agreed, part.text, cursor.line_head)
            sure = self._corrected(self._gates.written.probability(features))
            if sure >= aids.show_above or (lines == 1 and self._request.invoked):
                places = self._origins(ids) if min(ids, default=-1) >= 0 else ()
                return Item(part.text, cursor.start, part.end, sure, "model", places, features)
        return UNSURE

    def _shorter(self) -> Shorter | None:
        """The most useful part of a line that is sure enough, known and worth a key: some words or one.

        Where everything is shown, as in replays that look afterwards at what would have been, its worth is told by the
        usual threshold.
        """
        compared, show_above = self._aids.compared, self._aids.show_above
        if not compared or not compared.beginnings:
            return None
        parts: list[tuple[Kind, Beginning]] = [("cut", one) for one in compared.cuts]
        parts.append(("word", compared.beginnings[0]))
        found: list[tuple[float, float, Beginning]] = []
        for kind, one in parts:
            sure = self._corrected(one.probability)
            value = display.worth(self._offer(kind, one.text, sure), show_above or _USUAL)
            if value is not None or show_above <= 0.0:
                found.append((value or 0.0, sure, one))
        for value, sure, one in sorted(found, key=lambda each: -each[0]):
            if item := self._begun(one, sure):
                return Shorter(item, value)
        return None

    def _begun(self, begun: Beginning, sure: float) -> Item | None:
        """The item of a line's beginning; None where it has an unknown or avoided name or nothing is left of it."""
        aids = self._aids
        if aids.check and aids.check.doubt(begun.text, cut_off=False):
            return None
        if aids.avoided and aids.avoided(begun.text):
            return None
        shaped = self._shape(begun.text, self._cursor, tokens=begun.ids)
        if shaped.silent:
            return None
        source: Source = "model" if begun.features["written"] else "project"
        places = self._origins(begun.ids)
        return Item(shaped.text, self._cursor.start, shaped.end, sure, source, places, begun.features)

    def _offer(self, kind: Kind, text: str, sure: float) -> Offer:
        """A text with what is known of its first word."""
        compared = self._aids.compared
        word, begun = first_word(text), compared.beginnings if compared else ()
        first = next((self._corrected(one.probability) for one in begun if one.text == word), None)
        return Offer(kind, len(text.strip()), sure, first, len(word))

    def _corrected(self, chance: float) -> float:
        """The chance as it is in this project, where that was learnt."""
        return self._aids.correct(chance) if self._aids.correct else chance

    def _origins(self, ids: Sequence[int]) -> tuple[Provenance, ...]:
        return self._aids.origins(ids) if self._aids.origins else ()


def _origin(request: CompletionRequest, answer: Candidate) -> tuple[Provenance, ...]:
    """Where in the project the same line stands."""
    found, kind = answer.found, "line"
    if found is None and answer.base is not None:
        found, kind = answer.base.found, "adapted"
    if found is None:
        return ()
    if found.file is not None:
        return (Provenance(found.file, found.line + 1, kind),)
    here = request.text.count("\n", 0, request.offset)
    return (Provenance(request.own_path, here + found.line + 1, kind),)


def _tokens_of_lines(tokens: Sequence[Token], lines: int) -> int:
    """How many tokens say so many lines."""
    seen = 0
    for number, token in enumerate(tokens):
        seen += token.text.count("\n")
        if seen >= lines:
            return number + 1
    return len(tokens)
