"""How far a line is sure: its first words, one more each time, with the chance that it goes on so far.

The end of a line is often a guess where its first half is nearly certain: all of it would be wrong, the first word
alone would leave keys. A fitted model over five features gives each cut its chance (tests/benchmarks/fit_display.py;
cuts.json says how it did). It runs no model and shapes nothing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from inhouse.completion.beginnings import first_word
from inhouse.completion.display import LEAST_CHARACTERS
from inhouse.completion.gate import logit

_END = re.compile(r"\w+[(.\[]?|[^\w\s]+")
"""Where a line can be cut: behind a word with the bracket or dot that follows it, and behind other marks."""
_FLOOR = 1e-4


def cuts(
    lines: Sequence[tuple[str, float]], written: Sequence[tuple[str, float]], first: Mapping[str, float]
) -> list[tuple[str, dict[str, float]]]:
    """The first words of the first line, more than one and not all, each with its features.

    `lines`: whole lines with their chances, the likeliest first. `written`: what the model wrote by itself, token by
    token with the probabilities. `first`: the chances of first words.
    """
    if not lines:
        return []
    line, chance = lines[0]
    line = line.rstrip()
    word = first_word(line)
    if not word or word not in first:
        return []
    said = "".join(text for text, _ in written)
    found: list[tuple[str, dict[str, float]]] = []
    for match in _END.finditer(line):
        text = line[: match.end()]
        if not len(word) < len(text) < len(line) or len(text.strip()) < LEAST_CHARACTERS:
            continue
        own = said.startswith(text)
        features = {
            "first": logit(first[word]),
            "mass": logit(sum(share for other, share in lines if begins(text, other))),
            "line": logit(chance),
            "written": float(own),
            "written_log_probability": _log_probability(written, len(text)) if own else 0.0,
        }
        found.append((text, features))
    return found


def begins(text: str, line: str) -> bool:
    """Whether a line begins with this text, and not with a longer word than its last one."""
    rest = line[len(text) :]
    return line.startswith(text) and not (_in_word(text[-1:]) and _in_word(rest[:1]))


def _in_word(letter: str) -> bool:
    return letter.isalnum() or letter == "_"


def _log_probability(written: Sequence[tuple[str, float]], characters: int) -> float:
    """Of the tokens that say the first so many characters."""
    total = 0.0
    for text, probability in written:
        if characters <= 0:
            break
        total += math.log(max(probability, _FLOOR))
        characters -= len(text)
    return total
