"""Puts what the model wrote beside what the project has written in like places, and lets the model judge them all.

It shapes and shows nothing. Of an answer of several lines the first one is compared.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inhouse.completion.cursor import Cursor
from inhouse.completion.proposals import Proposal, line_breaks, propose
from inhouse.completion.ranking import Candidate, Ranker, Written, features_of, surroundings
from inhouse.completion.sizes import rule_for
from inhouse.completion.steering import View
from inhouse.model import CancelFlag, Engine, Fill, FillRequest, take_back


@dataclass(frozen=True, slots=True)
class Ranked:
    """An answer with its chance of being what is wanted."""

    candidate: Candidate
    probability: float


class LookUp:
    """Proposals for one engine's tokens. Used from the thread that completes."""

    def __init__(self, ranker: Ranker) -> None:
        self._ranker = ranker
        self._breaks: tuple[str, NDArray[np.int8]] | None = None

    def ranked(
        self, cursor: Cursor, view: View, hole: FillRequest, fill: Fill, engine: Engine, cancel: CancelFlag
    ) -> list[Ranked] | None:
        """All answers, the likeliest first; None where that is not done, when it was cancelled or cannot be done.

        Nor is it done where the model goes on in the next line: there is no rest of this one to compare.
        """
        most = rule_for(engine.parameters).proposals
        if not most or (fill.text.strip() and not _first_line(fill.text)):
            return None
        found = {_bare(one.text): one for one in self._proposals(view, engine, most)}
        written = {_bare(one.text): one for one in _written(fill)}
        written.pop("", None)
        texts = {bare: one.text for bare, one in found.items()} | {bare: one.text for bare, one in written.items()}
        if not texts:
            return None
        judged = engine.score(hole, list(texts.values()), cancel)
        if len(judged) != len(texts):
            return None
        first, around = _bare(_first_line(fill.text)), surroundings(cursor.prefix, cursor.suffix)
        candidates: list[Candidate] = []
        for (bare, text), one in zip(texts.items(), judged, strict=True):
            features = features_of(text, one, found.get(bare), bare == first, around)
            candidates.append(Candidate(text, one.tokens, features, found.get(bare), written.get(bare)))
        chances = self._ranker.chances(candidates)
        pairs = [Ranked(one, chance) for one, chance in zip(candidates, chances, strict=True)]
        return sorted(pairs, key=lambda pair: -pair.probability)

    def _proposals(self, view: View, engine: Engine, most: int) -> list[Proposal]:
        count, healed = take_back(view.before, engine.piece, view.in_line)
        kept = view.before[: len(view.before) - count] if count else view.before
        return propose(view.place_at(kept), self._line_breaks(engine), healed, engine.piece, most)

    def _line_breaks(self, engine: Engine) -> NDArray[np.int8]:
        if self._breaks is None or self._breaks[0] != engine.tokenizer:
            self._breaks = (engine.tokenizer, line_breaks(engine.vocabulary_size, engine.piece))
        return self._breaks[1]


def _written(fill: Fill) -> list[Written]:
    """The model's answers, the first one last, so that it stays where two begin alike."""
    answers = [Written(_first_line(one.text), one.text, one.tokens) for one in reversed(fill.alternatives)]
    return [*answers, Written(_first_line(fill.text), fill.text, fill.tokens)]


def _first_line(text: str) -> str:
    return text.split("\n", 1)[0].rstrip()


def _bare(text: str) -> str:
    return "".join(text.split())
