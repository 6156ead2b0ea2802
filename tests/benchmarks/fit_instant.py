"""Fits the instant lane's chances on positions in public packages, and says how right and how fast the lane is.

Usage: fit_instant.py ROOT ... [--positions 1500] [--seed 1] [--write]. Each position is a place in a line that is still
to be typed: the rest of the line is taken out, the file's own copy does not count. Files are split: three quarters fit,
the rest tests, and the figures are of the rest. The last line printed is JSON.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from logistic import calibration_error, fit
from unwritten import position

from inhouse.completion import instant
from inhouse.completion.gate import Gate
from inhouse.completion.instant import SURE, Guess, InstantLane, Kind
from inhouse.completion.prefix_tokens import PrefixTokens
from inhouse.context import Project, TokenMemory
from inhouse.model import CancelFlag
from inhouse.model.engine import LlamaEngine
from inhouse.model.store import resolve

_SUFFIX_CHARACTERS = 8_000
_KINDS: tuple[Kind, Kind] = ("line", "name")


@dataclass(frozen=True)
class Row:
    position: int
    path: str
    guess: Guess
    right: bool
    ms: float

    @property
    def held(self) -> bool:
        """Whether the file is kept for testing, the same at each run."""
        return zlib.crc32(self.path.encode()) % 4 == 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("roots", nargs="+", type=Path)
    parser.add_argument("--positions", type=int, default=1500, help="in each package")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="replace the data that travels with the program")
    options = parser.parse_args()
    engine = LlamaEngine(resolve(None), threads=1)
    rows: list[Row] = []
    times: list[float] = []
    for root in options.roots:
        for row_or_ms in rows_of(root, engine, options.positions, random.Random(options.seed)):
            if isinstance(row_or_ms, Row):
                rows.append(row_or_ms)
            else:
                times.append(row_or_ms)
    entry: dict[str, Any] = {}
    for kind in _KINDS:
        weights, bias = fit_kind([row for row in rows if row.guess.kind == kind and not row.held])
        entry[kind] = {"weights": weights, "bias": bias}
    about = {
        "projects": [root.name for root in options.roots],
        "positions": options.positions * len(options.roots),
        "sure": SURE,
        "held_back": {
            kind: report(entry[kind], [r for r in rows if r.guess.kind == kind and r.held]) for kind in _KINDS
        },
        "lane_ms": {name: round(float(np.percentile(times, at)), 2) for name, at in (("p50", 50), ("p95", 95))},
    }
    if options.write:
        target = Path(instant.__file__).with_name("instant.json")
        target.write_text(json.dumps({"about": about, **entry}, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(about))


def rows_of(root: Path, engine: LlamaEngine, positions: int, rng: random.Random) -> Iterator[Row | float]:
    """A row for each guess, and for each position the milliseconds that all of the lane took."""
    project = Project(root.resolve())
    project.refresh()
    memory = TokenMemory(project, engine.tokenize, engine.name)
    memory.refresh()
    lane, tokens = InstantLane({}), PrefixTokens()
    texts = {path: project.text(path) or "" for path in project.files()}
    for number in range(positions):
        path, prefix, rest, suffix = position(texts, rng)
        after = engine.tokenize(suffix[:_SUFFIX_CHARACTERS])
        tokens.of(path, prefix[: prefix.rfind("\n") + 1], engine.tokenize)  # typing in a line finds this done
        started = time.perf_counter()
        before, in_line = tokens.of(path, prefix, engine.tokenize)
        found = lane.guesses(before, in_line, lambda ids: memory.ngram.at(ids, after, path), engine.piece, CancelFlag())  # noqa: B023
        ms = (time.perf_counter() - started) * 1000
        yield ms
        for guess in found:
            yield Row(number, f"{root.name}/{path}", guess, is_right(guess, rest), ms)
    project.close()


def is_right(guess: Guess, rest: str) -> bool:
    if guess.kind == "line":
        return guess.text.strip() == rest.strip()
    match = re.match(r"\w+", rest.lstrip(" \t"))
    return match is not None and match[0] == guess.text


def fit_kind(rows: list[Row]) -> tuple[dict[str, float], float]:
    return fit([row.guess.features for row in rows], [row.right for row in rows])


def report(model: dict[str, Any], rows: list[Row]) -> dict[str, float]:
    chances = [Gate(model["weights"], model["bias"]).probability(row.guess.features) for row in rows]
    right = [row.right for row in rows]
    sure = [truth for chance, truth in zip(chances, right, strict=True) if chance >= SURE]
    lengths = [len(row.guess.text) for row, chance in zip(rows, chances, strict=True) if chance >= SURE]
    return {
        "guesses": len(rows),
        "right": round(float(np.mean(right)), 4),
        "calibration_error": round(calibration_error(chances, right), 4),
        "sure": len(sure),
        "right_of_sure": round(float(np.mean(sure)), 4) if sure else 0.0,
        "characters_of_sure": round(float(np.mean(lengths)), 1) if lengths else 0.0,
    }


if __name__ == "__main__":
    main()
