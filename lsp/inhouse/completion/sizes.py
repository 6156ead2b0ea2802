"""Where the project speaks, by the size of the model: in the prompt, or through the logits.

A core of some million weights cannot use what other files in its prompt say, and gains most from the n-gram; large
models the other way round. The rule is a table, sizes.json, which says what of it was measured.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class SizeRule:
    """What holds for models of a size."""

    parameters_from: int
    """The smallest number of weights that it holds for."""
    context_percent: int
    """Of the context window, for other files."""
    mix_at_most: float
    """Largest weight of the project's n-gram against the model."""
    proposals: int
    """Ends of lines from elsewhere in the project that are weighed against the model's own answer."""
    adapted: int
    """Of these lines with one name replaced, so many are weighed as well where alternatives are wanted."""
    searched: int
    """So many of the model's likeliest lines as well."""


@cache
def rules() -> tuple[SizeRule, ...]:
    """The table, the smallest models first."""
    text = (resources.files("inhouse.completion") / "sizes.json").read_text(encoding="utf-8")
    return tuple(SizeRule(**entry) for entry in json.loads(text)["sizes"])


def rule_for(parameters: int) -> SizeRule:
    """What holds for a model with so many weights."""
    return [rule for rule in rules() if rule.parameters_from <= parameters][-1]
