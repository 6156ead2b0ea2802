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
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from fit_beginnings import At
from fit_gate import fit as fit_gate
from fit_lines import calibration, is_hole, left_out, line_rows, words_left_out
from fit_lines import report as line_report

from inhouse.completion import Settings, cuts, display
from inhouse.completion.beginnings import first_word
from inhouse.completion.display import Kind, Offer
from inhouse.completion.gate import Gate
from inhouse.replay.typist import Kind as Taken
from inhouse.replay.typist import Typist

Row = dict[str, Any]
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


@dataclass
class Chances:
    """What is known at each position, by models that never saw the project."""

    words: dict[At, dict[str, float]] = field(default_factory=dict[At, dict[str, float]])
    cuts: dict[At, list[tuple[str, float]]] = field(default_factory=dict[At, list[tuple[str, float]]])
    lines: dict[At, list[tuple[str, float]]] = field(default_factory=dict[At, list[tuple[str, float]]])


def chances_of(texts: Sequence[Row]) -> tuple[Chances, dict[str, Any], list[Row]]:
    """The chances, a report, and the rows for a fit of the cuts to all of them."""
    found = Chances(words_left_out(texts))
    lines = line_rows(texts, found.words)
    chance = left_out(lines)
    for row, one in zip(lines, chance, strict=True):
        found.lines.setdefault(row["at"], []).append((row["text"], float(one)))
    rows = cut_rows([text for text in texts if not is_hole(text)], found)
    sure = np.zeros(len(rows))
    for project in {row["project"] for row in rows}:
        gate = fit_gate([row for row in rows if row["project"] != project])
        for number, row in enumerate(rows):
            if row["project"] == project:
                sure[number] = gate.probability(row["features"])
                found.cuts.setdefault(row["at"], []).append((row["text"], float(sure[number])))
    right = np.array([row["exact"] for row in rows], float)
    return found, {"cuts": calibration(sure, right, "cuts"), "lines": line_report(lines, chance)}, rows


def cut_rows(texts: Sequence[Row], found: Chances) -> list[Row]:
    """Every cut of the likeliest line at every position, with its features and whether it is right."""
    rows: list[Row] = []
    for text in texts:
        for at, position in enumerate(text["positions"]):
            key = (text["project"], text["id"], at)
            if not position or not position["lines"] or key not in found.words:
                continue
            rest = text["target"][at:].split("\n", 1)[0]
            lines = [(line, chance) for line, chance in position["lines"]]
            written = [(token[0], token[1]) for token in position["tokens"]]
            for cut, features in cuts.cuts(lines, written, found.words[key]):
                exact = cuts.begins(cut, rest)
                row = {"project": text["project"], "at": key, "text": cut, "features": features, "exact": exact}
                rows.append(row)
    return rows


@dataclass
class Screen:
    """What the display rule shows at each position; see inhouse.replay.typist.Suggester and Watcher."""

    found: Chances
    show_above: float
    text: Row = field(default_factory=dict[str, Any])
    kind: str = ""
    shows: list[list[Any]] = field(default_factory=list[list[Any]])
    """[kind, whether all of it was right, its length]"""

    def ghost(self, typed: str, pause_ms: float) -> str | None:
        at = len(typed)
        position = self.text["positions"][at]
        if not position:
            return None
        if position["instant"] and len(position["instant"][0][0].strip()) >= display.LEAST_CHARACTERS:
            self.kind = "instant"
            return str(position["instant"][0][0])
        best = max(self._offers(position, at), default=None, key=lambda one: one[0])
        if best is None:
            return None
        self.kind = best[1]
        return best[2]

    def _offers(self, position: Row, at: int) -> list[tuple[float, str, str]]:
        key = (self.text["project"], self.text["id"], at)
        words = self.found.words.get(key, {})
        texts: list[tuple[Kind, str, float]] = [("cut", cut, chance) for cut, chance in self.found.cuts.get(key, ())]
        if words:
            likeliest = max(words, key=words.__getitem__)
            texts.append(("word", likeliest, words[likeliest]))
        texts += [("line", line, chance) for line, chance in self.found.lines.get(key, ())]
        offers: list[tuple[float, str, str]] = []
        for kind, text, chance in texts:
            word = first_word(text)
            offer = Offer(kind, len(text.split("\n")[0].strip()), chance, words.get(word), len(word))
            value = display.worth(offer, self.show_above)
            if value is not None:
                offers.append((value, kind, text))
        return offers

    def shown(self, at: int, ghost: str) -> None:
        rest = self.text["target"][at:]
        if self.kind == "line":
            right = ghost.split("\n")[0].rstrip() == rest.split("\n")[0].rstrip()
        else:
            right = cuts.begins(ghost, rest)
        self.shows.append([self.kind, right, len(ghost)])

    def accepted(self, at: int, text: str, kind: Taken) -> None:
        """Nothing is learnt here."""

    def left(self, at: int, ghost: str) -> None:
        """Nor here."""


def typed(found: Chances, texts: Sequence[Row], show_above: float) -> dict[str, Any]:
    """Keys saved and what was right of what was shown, every answer in time."""
    screen = Screen(found, show_above)
    by_hand = keys = false = 0
    for text in texts:
        screen.text = text
        done = Typist(text["target"], text["before"], screen).type(screen, lambda: 1000.0)
        by_hand, keys, false = by_hand + done.keys_by_hand, keys + done.keys, false + done.false_shows
    by_kind = {}
    for kind in ("line", "cut", "word", "instant"):
        own = [one[1] for one in screen.shows if one[0] == kind]
        by_kind[kind] = {"shows": len(own), "all_right": round(sum(own) / max(1, len(own)), 3)}
    return {
        "saved": round(1 - keys / by_hand, 4),
        "false_shows": round(false / max(1, len(screen.shows)), 4),
        "shows_per_100_keys": round(100 * len(screen.shows) / by_hand, 2),
        "all_right": round(sum(one[1] for one in screen.shows) / max(1, len(screen.shows)), 4),
        **by_kind,
    }


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
    texts, show_above = [text for text in texts if not is_hole(text)], Settings().show_above
    about = {"texts": len(texts), "left_out": report, "typed": typed(found, texts, show_above)}
    about["typed, all shown"] = typed(found, texts, 0.0)
    print(json.dumps(about, indent=1))
    for changes in RULES if options.rules else ():
        with rule(changes):
            print(json.dumps(changes), json.dumps(typed(found, texts, show_above)), flush=True)
    if options.write:
        gate: Gate = fit_gate(rows)
        entry = {"about": about, "bias": gate.bias, "weights": dict(gate.weights)}
        target = Path(cuts.__file__).with_name("cuts.json")
        target.write_text(json.dumps(entry, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
