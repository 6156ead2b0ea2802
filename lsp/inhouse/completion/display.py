"""What is put on the screen: a whole line, its sure part, its first word or nothing, by the keys that each should save.

It knows chances and lengths only. What is wrong costs as many keys as the user's threshold says: a false show takes
attention. tests/benchmarks/fit_display.py types the same texts under several of these rules.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["line", "cut", "word"]

LEAST_CHARACTERS = 3
"""What is shorter is not worth the key that accepts it."""
_COST = 15.0
"""Keys that a false show costs at even odds; at the default threshold of 0.25 it is a third of that."""
_LEAST: Mapping[Kind, float] = {"line": 2.0, "cut": 2.2, "word": 1.8}
"""Least chance of being right, as a multiple of the user's threshold: a line wrong at its end hides what comes."""
_LEAST_FIRST = 2.0
"""Least chance of a whole line's first word, likewise."""
_SUREST = 0.95
"""No chance needs to be more."""
_SHORTER = "shorter_worth"


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that could be shown."""

    kind: Kind
    characters: int
    probability: float
    """That all of it is right."""
    first: float | None = None
    """That at least its first word is; None where that was not judged."""
    first_characters: int = 0


def least(kind: Kind, show_above: float) -> float:
    """The chance from which something of this kind is shown."""
    return min(_SUREST, _LEAST[kind] * show_above)


def worth(offer: Offer, show_above: float) -> float | None:
    """Keys that showing it should save, less what it costs if it is wrong; None where it is too unsure or short.

    Without a threshold (0) everything is shown, whole lines before all else.
    """
    if show_above <= 0.0:
        return math.inf if offer.kind == "line" else 0.0
    if offer.characters < LEAST_CHARACTERS or offer.probability < least(offer.kind, show_above):
        return None
    first = offer.first
    if offer.kind == "line" and first is not None and first < min(_SUREST, _LEAST_FIRST * show_above):
        return None
    some = max(first or 0.0, offer.probability)
    gain = offer.first_characters - 1 if offer.first_characters >= LEAST_CHARACTERS else 0
    cost = _COST * show_above / (1.0 - show_above) if show_above < 1.0 else math.inf
    keys = offer.probability * (offer.characters - 1) + (some - offer.probability) * gain
    found = keys - cost * (1.0 - some) if some < 1.0 else keys
    return found if found > 0.0 else None


def features_of(line: Offer, shorter: float) -> dict[str, float]:
    """What `would_show` must know of a line; `shorter`: what the best of its rivals is worth, 0 without any."""
    first = {} if line.first is None else {"first_word": line.first, "first_characters": float(line.first_characters)}
    return {"characters": float(line.characters), _SHORTER: shorter, **first}


def would_show(probability: float, features: Mapping[str, float], show_above: float) -> bool:
    """Whether an answer with this chance is shown while typing; one that had no rivals by the threshold alone."""
    if _SHORTER not in features:
        return probability >= show_above
    characters, first = int(features["characters"]), features.get("first_word")
    line = Offer("line", characters, probability, first, int(features.get("first_characters", 0.0)))
    found = worth(line, show_above)
    return found is not None and found >= features[_SHORTER]
