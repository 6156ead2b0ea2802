"""Which names the cursor's line is likely to need that its file does not have, and where in other files they stand.

A log-linear choice among the names of evidence.py; likely.json has the weights and says what they were fitted on. What
is done with the names is decided elsewhere.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from inhouse.context.evidence import FEATURES, Evidence, Values
from inhouse.context.rows import ROW_FEATURES
from inhouse.context.windows import Window

BLOCKS = 160
"""Blocks whose names are counted: 60 found 3 points less, 200 as much."""

HALF = 5
"""Lines of half a block: windows begin at halves (2 points more of the needed names than at blocks)."""

_MOST_NAMES = 500
"""Twice what fits into the longest list."""

_COVERED = 200
"""Of these so many are looked for in windows: all others together are worth less than one of them."""


@dataclass(frozen=True, slots=True)
class Likely:
    """Names with what each is worth (1: the likeliest), the best first, and where the likeliest of them stand."""

    worth: Mapping[str, float]
    halves: NDArray[np.bool_]
    """Whether each of the likeliest names (a column each) stands in each half of each window that the evidence is of:
    two rows a window, and one of nothing at the end."""


def likely(
    found: Evidence,
    windows: Sequence[Window],
    old: Collection[str] = (),
    old_share: float = 1.0,
    *,
    by_rows: bool = False,
) -> Likely:
    """The likeliest names of the windows that the evidence is of; those that are old are worth so much less.

    by_rows: also by the lines that stand in the place of the cursor's. Longer windows gain by it, a list of names does
    not.
    """
    if by_rows:
        of_rows, of_names = row_weights()
        told = found.rows.told(of_rows, len(found.names), found.name, found.row)
        merit = (np.hstack((found.features, told)) @ of_names).round(9)
    else:
        merit = (found.features @ weights()).round(9)
    # rounded: the order must not hang on the last bit
    if old and len(merit):
        merit[found.names.places(old)] += np.log(old_share)
    best = (-merit).argsort(kind="stable")[:_MOST_NAMES]
    worth = np.exp(merit[best] - merit[best[:1]])
    column = np.full(len(found.names), -1)
    column[best[:_COVERED]] = np.arange(len(best[:_COVERED]))
    here = column[found.name] >= 0
    halves = np.zeros((2 * len(windows) + 1, len(best[:_COVERED])), dtype=np.bool_)
    halves[found.window[here] * 2 + found.line[here] // HALF, column[found.name[here]]] = True
    return Likely(dict(zip(found.names.at(best), worth.tolist(), strict=True)), halves)


TOLD = ("place", "near_place")
"""The names in likely.json of what Rows.told() gives."""


@cache
def weights() -> Values:
    """The fitted weights of what is told of names (tests/context/fit_likely.py)."""
    return np.array([_fitted()["weights"][name] for name in FEATURES])


@cache
def row_weights() -> tuple[Values, Values]:
    """Those of what is told of lines, and of names where that is known."""
    fitted = _fitted()
    return (
        np.array([fitted["rows"][name] for name in ROW_FEATURES]),
        np.array([fitted["weights_by_rows"][name] for name in (*FEATURES, *TOLD)]),
    )


def _fitted() -> dict[str, dict[str, float]]:
    text = (resources.files("inhouse.context") / "likely.json").read_text(encoding="utf-8")
    fitted: dict[str, dict[str, float]] = json.loads(text)
    return fitted
