"""Cuts convention positions: cursors right before a call of the house's own way where a foreign one is mined.

Each gives two cases. Warm is the file as it is. Cold is a new file in its place: imports and the function up to the
cursor, with every line that mentions the house name taken out. It asks no model.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from inhouse.context import Conventions
from inhouse.replay.cases import Case

_COMMENT = re.compile(r"^\s*(?:#|//|/?\*|--|\"\"\"|''')")
_IMPORT = re.compile(r"^\s*(?:from\s+\S+\s+import\s|import\s|use\s|package\s|(?:const|local)\s.*\brequire\b)")
_DEFINES = re.compile(r"\b(?:def|class|function|func|fn|struct|type|interface)\s+$")
_FUNCTION = re.compile(r"^\s*(?:async\s+|export\s+|pub\s+|static\s+)*(?:def|class|function|func|fn|impl)\b")
_COLD_LINES = 60
_SETTLED = 0.6
"""Least share of house calls among both, below which the house itself is of two minds."""


@dataclass(frozen=True, slots=True)
class HousePair:
    house: str
    """Last part of the house name."""
    foreign: str
    """Full foreign name."""
    path: str
    """Where the house name is defined; calls there are the way itself, no use of it."""

    @property
    def foreign_calls(self) -> tuple[str, ...]:
        """How the foreign one may be written: with all of its qualifiers, fewer, or none."""
        parts = self.foreign.split(".")
        return tuple(".".join(parts[start:]) + "(" for start in range(len(parts)))


@dataclass(frozen=True, slots=True)
class HouseCase:
    """A cursor and what may stand there."""

    case: Case
    """Its kind is warm or cold."""
    pair: HousePair
    call: str
    """The house's call as it stands in the file, with its qualifier and the bracket."""


def settled_pairs(conventions: Conventions) -> list[HousePair]:
    """The mined pairs in which the house is of one mind and the two names differ."""
    found = [
        HousePair(wrapper.house.rpartition(".")[2], wrapper.foreign, wrapper.path)
        for wrapper in conventions.wrappers
        if wrapper.share >= _SETTLED and wrapper.foreign
    ]
    return [pair for pair in found if pair.house != pair.foreign.rpartition(".")[2]]


def cut_house(
    texts: Mapping[str, str], pairs: Sequence[HousePair], cap: int, seed: int, copies: Mapping[str, tuple[str, ...]]
) -> list[HouseCase]:
    """At most `cap` positions a pair, spread over files, each warm and cold."""
    found: list[HouseCase] = []
    for pair in pairs:
        by_file: dict[str, list[HouseCase]] = defaultdict(list)
        for path in sorted(texts):
            if path != pair.path:
                by_file[path] = list(_in_file(path, texts[path], pair, copies.get(path, ())))
        found += _spread(by_file, 2 * cap, Random(f"{seed} {pair.house}"))
    return found


def _spread(by_file: Mapping[str, list[HouseCase]], count: int, rng: Random) -> Iterator[HouseCase]:
    """Cases by turns from each file, warm and cold of a position together."""
    piles = [pile for _, pile in sorted(by_file.items()) if pile]
    rng.shuffle(piles)
    given, turn = 0, 0
    while given < count and any(2 * turn < len(pile) for pile in piles):
        for pile in piles:
            if given < count and 2 * turn < len(pile):
                yield from pile[2 * turn : 2 * turn + 2]
                given += 2
        turn += 1


def _in_file(path: str, text: str, pair: HousePair, copies: tuple[str, ...]) -> Iterator[HouseCase]:
    called = re.compile(rf"(?<![\w.$])(?:[A-Za-z_]\w*\.){{0,2}}{re.escape(pair.house)}\(")
    for found in called.finditer(text):
        start, call = found.start(), found.group()
        line_start = text.rfind("\n", 0, start) + 1
        head = text[line_start:start]
        if (
            _DEFINES.search(head)
            or _COMMENT.match(head or call)
            or _IMPORT.match(head)
            or _in_literal(text, start, head)
        ):
            continue
        line_end = text.find("\n", start)
        line_end = len(text) if line_end < 0 else line_end
        target = text[start:line_end]
        name = f"{path}:{text.count(chr(10), 0, start) + 1}:{len(head) + 1}"
        warm = Case(f"{name}:warm", "warm", path, text[:start], text[line_end:], target, copies)
        cold = Case(f"{name}:cold", "cold", path, _cold(text[:line_start], pair.house) + head, "\n", target, copies)
        if pair.house not in head:
            yield HouseCase(warm, pair, call)
            yield HouseCase(cold, pair, call)


def _in_literal(text: str, start: int, head: str) -> bool:
    """Whether the place is likely to be within a string."""
    return head.count('"') % 2 == 1 or head.count("'") % 2 == 1 or text.count('"""', 0, start) % 2 == 1


def _cold(before: str, house: str) -> str:
    """What a new file would have above the cursor's line, without any mention of the house's way."""
    mention = re.compile(rf"\b{re.escape(house)}\b")
    lines = before.split("\n")[:-1]
    start = next((number for number in range(len(lines) - 1, -1, -1) if _FUNCTION.match(lines[number])), len(lines))
    start = max(start, len(lines) - _COLD_LINES)
    imports = [line for line in lines[:start] if _IMPORT.match(line) and not line.rstrip().endswith(("(", "{"))]
    kept = [line for line in [*imports, "", "", *lines[start:]] if not mention.search(line)]
    return "".join(line + "\n" for line in kept)
