"""Fits which names a line needs: `python tests/context/fit_likely.py OUT.json DIR [DIR ...] [--lines N]`.

For random lines of each project (see recall.py) it takes the candidates with their features (Project.evidence) and
finds the weights under which the needed names are likeliest among them (a softmax over the candidates of a line, with
a ridge). Prints how many of the needed names are among the likeliest 40, 100 and 200, for each project with weights
fitted on the others; OUT.json gets the weights fitted on all.
"""

import argparse
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from recall import needs

from inhouse.context import Project
from inhouse.context.evidence import FEATURES, Values

RIDGE = 3.0
STEPS = 12
HARD = 400
"""Candidates kept of a line: the likeliest by what the blocks say, and the needed ones."""
RANKS = (40, 100, 200)


@dataclass(frozen=True, slots=True)
class Line:
    """The candidates of a line; needed counts also those names that are no candidates."""

    features: Values
    wanted: Values
    needed: int


def lines_of(folder: Path, count: int) -> list[Line]:
    """Random lines of a project with their candidates."""
    found: list[Line] = []
    with tempfile.TemporaryDirectory() as cache:
        project = Project(folder, Path(cache))
        project.refresh()
        for need in needs(project, count):
            told = project.evidence(project.root / need.path, need.text, need.offset)
            if told.names:
                wanted = np.array([name in need.names for name in told.names], dtype=np.float64)
                rank = np.where(wanted > 0, -np.inf, -told.features[:, 0] - told.features[:, FEATURES.index("line")])
                hard = rank.argsort(kind="stable")[:HARD]
                found.append(Line(told.features[hard], wanted[hard], len(need.names)))
        project.close()
    return found


def fit(lines: Sequence[Line]) -> Values:
    """The weights of the features, by Newton steps that are halved where they lead up."""
    lines = [line for line in lines if line.wanted.any()]
    rows = np.concatenate([line.features for line in lines])
    wanted = np.concatenate([line.wanted for line in lines])
    starts = np.cumsum([0, *(len(line.wanted) for line in lines[:-1])])
    of_line = np.repeat(np.arange(len(lines)), [len(line.wanted) for line in lines])
    spread = rows.std(axis=0) + 1e-9
    scaled = (rows - rows.mean(axis=0)) / spread
    names = np.add.reduceat(wanted, starts)
    weights = np.zeros(len(FEATURES))

    def loss(weights: Values) -> tuple[float, Values]:
        merit = scaled @ weights
        merit = merit - np.maximum.reduceat(merit, starts)[of_line]
        chance = np.exp(merit)
        total = np.add.reduceat(chance, starts)
        found = -(wanted * (merit - np.log(total)[of_line])).sum() + RIDGE / 2 * weights @ weights
        return float(found), chance / total[of_line]

    now, chance = loss(weights)
    for _ in range(STEPS):
        expected = chance * names[of_line]
        mean = np.add.reduceat(chance[:, None] * scaled, starts)
        curve = (
            (scaled * expected[:, None]).T @ scaled - (mean * names[:, None]).T @ mean + RIDGE * np.eye(len(weights))
        )
        step = np.linalg.solve(curve, scaled.T @ (expected - wanted) + RIDGE * weights)
        while (then := loss(weights - step))[0] > now and np.abs(step).max() > 1e-6:
            step = step / 2
        weights, (now, chance) = weights - step, then
    return np.asarray(weights / spread, dtype=np.float64)


def recalls(lines: Sequence[Line], weights: Values) -> list[int]:
    """How many needed names are among the likeliest so many."""
    orders = [(line.wanted, (-(line.features @ weights)).argsort(kind="stable")) for line in lines]
    return [int(sum(wanted[order[:rank]].sum() for wanted, order in orders)) for rank in RANKS]


def main(arguments: Sequence[str] | None = None) -> None:
    """Reads the projects, checks each against the others, writes the weights of all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--lines", type=int, default=120)
    options = parser.parse_args(arguments)
    lines = {folder.name: lines_of(folder, options.lines) for folder in options.folders}
    total = np.zeros(len(RANKS))
    needed = 0
    for name, own in lines.items():
        others = [line for other, found in lines.items() if other != name for line in found]
        counts = recalls(own, fit(others))
        names = sum(line.needed for line in own)
        print(f"{name:20} {names:5} {np.round(np.array(counts) / max(1, names), 3)}", flush=True)
        total += counts
        needed += names
    shares = {str(rank): round(share, 3) for rank, share in zip(RANKS, (total / needed).tolist(), strict=True)}
    weights = fit([line for found in lines.values() for line in found])
    written = {
        "about": "Weights of evidence.FEATURES, fitted by tests/context/fit_likely.py: on how many needed names of "
        "which projects; how many of them are among the likeliest so many with weights fitted on the other projects.",
        "fitted_on": {name: sum(line.needed for line in found) for name, found in lines.items()},
        "among_the_likeliest": shares,
        "weights": {name: round(one, 4) for name, one in zip(FEATURES, weights.tolist(), strict=True)},
    }
    options.out.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(written))


if __name__ == "__main__":
    main()
