"""How likely a suggestion is to be kept, from what is known once it is written; too unlikely ones are not shown.

A logistic model over a few cheap features, fitted on replays of public packages (tests/benchmarks/fit_gate.py). What it
predicts is that the rest of the line is exactly this. It changes no text.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

from inhouse.model import Token

_LEAST = 1e-4
_FLOOR = 1e-6
"""Least probability that counts: one impossible token says no more than one in a million."""


def features_of(tokens: Sequence[Token], agreement: Sequence[float], text: str, line_head: str) -> dict[str, float]:
    """Features of one suggestion. `agreement`: the project's own certainty at each token."""
    logs = [math.log(max(token.probability, _FLOOR)) for token in tokens] or [math.log(_FLOOR)]
    margins = [token.probability - token.rival_probability for token in tokens] or [0.0]
    sure = list(agreement[: len(tokens)]) or [0.0]
    return {
        "log_probability": sum(logs),
        "mean_log_probability": sum(logs) / len(logs),
        "lowest_log_probability": min(logs),
        "first_log_probability": logs[0],
        "lowest_margin": min(margins),
        "mean_agreement": sum(sure) / len(sure),
        "lowest_agreement": min(sure),
        "log_characters": math.log1p(len(text)),
        "at_line_start": float(not line_head.strip()),
    }


def line_features(
    chance: float, tokens: Sequence[Token], first: float | None, line_head: str, *, written: bool
) -> dict[str, float]:
    """Features of a ranked line. `chance`: by the ranking; `tokens`: of what the model wrote, which is this line where
    it was `written`; `first`: the chance of its first word, None where that was not judged.

    The ranking reads lines as the model alone would write them; how surely this one was written with the project's say
    tells more than all that was tried beside it (docs/log.md, 2026-11-23).
    """
    line = _first_line(tokens) if written else ()
    margins = [token.probability - token.rival_probability for token in line]
    logs = [math.log(max(token.probability, _LEAST)) for token in line]
    return {
        "chance": logit(chance),
        "written": float(written),
        "lowest_margin": min(margins, default=0.0),
        "written_log_probability": sum(logs),
        "written_mean_log_probability": sum(logs) / len(logs) if logs else 0.0,
        "first_word": logit(first) if first is not None else 0.0,
        "first_word_judged": float(first is not None),
        "in_word": float(line_head[-1:].isalnum() or line_head.endswith("_")),
    }


def further_features(line: Sequence[Token]) -> dict[str, float]:
    """Features of a line behind right ones. `line`: its tokens, with the break behind it if there is one.

    The mean, the project's certainty and the first line's chance made it worse on projects left out (docs/log.md).
    """
    return {
        "log_probability": sum(math.log(max(token.probability, _LEAST)) for token in line),
        "lowest_margin": min((token.probability - token.rival_probability for token in line), default=0.0),
    }


def lines_of(tokens: Sequence[Token]) -> list[Sequence[Token]]:
    """The tokens of each line, each with the break behind it."""
    found: list[Sequence[Token]] = []
    start = 0
    for number, token in enumerate(tokens, 1):
        if "\n" in token.text:
            found.append(tokens[start:number])
            start = number
    return [*found, tokens[start:]] if start < len(tokens) else found


def _first_line(tokens: Sequence[Token]) -> Sequence[Token]:
    ends = (number for number, token in enumerate(tokens, 1) if "\n" in token.text)
    return tokens[: next(ends, len(tokens))]


def logit(chance: float) -> float:
    """The logarithm of its odds, at most one in ten thousand either way."""
    chance = min(max(chance, _LEAST), 1.0 - _LEAST)
    return math.log(chance / (1.0 - chance))


@dataclass(frozen=True, slots=True)
class Gate:
    """Weights of a logistic model."""

    weights: Mapping[str, float]
    bias: float

    def probability(self, features: Mapping[str, float]) -> float:
        """The chance that a suggestion with these features is kept as it is, 0 to 1."""
        score = self.bias + sum(weight * features[name] for name, weight in self.weights.items())
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, score))))


def fitted_with() -> str:
    """The model whose answers the gate was fitted on."""
    text = (resources.files("inhouse.completion") / "gate.json").read_text(encoding="utf-8")
    return str(json.loads(text)["about"]["model"])


def fitted(name: str = "gate") -> Gate:
    """One that travels with the program: "gate" of what no ranking judged, "lines" of ranked lines, "cuts" of parts,
    "further" of a line behind a right one.

    NAME.json says what it was fitted on.
    """
    text = (resources.files("inhouse.completion") / f"{name}.json").read_text(encoding="utf-8")
    entry = json.loads(text)
    return Gate(entry["weights"], entry["bias"])
