"""Fits which names a line needs: `python tests/context/fit_likely.py OUT.json NAME=DIR [NAME=DIR ...] [--lines N]`.

For random lines of each project (see recall.py) it takes the lines and names that are asked for (Project.evidence) and
finds the weights of lines under which those that have the needed names are likeliest (a softmax over the lines; of
several that have a name each counts as far as it is likely), then those of names (a softmax over the candidates of a
line, both with a ridge). Prints how many of the needed names are among the likeliest 40, 100 and 200, for each fifth of
the projects with weights fitted on the others (a NAME is in one of them, also where it has several folders); OUT.json
gets the weights fitted on all.
"""

import argparse
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from recall import needs

from inhouse.context import Project
from inhouse.context.evidence import FEATURES, Evidence
from inhouse.context.likely import TOLD
from inhouse.context.rows import ROW_FEATURES, Values

RIDGE = 3.0
STEPS = 10
ROUNDS = 5
ROUND_STEPS = 4
PARTS = 5
HARD = 300
"""Candidates kept of a line: the likeliest by what the blocks say, and the needed ones; as many rows."""
RANKS = (40, 100, 200)
OF_ROWS = slice(6, 10)
"""Features whose sum says which rows are worth keeping."""


@dataclass(frozen=True, slots=True)
class Line:
    """The candidates of a line; needed counts also those names that are no candidates."""

    told: Evidence
    wanted: Values
    needed: int

    def hard(self) -> NDArray[np.int64]:
        """The candidates to learn from."""
        features = self.told.features
        rank = np.where(self.wanted > 0, -np.inf, -features[:, 0] - features[:, FEATURES.index("line")])
        return rank.argsort(kind="stable")[:HARD]

    def rows(self) -> tuple[Values, list[NDArray[np.int64]]]:
        """The rows to learn from, and for each needed name those that have it."""
        features, filled = self.told.rows.features, self.told.rows.filled
        homes = [np.unique(self.told.row[self.told.name == name]) for name in np.flatnonzero(self.wanted)]
        rank = np.where(filled, -features[:, OF_ROWS].sum(axis=1), np.inf)
        for home in homes:
            rank[home] = -np.inf
        kept = rank.argsort(kind="stable")[:HARD]
        place = np.full(len(features), -1)
        place[kept] = np.arange(len(kept))
        return features[kept], [where for home in homes if len(where := place[home][place[home] >= 0])]

    def features(self, of_rows: Values) -> Values:
        """What is told of the names, with these weights of rows."""
        told = self.told
        said = told.rows.told(of_rows, len(told.names), told.name, told.row)
        return np.hstack((told.features, said))


def lines_of(folder: Path, count: int) -> list[Line]:
    """Random lines of a project with their candidates."""
    found: list[Line] = []
    with tempfile.TemporaryDirectory() as cache:
        project = Project(folder, Path(cache))
        project.refresh()
        for need in needs(project, count):
            told = project.evidence(project.root / need.path, need.text, need.offset)
            if told.names and told.rows.filled.any():
                wanted = np.array([name in need.names for name in told.names], dtype=np.float64)
                found.append(Line(told, wanted, len(need.names)))
        project.close()
    return found


class Choice:
    """A softmax over the rows of each of some tables, of which some are wanted by so much."""

    def __init__(self, tables: Sequence[Values]) -> None:
        rows = np.concatenate(tables)
        sizes = [len(table) for table in tables]
        self.starts = np.cumsum([0, *sizes[:-1]])
        self._of = np.repeat(np.arange(len(sizes)), sizes)
        self._spread = rows.std(axis=0) + 1e-9
        self._rows = (rows - rows.mean(axis=0)) / self._spread
        self._weights = np.zeros(rows.shape[1])

    def chances(self, weights: Values | None = None) -> tuple[Values, Values]:
        """Of each row; their logarithms."""
        merit = self._rows @ (self._weights if weights is None else weights)
        merit = merit - np.maximum.reduceat(merit, self.starts)[self._of]
        merit = merit - np.log(np.add.reduceat(np.exp(merit), self.starts))[self._of]
        return np.exp(merit), merit

    def fit(self, wanted: Values, steps: int) -> Values:
        """The weights, by Newton steps that are halved where they lead up; goes on from where it was."""
        many = np.add.reduceat(wanted, self.starts)[self._of]

        def loss(weights: Values) -> float:
            return float(-(wanted @ self.chances(weights)[1]) + RIDGE / 2 * weights @ weights)

        for _ in range(steps):
            chance = self.chances()[0]
            expected = chance * many
            mean = np.add.reduceat(chance[:, None] * self._rows, self.starts)
            curve = (self._rows * expected[:, None]).T @ self._rows - (mean * many[self.starts][:, None]).T @ mean
            curve += RIDGE * np.eye(len(self._weights))
            step = np.linalg.solve(curve, self._rows.T @ (expected - wanted) + RIDGE * self._weights)
            now = loss(self._weights)
            while loss(self._weights - step) > now and np.abs(step).max() > 1e-6:
                step = step / 2
            self._weights = self._weights - step
        return np.asarray(self._weights / self._spread, dtype=np.float64)


def fit_rows(lines: Sequence[Line]) -> Values:
    """The weights of rows: which of those that have a name is meant is told by the weights before."""
    tables = [(features, homes) for features, homes in (line.rows() for line in lines) if homes]
    choice = Choice([features for features, _ in tables])
    homes = [start + home for start, (_, found) in zip(choice.starts, tables, strict=True) for home in found]
    where = np.concatenate(homes)
    starts = np.cumsum([0, *(len(home) for home in homes[:-1])])
    of = np.repeat(np.arange(len(homes)), [len(home) for home in homes])
    weights = np.zeros(len(ROW_FEATURES))
    for _ in range(ROUNDS):
        chance = choice.chances()[0]
        share = chance[where] / np.add.reduceat(chance[where], starts)[of]
        wanted = np.asarray(np.bincount(where, weights=share, minlength=len(chance)), dtype=np.float64)
        weights = choice.fit(wanted, ROUND_STEPS)
    return weights


def fit_plain(lines: Sequence[Line]) -> Values:
    """The weights of names where rows are not looked at."""
    kept = [(line, line.hard()) for line in lines if line.wanted.any()]
    choice = Choice([line.told.features[hard] for line, hard in kept])
    return choice.fit(np.concatenate([line.wanted[hard] for line, hard in kept]), STEPS)


def fit(lines: Sequence[Line]) -> tuple[Values, Values]:
    """The weights of rows and of names."""
    lines = [line for line in lines if line.wanted.any()]
    of_rows = fit_rows(lines)
    kept = [(line, line.hard()) for line in lines]
    choice = Choice([line.features(of_rows)[hard] for line, hard in kept])
    return of_rows, choice.fit(np.concatenate([line.wanted[hard] for line, hard in kept]), STEPS)


def recalls(lines: Sequence[Line], weights: tuple[Values, Values]) -> list[int]:
    """How many needed names are among the likeliest so many."""
    of_rows, of_names = weights
    orders = [(line.wanted, (-(line.features(of_rows) @ of_names)).argsort(kind="stable")) for line in lines]
    return [int(sum(wanted[order[:rank]].sum() for wanted, order in orders)) for rank in RANKS]


def main(arguments: Sequence[str] | None = None) -> None:
    """Reads the projects, checks each part of them against the others, writes the weights of all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("folders", nargs="+", metavar="NAME=DIR")
    parser.add_argument("--lines", type=int, default=120)
    options = parser.parse_args(arguments)
    lines: dict[str, list[Line]] = {}
    for one in options.folders:
        name, _, folder = one.partition("=")
        lines.setdefault(name, []).extend(lines_of(Path(folder), options.lines))
        print(f"{one} {sum(line.needed for line in lines[name])}", flush=True)
    total = np.zeros(len(RANKS))
    for part in range(PARTS):
        own = sorted(lines)[part::PARTS]
        weights = fit([line for name, found in lines.items() if name not in own for line in found])
        for name in own:
            counts = recalls(lines[name], weights)
            names = sum(line.needed for line in lines[name])
            print(f"{name:20} {names:5} {np.round(np.array(counts) / max(1, names), 3)}", flush=True)
            total += counts
    needed = sum(line.needed for found in lines.values() for line in found)
    shares = {str(rank): round(share, 3) for rank, share in zip(RANKS, (total / needed).tolist(), strict=True)}
    of_rows, of_names = fit([line for found in lines.values() for line in found])
    plain = fit_plain([line for found in lines.values() for line in found])
    written = {
        "about": "Weights of rows.ROW_FEATURES and evidence.FEATURES, fitted by tests/context/fit_likely.py: on how "
        "many needed names of which projects; how many of them are among the likeliest so many with weights fitted on "
        "other projects.",
        "fitted_on": {name: sum(line.needed for line in found) for name, found in lines.items()},
        "among_the_likeliest": shares,
        "rows": {name: round(one, 4) for name, one in zip(ROW_FEATURES, of_rows.tolist(), strict=True)},
        "weights": {name: round(one, 4) for name, one in zip(FEATURES, plain.tolist(), strict=True)},
        "weights_by_rows": {
            name: round(one, 4) for name, one in zip((*FEATURES, *TOLD), of_names.tolist(), strict=True)
        },
    }
    options.out.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(written))


if __name__ == "__main__":
    main()
