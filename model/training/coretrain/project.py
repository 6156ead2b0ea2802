"""A package as the runtime would see it: pieces of other files, found by the identifiers they share with the cursor.

Stands in for the product's own index while rows are made and measured. It is never shown what is in the hole.
"""

from __future__ import annotations

import math
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from coretrain.corpus import SourceFile

_IDENTIFIER = re.compile(r"[A-Za-z_]\w{2,}")
_COMMON = frozenset(
    re.findall(
        r"\w+",
        """
        and args assert async await bool break case catch class const continue def default del dict elif
        else enum except export extends False finally float for from function global has if implements
        import int interface isinstance kwargs lambda len let list new None nonlocal not null number object
        pass print public private raise readonly return self set static str string super switch the this
        throw True try tuple type typeof undefined var void while with yield cls that are value name
        """,
    )
)
_STARTS_PIECE = re.compile(r"\s*(def |class |async def |@|export |function |interface |describe\(|test\()")
_SIGNATURE = re.compile(
    r"\s*(async def |def |class |export |function |interface |abstract class |async function )|[A-Z][A-Z_]+\b.*="
)

WINDOW_LINES = (20, 60)
SIGNATURE_LINES = 40
SHORTEST_PIECE_CHARACTERS = 60


def identifiers(text: str) -> set[str]:
    return set(_IDENTIFIER.findall(text)) - _COMMON


@dataclass(frozen=True)
class Piece:
    """A window of lines, or the signatures of a file."""

    file: int
    text: str


def windows(text: str, random: random.Random) -> Iterator[str]:
    """Cuts a file into windows, before a definition where one is near."""
    lines = text.split("\n")
    start = 0
    while start < len(lines):
        length = random.randint(*WINDOW_LINES)
        end = min(start + length, len(lines))
        if end < len(lines):
            nearby = range(end, start + length * 2 // 3, -1)
            end = next((i for i in nearby if _STARTS_PIECE.match(lines[i])), end)
        yield "\n".join(lines[start:end]).strip("\n")
        start = end


def signatures(text: str) -> str:
    """Definition lines without bodies; a bracket left open takes the lines up to its end."""
    kept: list[str] = []
    depth = 0
    for line in text.split("\n"):
        if depth <= 0 and not _SIGNATURE.match(line):
            continue
        depth = max(0, depth) + line.count("(") - line.count(")")
        kept.append(line)
        if len(kept) >= SIGNATURE_LINES:
            break
    return "\n".join(kept)


class Project:
    def __init__(self, files: Sequence[SourceFile], seed: int) -> None:
        self.files = files
        self.pieces = list(self._cut(random.Random(seed)))
        self._holders: dict[str, list[int]] = defaultdict(list)
        for index, piece in enumerate(self.pieces):
            for word in identifiers(piece.text):
                self._holders[word].append(index)
        self._weight = {word: math.log(1 + len(self.pieces) / len(at)) for word, at in self._holders.items()}
        self._length = [0.0] * len(self.pieces)
        for word, at in self._holders.items():
            for index in at:
                self._length[index] += self._weight[word]
        self._too_common = max(30, len(self.pieces) // 12)

    def _cut(self, random: random.Random) -> Iterator[Piece]:
        for index, file in enumerate(self.files):
            for text in windows(file.text, random):
                if len(text) >= SHORTEST_PIECE_CHARACTERS:
                    yield Piece(index, text)
            extract = signatures(file.text)
            if extract.count("\n") >= 2:
                yield Piece(index, extract)

    def related(self, words: Iterable[str], own_file: int, count: int) -> list[int]:
        """Pieces of other files that share the rarest of these words, best first."""
        scores: Counter[int] = Counter()
        for word in sorted(words):
            at = self._holders.get(word, ())
            if 0 < len(at) <= self._too_common:
                for index in at:
                    scores[index] += self._weight[word]  # type: ignore[assignment]
        ranked = sorted(
            (-score / math.sqrt(40 + self._length[index]), index)
            for index, score in scores.items()
            if self.pieces[index].file != own_file
        )
        return [index for _, index in ranked[:count]]

    def shared_rarity(self, text: str) -> float:
        """How much of the text is rare names that stand elsewhere in the project: what a core can only look up."""
        weights = self._weight
        found = [weights[w] for w in identifiers(text) if w in weights and len(self._holders[w]) > 1]
        return max(found, default=0.0)
