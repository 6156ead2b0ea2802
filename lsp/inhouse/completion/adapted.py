"""Lines that were written elsewhere in the project, with one name replaced by one from above the cursor.

In a tenth of the places where the line that is wanted stands nowhere, it stands somewhere but for one name. There are
hundreds of such lines at a cursor: a linear score, fitted on public packages, chooses the few that the model judges
(tests/benchmarks/fit_adapted.py; adapted.json says how it did). It judges nothing itself.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from inhouse.completion.ranking import Candidate
from inhouse.completion.repeats import bare
from inhouse.context.languages import LANGUAGES

_NAME = re.compile(r"[^\W\d]\w*")
_USE = re.compile(r"(\S?)([ \t]*)(?<!\w)([^\W\d]\w*)(?=(.?))")
"""A name with the mark before it, the blanks between, and the character behind."""
_ABOVE = 6_000
"""Characters above the cursor in which names are looked for."""
_NAMES = 40
"""Of these names, the nearest."""
_BASES = 4
"""Lines that are changed: those that the model finds likeliest."""
_NO_NAMES = frozenset(
    _NAME.findall(
        "self cls this super with as try except finally catch throw raise while lambda yield async await pass break "
        "continue case switch del global assert",
    )
)
"""Beside each language's commonest words."""

FEATURES = (
    "log_probability", "order", "written", "name_is_near", "names", "characters", "last",
    "log_rank", "same_case", "before", "behind", "spelled",
)  # fmt: skip
"""What a line is chosen by: of the base and the name that is replaced, then of the name that replaces it."""


@dataclass(frozen=True, slots=True)
class Change:
    """One name of a line, and another to replace it."""

    base: Candidate
    name: str
    other: str
    features: tuple[float, ...]
    """As FEATURES names them."""

    @property
    def text(self) -> str:
        """The line with the other name wherever it had the first one."""
        return re.sub(rf"(?<!\w){re.escape(self.name)}(?!\w)", lambda _: self.other, self.base.text)


@dataclass(frozen=True, slots=True)
class Adapted:
    """A line with one name replaced."""

    text: str
    change: Change
    score: float


@dataclass(frozen=True, slots=True)
class _Near:
    """A name above the cursor."""

    log_rank: float
    """Of how many other names have been used since."""
    case: str
    before: Collection[str]
    """What stood before it, each time."""
    behind: Collection[str]


@cache
def weights() -> NDArray[np.float64]:
    """The score's weights, one for each of FEATURES."""
    text = (resources.files("inhouse.completion") / "adapted.json").read_text(encoding="utf-8")
    return np.array([json.loads(text)["weights"][name] for name in FEATURES])


def adapt(bases: Sequence[Candidate], prefix: str, language: str | None, most: int) -> list[Adapted]:
    """Up to `most` lines that are not among the bases, the likeliest first. `prefix`: all text before the cursor."""
    found = changes(bases, prefix, language)
    if not found or not most:
        return []
    scores = np.array([one.features for one in found]) @ weights()
    seen = {bare(one.text) for one in bases}
    chosen: list[Adapted] = []
    order: list[int] = np.argsort(-scores, kind="stable").tolist()
    for number in order:
        text = found[number].text
        if bare(text) not in seen:
            seen.add(bare(text))
            chosen.append(Adapted(text, found[number], float(scores[number])))
        if len(chosen) == most:
            break
    return chosen


def changes(bases: Sequence[Candidate], prefix: str, language: str | None) -> list[Change]:
    """All that can be changed in the likeliest of the bases, in no order; several may read alike."""
    keywords = _NO_NAMES | LANGUAGES[language].unsearched if language in LANGUAGES else _NO_NAMES
    line_head = prefix[prefix.rfind("\n") + 1 :]
    near = _near(prefix[-_ABOVE:], keywords)
    likeliest = sorted(bases, key=lambda one: -one.features["log_probability"])[:_BASES]
    return [one for base in likeliest for one in _of(base, line_head, near, keywords)]


def _of(base: Candidate, line_head: str, near: Mapping[str, _Near], keywords: Collection[str]) -> list[Change]:
    places: dict[str, tuple[str, str]] = {}
    spelled: set[str] = set()
    for match in _USE.finditer(line_head + base.text):
        mark, blank, name, behind = match.groups()
        spelled.add(name)
        if match.start(3) >= len(line_head) and name not in keywords:
            places.setdefault(name, (f" {mark}" if blank else mark, behind))
    known = base.features
    of_base = (known["log_probability"] / 10, known["order"], known["written"])
    found: list[Change] = []
    for number, (name, (before, behind)) in enumerate(places.items()):
        case, last = _case(name), float(number == len(places) - 1)
        of_place = (*of_base, float(name in near), len(places) / 5, len(base.text) / 50, last)
        for other, use in near.items():
            if other != name:
                alike = (use.case == case, before in use.before, behind in use.behind, other in spelled)
                found.append(Change(base, name, other, (*of_place, use.log_rank, *map(float, alike))))
    return found


def _near(text: str, keywords: Collection[str]) -> dict[str, _Near]:
    """The names in a text, the last ones first."""
    before: dict[str, set[str]] = {}
    behind: dict[str, set[str]] = {}
    for mark, blank, name, after in reversed(_USE.findall(text)):
        if name not in before:
            if name in keywords or len(before) == _NAMES:
                continue
            before[name], behind[name] = set(), set()
        before[name].add(f" {mark}" if blank else mark)
        behind[name].add(after)
    return {name: _Near(math.log1p(rank), _case(name), before[name], behind[name]) for rank, name in enumerate(before)}


def _case(name: str) -> str:
    return "upper" if name.isupper() else "capital" if name[:1].isupper() else "lower"
