"""Exact match on single-line holes in held-out packages, file only and with project context, and name copying.

Greedy, one line, white space at the ends aside. The product does more than this (healing, the project's n-grams,
checks of names); here the core stands alone.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from coretrain.copying import longest_match
from coretrain.engine import Engine
from coretrain.held_holes import HeldHole, HeldOut, Layout, prompt
from coretrain.project import identifiers

_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Setting:
    name: str
    layout: Layout
    context_share: float
    """Of the room, for pieces of other files."""


SETTINGS = (
    Setting("file only", "spm", 0.0),
    Setting("with project context", "spm", 0.42),
    Setting("with project context, PSM", "psm", 0.42),
)


@dataclass(frozen=True)
class Figures:
    setting: str
    holes: int
    exact: float
    exact_whole_line: float
    exact_rest_of_line: float
    first_word: float
    names_copied: float | None
    """Of the names in the target that stand in the prompt, how many the line written has too."""
    names_asked: int
    seconds: float


@dataclass(frozen=True)
class Written:
    hole: HeldHole
    text: str
    names_in_prompt: frozenset[str]


def same(a: str, b: str) -> bool:
    return _SPACE.sub(" ", a.strip()) == _SPACE.sub(" ", b.strip())


def measure(
    gguf: Path, held: HeldOut, count: int, room: int, settings: Sequence[Setting] = SETTINGS, threads: int = 1
) -> Iterator[Figures]:
    engine = Engine(gguf, room, threads)
    holes = held.holes(count)
    for setting in settings:
        yield _figures(setting.name, holes, partial(_write, engine, held, setting, room))


def measure_copying(held: HeldOut, count: int) -> Figures:
    holes = held.holes(count)

    def write(hole: HeldHole) -> Written:
        project = held.projects[hole.package]
        return Written(hole, longest_match(hole, project), frozenset())

    return _figures("longest match in the project, no model", holes, write)


def _write(engine: Engine, held: HeldOut, setting: Setting, room: int, hole: HeldHole) -> Written:
    context = int(room * setting.context_share)
    asked = prompt(hole, held.projects[hole.package], engine.tokenize, room, context, setting.layout)
    ids, _ = engine.greedy(asked.ids)
    text = engine.bytes(ids).decode("utf-8", "replace").split("\n")[0]
    return Written(hole, text, frozenset(identifiers(asked.text)))


def _figures(name: str, holes: Sequence[HeldHole], write: Callable[[HeldHole], Written]) -> Figures:
    started = time.time()
    written = [write(hole) for hole in holes]
    right = {w.hole: same(w.text, w.hole.target) for w in written}
    wanted = [(w, n) for w in written for n in sorted(identifiers(w.hole.target) & w.names_in_prompt)]
    copied = sum(name in identifiers(w.text) for w, name in wanted)
    return Figures(
        setting=name,
        holes=len(holes),
        exact=_share([right[h] for h in holes]),
        exact_whole_line=_share([right[h] for h in holes if h.kind == "whole_line"]),
        exact_rest_of_line=_share([right[h] for h in holes if h.kind == "rest_of_line"]),
        first_word=_share([_first(w.text) == _first(w.hole.target) for w in written]),
        names_copied=round(copied / len(wanted), 4) if wanted else None,
        names_asked=len(wanted),
        seconds=round(time.time() - started, 1),
    )


def _first(text: str) -> str:
    found = re.search(r"\w+|[^\w\s]", text)
    return found.group() if found else ""


def _share(values: Sequence[bool]) -> float:
    return round(sum(values) / max(1, len(values)), 4)


def line(figures: Figures) -> str:
    return ", ".join(f"{key} {value}" for key, value in asdict(figures).items())
