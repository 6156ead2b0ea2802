"""Fits the chance that a line behind a right one is right, too, and says what several lines are worth.

Usage: fit_further.py ROWS.jsonl ... [--write]. Rows come from `fit_lines.py collect` (blocks) and `fit_beginnings.py
collect`. Each project is judged by fits to the others.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from fit_gate import fit
from typed_rows import Row, tokens_of

from inhouse.completion import gate
from inhouse.completion.gate import further_features, lines_of
from inhouse.completion.repeats import bare

LEAST = 0.5


def further_rows(texts: Sequence[Row]) -> list[Row]:
    """Each line that the model wrote behind right ones, while the text goes on."""
    rows: list[Row] = []
    for text in texts:
        for at, position in enumerate(text["positions"]):
            if not position or not position["lines"]:
                continue
            true = text["target"][at:].split("\n")
            found = lines_of(tokens_of(position))
            spelled = ["".join(token.text for token in line) for line in found]
            for number in range(1, min(len(found), len(true))):
                if bare(spelled[number - 1]) != bare(true[number - 1]) or not bare(true[number - 1]):
                    break
                features = further_features(found[number])
                exact = bare(spelled[number]) == bare(true[number])
                rows.append({"project": text["project"], "features": features, "exact": exact})
    return rows


def report(rows: Sequence[Row], chance: np.ndarray[Any, np.dtype[np.float64]]) -> dict[str, float]:
    right, sure = np.array([row["exact"] for row in rows], float), chance >= LEAST
    bins = np.minimum(9, (chance * 10).astype(int))
    error = sum(abs(float(right[bins == n].sum() - chance[bins == n].sum())) for n in range(10)) / max(1, len(rows))
    return {
        "rows": len(rows),
        "right": round(float(right.mean()), 4),
        "said": round(float(chance.mean()), 4),
        "calibration_error": round(error, 4),
        "sure": round(float(sure.mean()), 4),
        "right_of_sure": round(float(right[sure].mean()), 4) if sure.any() else 0.0,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="+", type=Path)
    parser.add_argument("--write", action="store_true", help="replace the chances that travel with the program")
    options = parser.parse_args()
    texts = [json.loads(line) for path in options.rows for line in path.read_text(encoding="utf-8").splitlines()]
    rows = further_rows(texts)
    chance = np.zeros(len(rows))
    for project in {row["project"] for row in rows}:
        model = fit([row for row in rows if row["project"] != project])
        for number, row in enumerate(rows):
            if row["project"] == project:
                chance[number] = model.probability(row["features"])
    about = report(rows, chance)
    print(json.dumps(about, indent=1))
    if options.write:
        found = fit(rows)
        entry = {"about": about, "bias": found.bias, "weights": dict(found.weights)}
        target = Path(gate.__file__).with_name("further.json")
        target.write_text(json.dumps(entry, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
