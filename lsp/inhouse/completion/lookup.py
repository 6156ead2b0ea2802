"""Puts what the model wrote beside what the project has written in like places, and lets the model judge them all.

The whole lines, and the words that they may begin with. It shapes and shows nothing. Of an answer of several lines the
first one is compared.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inhouse.completion import beginnings, cuts, gate
from inhouse.completion.beginnings import Beginning, Uses
from inhouse.completion.beside import Beside
from inhouse.completion.cursor import Cursor
from inhouse.completion.proposals import Proposal, line_breaks, propose
from inhouse.completion.ranking import Candidate, Ranked, Ranker, Ranking, Written, features_of, fitted, surroundings
from inhouse.completion.repeats import bare
from inhouse.completion.reserved import Reserved
from inhouse.completion.sizes import rule_for
from inhouse.completion.steering import View
from inhouse.model import CancelFlag, Engine, Fill, FillRequest, Judged, Line, Token, take_back

Lines = Sequence[tuple[Candidate, float]]
"""Whole lines with their chances."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What was found at one cursor, each kind in the order of its chances."""

    lines: list[Ranked]
    """Whole rests of the line."""
    beginnings: list[Beginning]
    """The words that the rest of the line may begin with."""
    cuts: list[Beginning] = field(default_factory=list[Beginning])
    """More of the likeliest line than its first word, and less than all."""


class LookUp:
    """Proposals for one engine's tokens. Used from the thread that completes."""

    def __init__(self, ranker: Ranker | None = None) -> None:
        """`ranker`: in place of those that travel with the program."""
        self._ranker = ranker or fitted()
        self._beside = Beside(ranker)
        self._beginnings: Ranking = beginnings.fitted()
        self._cuts = gate.fitted("cuts")
        self._lines = gate.fitted("lines") if ranker is None else None
        self._breaks: tuple[str, NDArray[np.int8]] | None = None

    def compared(
        self,
        cursor: Cursor,
        view: View,
        hole: FillRequest,
        fill: Fill,
        engine: Engine,
        cancel: CancelFlag,
        *,
        begin: bool = True,
        parts: bool = True,
        adapted: bool = True,
        search: Callable[[FillRequest], Sequence[Line]] | None = None,
    ) -> Compared | None:
        """All answers, the likeliest first; None where that is not done, when it was cancelled or cannot be done.

        `begin`: whether beginnings are wanted as well; `parts`: and more of the line than these. With alternatives,
        `adapted`: lines with a name replaced, and `search` gives the model's likeliest lines.

        Nor is it done where the model goes on in the next line: there is no rest of this one to compare.
        """
        started, most = time.perf_counter(), rule_for(engine.parameters).proposals
        if not most or (fill.text.strip() and not _first_line(fill.text)):
            return None
        found = {bare(one.text): one for one in self._proposals(view, engine, most, cancel)}
        written = {bare(one.text): one for one in _written(fill)}
        written.pop("", None)
        texts = {name: one.text for name, one in found.items()} | {name: one.text for name, one in written.items()}
        if not texts:
            return None
        near = beginnings.uses(cursor, Reserved(Path(hole.path), cursor.prefix + cursor.suffix))
        words = beginnings.proposed(near, list(texts.values())) if begin else []
        judged = engine.score(hole, [*texts.values(), *words], cancel)
        if len(judged) != len(texts) + len(words):
            return None
        first, around = bare(_first_line(fill.text)), surroundings(cursor.prefix, cursor.suffix)
        candidates: list[Candidate] = []
        for (name, text), one in zip(texts.items(), judged, strict=False):
            features = features_of(text, one, found.get(name), name == first, around)
            candidates.append(Candidate(text, one.tokens, features, found.get(name), written.get(name)))
        lines = list(zip(candidates, self._ranker.chances(candidates), strict=True))
        begun = self._begun(words, judged[len(texts) :], near, lines, fill)
        ranked = sorted((Ranked(one, chance, chance) for one, chance in lines), key=lambda one: -one.probability)
        cut = self._cut(ranked, begun, fill) if parts else []
        ranked = self._weighed(ranked, begun, fill, cursor.line_head)
        if hole.alternatives > 1:
            likely = search(_less(hole, started)) if search else ()
            wanted = rule_for(engine.parameters).adapted if adapted else 0
            ranked = self._beside.ordered(ranked, cursor, _less(hole, started), engine, cancel, likely, wanted)
            if cancel.is_set:
                return None
        return Compared(ranked, begun, cut)

    def _begun(
        self, words: Sequence[str], judged: Sequence[Judged], near: Uses, lines: Lines, fill: Fill
    ) -> list[Beginning]:
        """The beginnings with their chances, the likeliest first."""
        first = beginnings.first_word(fill.text)
        said = _tokens_of(fill.tokens, len(first))
        features = [
            beginnings.features_of(word, one, near, lines, said if word == first else ())
            for word, one in zip(words, judged, strict=True)
        ]
        chances = beginnings.chances(self._beginnings, features)
        found = [
            Beginning(word, one.tokens, of_it, chance)
            for word, one, of_it, chance in zip(words, judged, features, chances, strict=True)
        ]
        return sorted(found, key=lambda one: -one.probability)

    def _weighed(
        self, ranked: Sequence[Ranked], begun: Sequence[Beginning], fill: Fill, line_head: str
    ) -> list[Ranked]:
        """The same in the same order, with what is known besides: of the model's own line and of first words."""
        if self._lines is None:
            return list(ranked)
        first, own = {one.text: one.probability for one in begun}, bare(_first_line(fill.text))
        found: list[Ranked] = []
        for one in ranked:
            text = one.candidate.text
            word = first.get(beginnings.first_word(text))
            written = bare(text) == own
            features = gate.line_features(one.by_ranking, fill.tokens, word, line_head, written=written)
            found.append(replace(one, probability=self._lines.probability(features)))
        return found

    def _cut(self, ranked: Sequence[Ranked], begun: Sequence[Beginning], fill: Fill) -> list[Beginning]:
        """Parts of the likeliest line with their chances; nothing where first words were not wanted."""
        lines = [(one.candidate.text, one.probability) for one in ranked]
        written = [(token.text, token.probability) for token in fill.tokens]
        found = cuts.cuts(lines, written, {one.text: one.probability for one in begun})
        ids = ranked[0].candidate.ids
        return [Beginning(text, ids, features, self._cuts.probability(features)) for text, features in found]

    def _proposals(self, view: View, engine: Engine, most: int, cancel: CancelFlag) -> list[Proposal]:
        count, healed = take_back(view.before, engine.piece, view.in_line)
        kept = view.before[: len(view.before) - count] if count else view.before
        place = view.place_at(kept)
        return propose(place, self._line_breaks(engine), healed, engine.piece, most, cancel.check)

    def _line_breaks(self, engine: Engine) -> NDArray[np.int8]:
        if self._breaks is None or self._breaks[0] != engine.tokenizer:
            self._breaks = (engine.tokenizer, line_breaks(engine.vocabulary_size, engine.piece))
        return self._breaks[1]


def _less(hole: FillRequest, started: float) -> FillRequest:
    """The same with the time left that there is."""
    if hole.deadline_ms is None:
        return hole
    return replace(hole, deadline_ms=hole.deadline_ms - (time.perf_counter() - started) * 1000)


def _written(fill: Fill) -> list[Written]:
    """The model's answers, the first one last, so that it stays where two begin alike."""
    answers = [Written(_first_line(one.text), one.text, one.tokens) for one in reversed(fill.alternatives)]
    return [*answers, Written(_first_line(fill.text), fill.text, fill.tokens)]


def _tokens_of(tokens: Sequence[Token], characters: int) -> list[Token]:
    """The tokens that say the first so many characters."""
    found: list[Token] = []
    for token in tokens:
        if characters <= 0:
            break
        found.append(token)
        characters -= len(token.text)
    return found


def _first_line(text: str) -> str:
    return text.split("\n", 1)[0].rstrip()
