"""Fits how much the project weighs against the model, by the length of the match, to true continuations.

Usage: forced.py ROOT ... --out FOLDER, then fit_mix.py FOLDER [--write]. The weights are those under which the true
tokens of public packages are likeliest that no figure is reported on; the report fits on all but one and tests there.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inhouse.completion import mix
from inhouse.model.engine import LlamaEngine
from inhouse.model.store import resolve
from inhouse.model.vocabulary import Vocabulary

Numbers = NDArray[np.float64]

ORDERS = 16
_RIDGE = 1.0
_ROUNDS = 3000
_RATE = 0.3
_CANDIDATES = 128


@dataclass(frozen=True, slots=True)
class Row:
    """One token of a true continuation; all chances among what the healed text allowed."""

    package: str
    case: str
    order: int
    model_true: float
    project_true: float
    model_mass: float
    project_mass: float
    model: Numbers
    """The model's chances of the project's candidates."""
    project: Numbers
    right: NDArray[np.bool_]
    """Which candidates are the truth."""
    best_other: float
    """The model's chance of its best token that is no candidate."""
    other_right: bool


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--write", action="store_true", help="replace the weights that travel with the program")
    options = parser.parse_args()
    engine = LlamaEngine(resolve(None))
    rows = read(options.folder, engine.vocabulary)
    engine.close()
    held = np.zeros(len(rows))
    packages = sorted({row.package for row in rows})
    for package in packages:
        others = fit([row for row in rows if row.package != package])
        for index, row in enumerate(rows):
            if row.package == package:
                held[index] = others[row.order]
    report = {
        "model alone": figures(rows, np.zeros(len(rows))),
        "in use": figures(rows, np.array([mix.WEIGHTS[min(row.order, len(mix.WEIGHTS) - 1)] for row in rows])),
        "fitted on the other packages": figures(rows, held),
    }
    weights = [round(float(weight), 3) for weight in fit(rows)]
    print(json.dumps({"report": report, "weights": weights}, indent=1))
    if options.write:
        about = {"model": engine.name, "tokens": len(rows), "projects": packages, "test": report}
        Path(mix.__file__).with_name("mix.json").write_text(
            json.dumps({"about": about, "weights": weights}, indent=1) + "\n", encoding="utf-8"
        )


def read(folder: Path, vocabulary: Vocabulary) -> list[Row]:
    """The rows that forced.py wrote."""
    logits = np.memmap(folder / "logits.f32", np.float32, "r").reshape(-1, len(vocabulary))
    with (folder / "steps.jsonl").open() as steps:
        return [row(json.loads(line), logits[index], vocabulary) for index, line in enumerate(steps)]


def row(step: dict[str, Any], logits: NDArray[np.float32], vocabulary: Vocabulary) -> Row:
    chances = np.exp(logits.astype(np.float64) - float(logits.max()))
    chances /= chances.sum()
    allowed = np.ones(len(chances), bool)
    if step["healed"]:
        allowed[:] = False
        allowed[vocabulary.within(step["healed"].encode("latin-1"))] = True
    chances = chances * allowed
    ids = np.array(step["ids"][:_CANDIDATES], np.int64)
    project = np.array(step["chances"][:_CANDIDATES], np.float64) * allowed[ids]
    right = np.isin(ids, step["true"])
    rest = chances.copy()
    rest[ids] = 0.0
    other = int(rest.argmax())
    return Row(
        step["package"],
        step["case"],
        min(step["order"], ORDERS) if len(ids) else 0,
        float(chances[step["true"]].sum()),
        float(project[right].sum()),
        float(chances.sum()),
        float(project.sum()),
        chances[ids],
        project,
        right,
        float(rest[other]),
        other in step["true"],
    )


def fit(rows: list[Row]) -> Numbers:
    """The weight for each length of match that makes the truth likeliest, growing with the length; 0 where it is 0."""
    order = np.array([row.order for row in rows])
    model, project = np.array([row.model_true for row in rows]), np.array([row.project_true for row in rows])
    all_model, all_project = np.array([row.model_mass for row in rows]), np.array([row.project_mass for row in rows])
    steps = _RATE / (np.bincount(order, minlength=ORDERS + 1) / 4 + _RIDGE)
    odds = np.zeros(ORDERS + 1)
    for _ in range(_ROUNDS):
        ratio = np.exp(odds)[order]
        slope = project * ratio / np.maximum(model + ratio * project, 1e-9)
        slope -= all_project * ratio / np.maximum(all_model + ratio * all_project, 1e-12)
        odds += steps * (np.bincount(order, weights=slope, minlength=ORDERS + 1) - _RIDGE * odds)
    weights = 1 / (1 + np.exp(-odds))
    return np.concatenate([[0.0], np.maximum.accumulate(weights[1:])])


def figures(rows: list[Row], weights: Numbers) -> dict[str, float]:
    """Mean log likelihood of a true token, share of tokens that greedy takes, share of lines that greedy writes."""
    logs, hits = np.zeros(len(rows)), np.zeros(len(rows), bool)
    for index, (row, weight) in enumerate(zip(rows, weights, strict=True)):
        ratio = weight / (1 - weight)
        mass = row.model_mass + ratio * row.project_mass
        logs[index] = np.log(max(row.model_true + ratio * row.project_true, 1e-9) / max(mass, 1e-12))
        scores = row.model + ratio * row.project
        best = int(scores.argmax()) if len(scores) else -1
        hits[index] = row.right[best] if best >= 0 and scores[best] >= row.best_other else row.other_right
    wrong = {(row.package, row.case) for row, hit in zip(rows, hits, strict=True) if not hit}
    lines = {(row.package, row.case) for row in rows}
    return {
        "log_likelihood": round(float(logs.mean()), 4),
        "tokens": round(float(hits.mean()), 4),
        "lines": round(1 - len(wrong) / len(lines), 4),
    }


if __name__ == "__main__":
    main()
