"""Fits a logistic model to rows of named features. Used by the scripts that make the program's data files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

_RIDGE = 1.0
"""Keeps weights of features that hardly vary small."""
_STEPS = 60


def fit(rows: Sequence[Mapping[str, float]], truth: Sequence[bool]) -> tuple[dict[str, float], float]:
    """(weights, bias), by Newton's method on standardised features."""
    names = sorted(rows[0])
    plain = np.array([[row[name] for name in names] for row in rows])
    wanted = np.array(truth, float)
    mean, spread = plain.mean(axis=0), plain.std(axis=0) + 1e-9
    design = np.hstack([(plain - mean) / spread, np.ones((len(rows), 1))])
    ridge = np.diag([_RIDGE] * len(names) + [0.0])
    weights = np.zeros(len(names) + 1)
    for _ in range(_STEPS):
        chance = _sigmoid(design @ weights)
        slope = design.T @ (chance - wanted) + ridge @ weights
        curve = (design * (chance * (1 - chance))[:, None]).T @ design + ridge
        weights = weights - np.linalg.solve(curve, slope)
    unscaled = weights[:-1] / spread
    bias = float(weights[-1] - unscaled @ mean)
    return {name: round(float(w), 5) for name, w in zip(names, unscaled, strict=True)}, round(bias, 5)


def calibration_error(chances: Sequence[float], truth: Sequence[bool]) -> float:
    """Expected calibration error over ten equal bins."""
    chance, wanted = np.array(chances), np.array(truth, float)
    bins = np.minimum(9, (chance * 10).astype(int))
    gaps = (abs(float(wanted[bins == n].sum() - chance[bins == n].sum())) for n in range(10))
    return sum(gaps) / max(1, len(chance))


def _sigmoid(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -30, 30))))
