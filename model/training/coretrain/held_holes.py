"""Single-line holes in held-out packages, and the prompts that the product would make of them.

The same holes for every core: they are drawn from text, by a seed, and prompts are tokenised by the core measured.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from coretrain.corpus import SourceFile
from coretrain.project import Project, identifiers
from coretrain.special import Special

Layout = Literal["spm", "psm"]
Encode = Callable[[str], list[int]]

_WORD = re.compile(r"\w+|[^\w\s]")
_TRIVIAL = ("#", "//", "/*", "*", '"""', "'''", "import ", "from ", "@")
SHORTEST_LINE = 8
SUFFIX_CHARACTERS = 1200
SUFFIX_TOKENS = 220
PREFIX_CHARACTERS = 5000
WRITING_ROOM = 48


@dataclass(frozen=True)
class HeldHole:
    package: str
    file: int
    path: str
    kind: Literal["whole_line", "rest_of_line"]
    prefix: str
    target: str
    suffix: str


class HeldOut:
    def __init__(self, files: Iterable[SourceFile]) -> None:
        packages: dict[str, list[SourceFile]] = defaultdict(list)
        for file in files:
            packages[file.package].append(file)
        self.projects = {name: Project(packages[name], seed=1) for name in sorted(packages)}

    def holes(self, count: int, seed: int = 5) -> list[HeldHole]:
        """Packages in turn, whole lines and rests of lines in equal numbers."""
        made: list[HeldHole] = []
        stream = self._stream(random.Random(seed))
        while len(made) < count:
            made.append(next(stream))
        return made

    def _stream(self, random: random.Random) -> Iterator[HeldHole]:
        names = list(self.projects)
        turn = 0
        while True:
            kind: Literal["whole_line", "rest_of_line"] = "rest_of_line" if turn // len(names) % 2 else "whole_line"
            hole = _draw(names[turn % len(names)], self.projects[names[turn % len(names)]], kind, random)
            if hole:
                turn += 1
                yield hole


def _draw(
    package: str, project: Project, kind: Literal["whole_line", "rest_of_line"], random: random.Random
) -> HeldHole | None:
    number = random.randrange(len(project.files))
    file = project.files[number]
    lines = file.text.split("\n")
    if len(lines) < 30:
        return None
    at = random.randrange(8, len(lines) - 3)
    line = lines[at]
    before = "\n".join(lines[:at]) + "\n"
    in_docstring = (before.count('"""') + before.count("'''")) % 2
    if len(line.strip()) < SHORTEST_LINE or line.strip().startswith(_TRIVIAL) or in_docstring:
        return None
    indent = len(line) - len(line.lstrip())
    cuts = [m.end() for m in _WORD.finditer(line) if indent < m.end() <= len(line) - 4]
    if kind == "rest_of_line" and not cuts:
        return None
    column = indent if kind == "whole_line" else random.choice(cuts)
    after = "\n" + "\n".join(lines[at + 1 :])
    return HeldHole(package, number, file.path, kind, before + line[:column], line[column:], after)


@dataclass(frozen=True)
class Prompt:
    ids: list[int]
    text: str
    """What of the project's code stands in it, for asking whether a name was there to be copied."""


def prompt(hole: HeldHole, project: Project, encode: Encode, room: int, context_tokens: int, layout: Layout) -> Prompt:
    """At most `room` tokens, of which `context_tokens` may come from other files; nothing of the target is read."""
    blocks = _context(hole, project, encode, context_tokens) if context_tokens else []
    head = [int(Special.FILE), *encode(hole.path + "\n")]
    left = room - WRITING_ROOM - sum(len(ids) for ids, _ in blocks) - len(head) - 3
    suffix = encode(hole.suffix[:SUFFIX_CHARACTERS])[: min(SUFFIX_TOKENS, left // 3)]
    prefix, line = _window(hole.prefix, encode, left - len(suffix))
    fim = [int(Special.PREFIX), int(Special.SUFFIX), *suffix, int(Special.MIDDLE), *encode(prefix + line)]
    if layout == "psm":
        before = [int(Special.PREFIX), *encode(prefix), int(Special.SUFFIX)]
        fim = [*before, *suffix, int(Special.MIDDLE), *encode(line)]
    text = "".join(t for _, t in blocks) + prefix + line + hole.suffix[:SUFFIX_CHARACTERS]
    return Prompt([*(i for ids, _ in blocks for i in ids), *head, *fim], text)


def _window(prefix: str, encode: Encode, room: int) -> tuple[str, str]:
    """Whole lines that fit, and the head of the current line."""
    start = prefix.rfind("\n") + 1
    lines, line = prefix[max(0, start - PREFIX_CHARACTERS) : start].splitlines(keepends=True), prefix[start:]
    while lines and len(encode("".join(lines))) + len(encode(line)) > room:
        lines = lines[max(1, len(lines) // 12) :]
    return "".join(lines), line


def _context(hole: HeldHole, project: Project, encode: Encode, budget: int) -> list[tuple[list[int], str]]:
    query = identifiers(hole.prefix[-1500:]) | identifiers(hole.suffix[:500])
    blocks: list[tuple[list[int], str]] = []
    for index in project.related(query, hole.file, 8):
        piece = project.pieces[index]
        ids = [int(Special.FILE), *encode(f"{project.files[piece.file].path}\n{piece.text}\n")][:budget]
        if len(ids) < 24:
            break
        blocks.append((ids, piece.text + "\n"))
        budget -= len(ids)
    return blocks[::-1]
