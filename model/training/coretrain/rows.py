"""Training rows: FIM samples with pieces of the same project before them, packed to the context length.

A sample is, in tokens (SPM the larger share; the words in brackets are there half of the time):

    [REPOSITORY name newline] (FILE path newline piece newline)*  FILE path newline, then one of
    SPM   PREFIX SUFFIX suffix MIDDLE prefix             -> middle END
    PSM   PREFIX prefix-to-line-start SUFFIX suffix MIDDLE head-of-line  -> rest of the middle END
    plain text [END]

Rows are made a package at a time, so that one row's samples are of one project. It trains nothing.
"""

from __future__ import annotations

import random
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import numpy.typing as npt

from coretrain.corpus import SourceFile
from coretrain.holes import Hole, cut
from coretrain.project import Project, identifiers
from coretrain.special import Special
from coretrain.tokenizer import Encoder

Rows = npt.NDArray[np.uint16]

PLAIN_SHARE, SPM_SHARE = 0.12, 0.64
"""What is left is PSM."""
WITH_CONTEXT = 0.75
WITH_REPOSITORY = 0.5
ORACLE = 0.4
"""How often a piece that holds a name from the hole is put in: the product's own retrieval finds better than ours."""
UNRELATED = 0.25
"""How often one piece has nothing to do with the cursor."""
SMALLEST_ROOM = 64
SAMPLE_TOKENS = (350, 1100)
LONG_SAMPLE = 0.2
"""Share of the samples that take all the room there is."""
SCRIPT_WEIGHT = 2.0
"""TypeScript and JavaScript packages are fewer; this gives them about a fifth of the rows."""


@dataclass(frozen=True)
class Plan:
    tokenizer: Path
    rows: int
    context: int
    seed: int


class Sampler:
    """Makes samples from one project."""

    def __init__(self, project: Project, encode: Encoder, random: random.Random) -> None:
        self.project = project
        self.encode = encode
        self.random = random
        self._encoded: dict[int, list[int]] = {}
        self._weights = [min(len(file.text), 30_000) + 300 for file in project.files]

    def row(self, context: int) -> list[int]:
        tokens: list[int] = []
        failures = 0
        while context + 1 - len(tokens) > SMALLEST_ROOM and failures < 20:
            sample = self.sample(context + 1 - len(tokens))
            tokens += sample
            failures += not sample
        return tokens[: context + 1]

    def sample(self, room: int) -> list[int]:
        own = self.random.choices(range(len(self.project.files)), self._weights)[0]
        if self.random.random() > LONG_SAMPLE:
            room = min(room, self.random.randint(*SAMPLE_TOKENS))
        for_context = int(room * self.random.uniform(0.15, 0.6)) if self.random.random() < WITH_CONTEXT else 0
        window = self._window(self.project.files[own].text, room - for_context)
        head = [Special.FILE, *self.encode(self.project.files[own].path + "\n")]
        if self.random.random() < PLAIN_SHARE:
            context = self._context(own, window, "", for_context)
            return (context + head + self.encode(window))[:room]
        hole = cut(window, self.random, self.project.shared_rarity)
        if hole is None:
            return []
        before, after = hole.prefix[-1500:], hole.suffix[:500]
        context = self._context(own, before + "\n" + after, hole.middle, for_context)
        return self._fim(context, head, hole, room)

    def _window(self, text: str, tokens: int) -> str:
        """Whole lines from somewhere in the file: the runtime cuts its windows at line starts too."""
        characters = max(200, int(tokens * 3.2))
        if len(text) <= characters:
            return text
        start = 0 if self.random.random() < 0.25 else self.random.randrange(len(text) - characters // 2)
        start = text.find("\n", start) + 1 if start else 0
        return text[start : start + characters]

    def _context(self, own: int, seen: str, hidden: str, budget: int) -> list[int]:
        blocks: list[list[int]] = []
        room = budget
        for index in self._chosen(own, seen, hidden) if budget else []:
            block = self._piece(index)[:room]
            if len(block) < 24:
                break
            blocks.append(block)
            room -= len(block)
        if self.random.random() < 0.5:
            blocks.reverse()
        if blocks and self.random.random() < WITH_REPOSITORY:
            blocks.insert(0, [Special.REPOSITORY, *self.encode(self.project.files[own].package + "\n")])
        return [token for block in blocks for token in block]

    def _chosen(self, own: int, seen: str, hidden: str) -> list[int]:
        chosen = self.project.related(identifiers(seen), own, 6)
        if hidden and self.random.random() < ORACLE:
            needed = self.project.related(identifiers(hidden) - identifiers(seen), own, 1)
            chosen = needed + [index for index in chosen if index not in needed]
        if self.project.pieces and self.random.random() < UNRELATED:
            other = self.random.randrange(len(self.project.pieces))
            if self.project.pieces[other].file != own and other not in chosen:
                chosen.insert(self.random.randint(0, min(2, len(chosen))), other)
        return chosen

    def _piece(self, index: int) -> list[int]:
        if index not in self._encoded:
            piece = self.project.pieces[index]
            text = f"{self.project.files[piece.file].path}\n{piece.text}\n"
            self._encoded[index] = [Special.FILE, *self.encode(text)]
        return self._encoded[index]

    def _fim(self, context: list[int], head: list[int], hole: Hole, room: int) -> list[int]:
        suffix_lines = self.random.choice((0, 8, 16, 24, 40, 40, 200))
        suffix = "".join(hole.suffix.splitlines(keepends=True)[: suffix_lines + 1]) if suffix_lines else ""
        s, m = self.encode(suffix), self.encode(hole.middle)
        spm = self.random.random() < SPM_SHARE / (1 - PLAIN_SHARE)
        line_start = hole.prefix.rfind("\n") + 1
        s = s[: max(40, room // 4)]
        left = room - len(context) - len(head) - len(s) - len(m) - 4
        if left < 16:
            return []
        # A cut prefix starts with a whole line.
        prefix = hole.prefix if len(hole.prefix) < left * 2.4 else hole.prefix[-int(left * 2.4) :].partition("\n")[2]
        if spm:
            fim = [Special.PREFIX, Special.SUFFIX, *s, Special.MIDDLE, *self.encode(prefix), *m]
        else:
            line = hole.prefix[line_start:]
            p = self.encode(prefix[: len(prefix) - len(line)])
            fim = [Special.PREFIX, *p, Special.SUFFIX, *s, Special.MIDDLE, *self.encode(line), *m]
        whole = context + head + fim + [Special.END]
        return whole if len(whole) <= room + 200 else []


def quotas(packages: dict[str, list[SourceFile]], rows: int) -> dict[str, int]:
    weights = {
        name: sum(len(f.text) for f in files) ** 0.75 * (1.0 if files[0].language == "python" else SCRIPT_WEIGHT)
        for name, files in packages.items()
    }
    total = sum(weights.values())
    return {name: max(1, round(rows * weight / total)) for name, weight in weights.items()}


def _package_rows(job: tuple[str, list[SourceFile], int, Plan]) -> Rows:
    name, files, count, plan = job
    seed = zlib.crc32(f"{name} {plan.seed}".encode())
    sampler = Sampler(Project(files, seed), Encoder(plan.tokenizer), random.Random(seed))
    rows = np.full((count, plan.context + 1), Special.PAD, np.uint16)
    for row in rows:
        tokens = sampler.row(plan.context)
        row[: len(tokens)] = tokens
    return rows


def build(files: Iterable[SourceFile], plan: Plan, processes: int) -> Iterator[tuple[str, Rows]]:
    """One array a package, in no particular order when there are several processes; `shuffled` mixes them."""
    packages: dict[str, list[SourceFile]] = defaultdict(list)
    for file in files:
        packages[file.package].append(file)
    wanted = quotas(packages, plan.rows)
    jobs = [(name, packages[name], wanted[name], plan) for name in sorted(packages)]
    jobs.sort(key=lambda job: -job[2])
    if processes == 1:
        yield from ((job[0], _package_rows(job)) for job in jobs)
        return
    with get_context("fork").Pool(processes) as pool:
        for job, rows in zip(jobs, pool.imap(_package_rows, jobs), strict=True):
            yield job[0], rows


def shuffled(parts: Sequence[Rows], seed: int) -> Rows:
    rows = np.concatenate(parts)
    np.random.default_rng(seed).shuffle(rows)
    return rows
