"""Which of several answers is likeliest to be kept, and how likely: the model's own and those found in the project.

A linear score an answer and a constant for "none of them"; a softmax over all gives the chances. Fitted on replays of
public packages (tests/benchmarks/fit_ranking.py; ranking.json says how it did). It changes no text.
Look-up proposes, a model judges: kNN-LM's insight (Khandelwal et al. 2020) at the level of whole lines.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Protocol

from inhouse.completion.proposals import Proposal
from inhouse.completion.repeats import bare
from inhouse.model import Judged, Token

_NAME = re.compile(r"[A-Za-z_]\w*")
_NEAR_CHARACTERS = 6_000
"""Around the cursor; a name that stands there is one that is in use."""
_FLOOR = -14.0
"""Log probability below which a token is no less likely: one token must not decide alone."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the answers' names are compared with."""

    near: frozenset[str]
    """Names that stand near the cursor."""
    line_head: str


def surroundings(prefix: str, suffix: str) -> Surroundings:
    near = frozenset(_NAME.findall(prefix[-_NEAR_CHARACTERS:] + " " + suffix[:_NEAR_CHARACTERS]))
    return Surroundings(near, prefix[prefix.rfind("\n") + 1 :])


def features_of(
    text: str, judged: Judged, found: Proposal | None, written: bool, around: Surroundings
) -> dict[str, float]:
    """Features of one answer. `found`: the same text in the project; `written`: the model wrote it by itself."""
    logs = [max(_FLOOR, value) for value in judged.log_probabilities] or [_FLOOR]
    names = _NAME.findall(text)
    strange = sum(name not in around.near for name in names)
    return {
        "log_probability": sum(logs),
        "mean_log_probability": sum(logs) / len(logs),
        "lowest_log_probability": min(logs),
        "first_log_probability": logs[0],
        "end_log_probability": max(_FLOOR, judged.line_log_probability - judged.log_probability),
        "tokens": len(logs) / 10,
        "written": float(written),
        "found": float(found is not None),
        "written_and_found": float(written and found is not None),
        "log_order": math.log1p(found.order) if found else 0.0,
        "order": min(found.order, 12) / 10 if found else 0.0,
        "log_places": math.log1p(found.places) if found else 0.0,
        "share": found.share if found else 0.0,
        "own": float(found is not None and found.own),
        "strange_names": float(strange),
        "strange_share": strange / len(names) if names else 0.0,
        "log_characters": math.log1p(len(bare(text))),
        "at_line_start": float(not around.line_head.strip()),
        "found_at_line_start": float(found is not None and not around.line_head.strip()),
    }


@dataclass(frozen=True, slots=True)
class Written:
    """What the model wrote: its first line, and all of it."""

    text: str
    whole: str
    tokens: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One answer, before it is known how good it is."""

    text: str
    """The rest of the line, as it was written or found; of several lines the first."""
    ids: tuple[int, ...]
    """The tokens that say it."""
    features: Mapping[str, float]
    found: Proposal | None = None
    """Where in the project the same text stands, if it does."""
    written: Written | None = None
    """What the model wrote by itself, if it begins like this."""
    base: Candidate | None = None
    """The answer of which this is one with a name replaced, if it is."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """An answer with its chance of being what is wanted."""

    candidate: Candidate
    probability: float
    by_ranking: float = 0.0
    """The chance before it was known how surely the model wrote it; what first words and parts are judged by."""


class Ranker(Protocol):
    """Gives each answer its chance."""

    def chances(self, answers: Sequence[Candidate]) -> list[float]:
        """The chance of each answer that it is the one; what is missing to 1 is the chance of none."""
        ...


@dataclass(frozen=True, slots=True)
class Ranking:
    """Weights of the score, and the score of "none of them"."""

    weights: Mapping[str, float]
    none: float

    def chances(self, answers: Sequence[Candidate]) -> list[float]:
        """See Ranker."""
        scores = [sum(weight * one.features[name] for name, weight in self.weights.items()) for one in answers]
        top = max([self.none, *scores])
        powers = [math.exp(score - top) for score in scores]
        total = sum(powers) + math.exp(self.none - top)
        return [power / total for power in powers]


def fitted(name: str = "ranking") -> Ranking:
    """A ranking that travels with the program: "ranking" of the best answer, "alternatives" of those beside it."""
    entry = json.loads((resources.files("inhouse.completion") / f"{name}.json").read_text(encoding="utf-8"))
    return Ranking(entry["weights"], entry["none"])
