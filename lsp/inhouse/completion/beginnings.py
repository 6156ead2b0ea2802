"""The next word where the whole line is not sure: what the answers begin with, and the names in use around the cursor.

Half of a line that is right is worth a key; all of one that is wrong is a nuisance. The model judges each beginning,
and a fitted ranking gives it its chance (tests/benchmarks/fit_beginnings.py; beginnings.json says how it did). It runs
no model and shapes nothing.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

from inhouse.completion.cursor import Cursor
from inhouse.completion.identifiers import WORDS
from inhouse.completion.ranking import Candidate, Ranking
from inhouse.completion.reserved import Reserved
from inhouse.model import Judged, Token

_ABOVE, _BELOW = 12_000, 4_000
"""Characters around the cursor whose names are candidates."""
_MOST = 12
"""Names from the surroundings that are judged; each costs two tokens."""
_HEAD = re.compile(r"[^\W\d]\w*$")
_RECEIVER = re.compile(r"([^\W\d]\w*(?:\(\))?)\.$")
_FIRST = re.compile(r"[^\w\n]{0,3}\w+")
"""What an answer begins with: a word with what joins it to the text before."""


@dataclass(frozen=True, slots=True)
class Use:
    """How a name is used around the cursor."""

    times: int
    since: int
    """Characters between its last use above and the cursor; the most that are looked at where it is only below."""


@dataclass(frozen=True, slots=True)
class Uses:
    """What the text around the cursor says about the word to come."""

    head: str
    """The part of a name that stands before the cursor."""
    names: dict[str, Use]
    """What names with this head go on with; behind a receiver's dot, what was taken from it before."""
    after_dot: bool
    at_line_start: bool


@dataclass(frozen=True, slots=True)
class Beginning:
    """A beginning with its chance of being right as far as it goes."""

    text: str
    ids: tuple[int, ...]
    features: dict[str, float]
    probability: float


def uses(cursor: Cursor, reserved: Reserved | None = None) -> Uses:
    """Names around the cursor that can stand at it; `reserved`: and what cannot stand behind a dot."""
    line_head = cursor.line_head
    head = found[0] if (found := _HEAD.search(line_head)) else ""
    before = line_head[: len(line_head) - len(head)]
    receiver = _RECEIVER.search(before)
    names: dict[str, Use] = {}
    if head or receiver:
        dotted = rf"(?<!\w){re.escape(receiver[1])}\." if receiver and not head else ""
        pattern = re.compile(rf"{dotted or '(?<!' + chr(92) + 'w)'}{re.escape(head)}(\w+)")
        above = cursor.prefix[-_ABOVE : len(cursor.prefix) - len(head)]
        for match in pattern.finditer(above):
            times = names[match[1]].times if match[1] in names else 0
            names[match[1]] = Use(times + 1, len(above) - match.start())
        for match in pattern.finditer(cursor.suffix[:_BELOW]):
            known = names.get(match[1], Use(0, _ABOVE))
            names[match[1]] = Use(known.times + 1, known.since)
    if reserved:
        names = {name: use for name, use in names.items() if not reserved.bars(before, head + name)}
    return Uses(head, names, before.rstrip(" ").endswith("."), not before.strip())


def proposed(around: Uses, answers: Sequence[str]) -> list[str]:
    """Beginnings to be judged: those of the answers, then the likeliest names around."""
    firsts = [first for text in answers if (first := first_word(text))]
    names = sorted(around.names, key=lambda name: -_prior(around.names[name]))[:_MOST]
    return list(dict.fromkeys([*firsts, *names]))


def first_word(text: str) -> str:
    """What an answer begins with, up to the end of its first word; "" if it has none near its beginning."""
    found = _FIRST.match(text)
    return found[0] if found else ""


def _prior(use: Use) -> float:
    return math.log1p(use.times) - 0.3 * math.log1p(use.since)


def features_of(
    text: str,
    judged: Judged,
    around: Uses,
    lines: Sequence[tuple[Candidate, float]],
    written: Sequence[Token],
) -> dict[str, float]:
    """Features of one beginning.

    `lines`: the whole lines with their chances. `written`: the tokens of the first word that the model wrote, with the
    project's say in their probabilities, if this is that word; else empty.
    """
    use = around.names.get(text)
    agreeing = [chance for one, chance in lines if first_word(one.text) == text]
    word = text.lstrip()
    return {
        "mass": sum(agreeing),
        "log_mass": math.log(sum(agreeing) + 1e-3),
        "all_mass": sum(chance for _, chance in lines),
        "lines": math.log1p(len(agreeing)),
        "log_probability": max(-20.0, judged.log_probability),
        "written": float(bool(written)),
        "written_log_probability": sum(math.log(max(one.probability, 1e-4)) for one in written),
        "written_margin": min((one.probability - one.rival_probability for one in written), default=0.0),
        "log_times": math.log1p(use.times) if use else 0.0,
        "log_since": math.log1p(use.since if use else _ABOVE),
        "near": float(use is not None),
        "rivals": math.log1p(len(around.names)),
        "typed": min(8, len(around.head)) / 4,
        "typed_any": float(bool(around.head)),
        "log_characters": math.log1p(len(word)),
        "joined": float(not (word[:1].isalnum() or word[:1] == "_")),
        "keyword": float(around.head + word in WORDS),
        "after_dot": float(around.after_dot),
        "at_line_start": float(around.at_line_start),
    }


def chances(ranking: Ranking, features: Sequence[dict[str, float]]) -> list[float]:
    """The chance of each beginning; what is missing to 1 is the chance of none."""
    return ranking.chances([Candidate("", (), one) for one in features])


def fitted() -> Ranking:
    """The ranking that travels with the program."""
    entry = json.loads((resources.files("inhouse.completion") / "beginnings.json").read_text(encoding="utf-8"))
    return Ranking(entry["weights"], entry["none"])
