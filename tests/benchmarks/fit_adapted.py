"""Fits which lines with one name replaced are worth the model's judgement: `fit_adapted.py ROWS ... --roots DIR ...`.

ROWS are those of `fit_ranking.py collect` on the same projects. Each is tested by a fit to the others; `--write` keeps
the fit to all. The projects must be neither trained on nor used to report figures.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inhouse.completion import adapted
from inhouse.completion.ranking import Candidate
from inhouse.completion.repeats import bare
from inhouse.context import language_of

CHOSEN = (4, 8, 16, 24)
_RIDGE = 0.02
_STEPS = 400
_RATE = 0.3


@dataclass(frozen=True)
class Place:
    """A cursor where none of the answers was right."""

    project: str
    features: NDArray[np.float64]
    """Shape (lines, features)."""
    right: NDArray[np.bool_]


def places(rows: Sequence[Path], roots: Sequence[Path]) -> tuple[list[Place], int]:
    """The places that have lines to choose from, and how many cursors there are in all."""
    found, cursors = list[Place](), 0
    folders = {root.name: root for root in roots}
    for file in rows:
        for row in map(json.loads, file.read_text(encoding="utf-8").splitlines()):
            cursors += 1
            own = [one for one in row["candidates"] if not one["features"].get("adapted")]
            if not own or any(one["exact"] for one in own):
                continue
            path, prefix, truth = _cursor(folders[row["project"]], row)
            bases = [Candidate(one["text"], (), one["features"]) for one in own]
            changes = {bare(one.text): one for one in reversed(adapted.changes(bases, prefix, language_of(path)))}
            for base in bases:
                changes.pop(bare(base.text), None)
            if changes:
                features = np.array([one.features for one in changes.values()])
                right = np.array([text == bare(truth) for text in changes])
                found.append(Place(row["project"], features, right))
    return found, cursors


def _cursor(root: Path, row: dict[str, Any]) -> tuple[Path, str, str]:
    """File, text before the cursor and rest of its line."""
    name, line, column = row["id"].split("/", 1)[1].rsplit(":", 2) if "/" in row["id"] else row["id"].rsplit(":", 2)
    path = root / name if (root / name).is_file() else root / row["id"].rsplit(":", 2)[0]
    lines = path.read_text(encoding="utf-8").split("\n")
    head, at = lines[: int(line) - 1], int(column) - 1
    return path, "\n".join([*head, lines[int(line) - 1][:at]]), lines[int(line) - 1][at:]


def fit(found: Sequence[Place]) -> NDArray[np.float64]:
    """Weights that make the right lines likeliest in a softmax over each place's."""
    usable = [place for place in found if place.right.any()]
    stacked = np.concatenate([place.features for place in usable])
    mean, spread = stacked.mean(0), stacked.std(0) + 1e-6
    weights = np.zeros(stacked.shape[1])
    for _ in range(_STEPS):
        slope = _RIDGE * weights
        for place in usable:
            scaled = (place.features - mean) / spread
            chances = np.exp(scaled @ weights - (scaled @ weights).max())
            chances /= chances.sum()
            wanted = chances * place.right
            slope -= (wanted / wanted.sum() - chances) @ scaled / len(usable)
        weights -= _RATE * slope
    return np.asarray(weights / spread, dtype=np.float64)


def kept(found: Sequence[Place], weights: NDArray[np.float64]) -> NDArray[np.int64]:
    """At how many places the right line is among the first so many."""
    ranks = []
    for place in found:
        if place.right.any():
            scores = place.features @ weights
            ranks.append(int((scores > scores[place.right].max()).sum()))
    return np.array([sum(rank < most for rank in ranks) for most in CHOSEN])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=Path, nargs="+")
    parser.add_argument("--roots", type=Path, nargs="+", required=True)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    found, cursors = places(options.rows, options.roots)
    total = np.zeros(len(CHOSEN), dtype=np.int64)
    for project in sorted({place.project for place in found}):
        weights = fit([place for place in found if place.project != project])
        total += kept([place for place in found if place.project == project], weights)
    has = sum(bool(place.right.any()) for place in found)
    report = {
        "cursors": cursors,
        "without a right answer": len(found),
        "of these with a right line one name away": has,
        "lines on average": round(float(np.mean([len(place.right) for place in found]))),
        "right among the first " + ", ".join(map(str, CHOSEN)) + " (tested on others)": total.tolist(),
    }
    print(json.dumps(report, indent=1))
    if options.write:
        fitted = dict(zip(adapted.FEATURES, (round(float(one), 4) for one in fit(found)), strict=True))
        file = Path(adapted.__file__).with_name("adapted.json")
        file.write_text(json.dumps({"about": report, "weights": fitted}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
