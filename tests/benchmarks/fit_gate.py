"""Fits the gate's logistic model to replayed cases and says how well it is calibrated on files it never saw.

Usage: fit_gate.py ROWS.jsonl ... [--write]. Rows come from `inhouse bench replay --arm no-lines --out ROWS.jsonl` on
public packages that are not used to report figures. Rows are split by file: three quarters fit, the rest tests.
"""

from __future__ import annotations

import argparse
import json
import sys
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inhouse.completion import gate
from inhouse.completion.gate import Gate

_ARM = "no-lines"
"""In which no look-up ranks the answers, so that the gate alone decides."""
_RIDGE = 1.0
"""Keeps weights of features that hardly vary small."""
_STEPS = 60


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="+", type=Path)
    parser.add_argument("--write", action="store_true", help="replace the gate that travels with the program")
    options = parser.parse_args()
    rows = [json.loads(line) for path in options.rows for line in path.read_text().splitlines()]
    rows = [row for row in rows if row["arm"] == _ARM and row["source"] == "model" and row["features"]]
    if not rows:
        sys.exit(f"no rows of the arm {_ARM} in {', '.join(map(str, options.rows))}: replay with --arm {_ARM}")
    fit_rows, test_rows = [row for row in rows if not held(row)], [row for row in rows if held(row)]
    found = fit(fit_rows)
    print(json.dumps({"fit": report(found, fit_rows), "test": report(found, test_rows)}, indent=1))
    if options.write:
        about = {
            "model": rows[0]["run"].split(" ")[0],
            "rows": len(rows),
            "projects": [path.stem for path in options.rows],
            "test": report(found, test_rows),
        }
        entry = {"about": about, "bias": found.bias, "weights": dict(found.weights)}
        Path(gate.__file__).with_name("gate.json").write_text(json.dumps(entry, indent=1) + "\n", encoding="utf-8")


def held(row: dict[str, Any]) -> bool:
    """Whether a row's file is kept for testing, the same at each run."""
    return zlib.crc32(row["path"].encode()) % 4 == 0


def fit(rows: Sequence[Mapping[str, Any]], counts: Sequence[float] | None = None) -> Gate:
    """Newton's method on standardised features, then folded back into weights of the plain ones.

    `counts`: how much each row counts; all the same without.
    """
    names = sorted(rows[0]["features"])
    plain = np.array([[row["features"][name] for name in names] for row in rows])
    truth = np.array([row["exact"] for row in rows], float)
    count = np.ones(len(rows)) if counts is None else np.asarray(counts, float)
    mean, spread = plain.mean(axis=0), plain.std(axis=0) + 1e-9
    design = np.hstack([(plain - mean) / spread, np.ones((len(rows), 1))])
    ridge = np.diag([_RIDGE] * len(names) + [0.0])
    weights = np.zeros(len(names) + 1)
    for _ in range(_STEPS):
        chance = sigmoid(design @ weights)
        slope = design.T @ (count * (chance - truth)) + ridge @ weights
        curve = (design * (count * chance * (1 - chance))[:, None]).T @ design + ridge
        weights = weights - np.linalg.solve(curve, slope)
    unscaled = weights[:-1] / spread
    bias = float(weights[-1] - unscaled @ mean)
    return Gate({name: round(float(w), 5) for name, w in zip(names, unscaled, strict=True)}, round(bias, 5))


def sigmoid(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -30, 30))))


def report(found: Gate, rows: list[dict[str, Any]]) -> dict[str, float]:
    """Calibration and what the default threshold of 0.25 does."""
    chance = np.array([found.probability(row["features"]) for row in rows])
    truth = np.array([row["exact"] for row in rows], float)
    bins = np.minimum(9, (chance * 10).astype(int))
    error = sum(abs(float(truth[bins == n].sum() - chance[bins == n].sum())) for n in range(10)) / len(rows)
    shown = chance >= 0.25
    return {
        "rows": len(rows),
        "exact": round(float(truth.mean()), 4),
        "calibration_error": round(error, 4),
        "shown": round(float(shown.mean()), 4),
        "right_of_shown": round(float(truth[shown].mean()), 4) if shown.any() else 0.0,
        "kept_of_exact": round(float(truth[shown].sum() / max(1, truth.sum())), 4),
    }


if __name__ == "__main__":
    main()
