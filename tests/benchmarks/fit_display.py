"""Fits the chances of parts of a line, and says what rules of what is shown save when texts are typed.

Usage: fit_display.py WORDS.jsonl ... HOLES.jsonl ... [--write] [--rules]. Rows come from `fit_beginnings.py collect`
and `fit_lines.py collect`. Each project is judged by fits to the others, of first words, lines and parts; holes count
only for lines. `--rules`: types all texts under other rules as well.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from fit_gate import fit as fit_gate
from fit_lines import calibration, left_out, words_left_out
from fit_lines import report as line_report
from screen import Chances, counts, typed
from typed_rows import Row, cut_rows, is_hole, line_rows

from inhouse.completion import Settings, cuts, display
from inhouse.completion.gate import Gate

RULES: Sequence[Mapping[str, Any]] = (
    {"_COST": 10.0},
    {"_COST": 12.0},
    {"_COST": 18.0},
    {"_LEAST": {"line": 1.4, "cut": 2.2, "word": 1.8}},
    {"_LEAST": {"line": 1.6, "cut": 2.2, "word": 1.8}},
    {"_LEAST": {"line": 1.8, "cut": 2.2, "word": 1.8}},
    {"_LEAST": {"line": 2.0, "cut": 2.0, "word": 1.8}},
    {"_LEAST": {"line": 2.0, "cut": 2.4, "word": 1.8}},
    {"_LEAST": {"line": 2.0, "cut": 9.9, "word": 1.8}},
    {"_LEAST": {"line": 1.0, "cut": 9.9, "word": 2.0}, "_COST": 0.0},
    {"_LEAST_FIRST": 0.0},
)
"""Other values of display.py's numbers; the last but one is near to the rule before there were cuts."""


def chances_of(texts: Sequence[Row]) -> tuple[Chances, dict[str, Any], list[Row]]:
    """The chances, a report, and the rows for a fit of the cuts to all of them."""
    found = Chances(words_left_out(texts))
    lines = line_rows(texts, found.words)
    chance = left_out(lines, counts(lines, texts))
    for row, one in zip(lines, chance, strict=True):
        found.lines.setdefault(row["at"], []).append((row["text"], float(one)))
    rows = cut_rows([text for text in texts if not is_hole(text)], found.words)
    count = counts(rows, texts)
    sure = np.zeros(len(rows))
    for project in {row["project"] for row in rows}:
        others = [(row, one) for row, one in zip(rows, count, strict=True) if row["project"] != project]
        gate = fit_gate([row for row, _ in others], [one for _, one in others])
        for number, row in enumerate(rows):
            if row["project"] == project:
                sure[number] = gate.probability(row["features"])
                found.cuts.setdefault(row["at"], []).append((row["text"], float(sure[number])))
    right = np.array([row["exact"] for row in rows], float)
    return found, {"cuts": calibration(sure, right, "cuts"), "lines": line_report(lines, chance)}, rows


@contextmanager
def rule(changes: Mapping[str, Any]) -> Any:
    """Other numbers for display.py for a while."""
    before = {name: getattr(display, name) for name in changes}
    try:
        for name, value in changes.items():
            setattr(display, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(display, name, value)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="+", type=Path)
    parser.add_argument("--rules", action="store_true", help="type the texts under other rules, too")
    parser.add_argument("--write", action="store_true", help="replace the chances that travel with the program")
    options = parser.parse_args()
    texts = [json.loads(line) for path in options.rows for line in path.read_text(encoding="utf-8").splitlines()]
    found, report, rows = chances_of(texts)
    every, show_above = texts, Settings().show_above
    texts = [text for text in texts if not is_hole(text)]
    about = {"texts": len(texts), "left_out": report, "typed": typed(found, texts, show_above)}
    about["typed, all shown"] = typed(found, texts, 0.0)
    print(json.dumps(about, indent=1))
    for changes in RULES if options.rules else ():
        with rule(changes):
            print(json.dumps(changes), json.dumps(typed(found, texts, show_above)), flush=True)
    if options.write:
        gate: Gate = fit_gate(rows, counts(rows, every))
        entry = {"about": about, "bias": gate.bias, "weights": dict(gate.weights)}
        target = Path(cuts.__file__).with_name("cuts.json")
        target.write_text(json.dumps(entry, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
