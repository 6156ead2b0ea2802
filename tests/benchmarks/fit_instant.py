"""Fits the instant lane's chances, and says how right it is of projects left out and what it saves by itself.

Usage: fit_instant.py collect ROOT ... --out ROWS.jsonl [--sample N] [--texts N] [--seed S]
       fit_instant.py fit ROWS.jsonl ... [--write]
Of a folder holes are cut, and whole statements and short blocks are typed again; of a git repository its later commits
are typed into the state before them. No model runs: a thousand positions take two seconds. Holes count half as much as
what is typed; positions at which something would be on the screen already count less, as in screen.py.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from fit_beginnings import cases_of
from fit_gate import fit as fit_gate
from fit_ranking import collect_or_fit
from screen import LOOKED_AWAY
from typed_rows import At, Row

from inhouse.completion import Assistant, CompletionRequest, Settings, instant
from inhouse.completion.cursor import cursor_of
from inhouse.completion.display import LEAST_CHARACTERS
from inhouse.completion.gate import Gate
from inhouse.completion.instant import SURE, Kind
from inhouse.completion.shape import shape
from inhouse.model import CancelFlag
from inhouse.model.engine import LlamaEngine
from inhouse.model.store import resolve
from inhouse.replay.cases import Case, sample
from inhouse.replay.typist import Kind as Taken
from inhouse.replay.typist import Typist

_KINDS: tuple[Kind, Kind] = ("line", "name")
_HOLES = 0.5
"""What all holes count in a fit against all that is typed."""
Models = Mapping[Kind, Gate]


def collect(roots: Sequence[Path], out: Path, count: int, texts: int, seed: int) -> None:
    engine = LlamaEngine(resolve(None), threads=1)
    settings = Settings(learning=False, look_ahead=False, suggestion_cache=False)
    with out.open("w", encoding="utf-8") as rows:
        for root in roots:
            name = root.parent.name if root.name == "repo" else root.name
            folder, found = cases_of(root, texts, seed)
            assistant = Assistant(settings, engine)
            project = assistant.project(folder)
            project.refresh()
            assistant.learn(folder)
            paths = [folder / path for path in sorted(project.files())] if folder == root else []
            cases = [(case, False) for case in found] + [(case, True) for case in sample(folder, paths, count, seed)]
            for case, hole in cases:
                places = range(1 if hole else len(case.target))
                positions = [guesses(assistant, engine, folder, case, at) for at in places]
                row = {"project": name, "id": case.id, "hole": hole, "target": case.target}
                rows.write(json.dumps({**row, "before": case.prefix[-400:], "positions": positions}) + "\n")
            assistant.close(keep_engine=True)
    engine.close()


def guesses(assistant: Assistant, engine: LlamaEngine, root: Path, case: Case, at: int) -> Row:
    """What the lane could show behind `at` characters of the target, whatever its chance."""
    before = case.prefix + case.target[:at]
    request = CompletionRequest(root, root / case.path, before + case.suffix, len(before), exclude=case.exclude)
    cursor, quick, cancel = cursor_of(request), assistant._quick, CancelFlag()
    if assistant._refusal(request, cursor):
        return {"guesses": [], "ms": 0.0}
    started = time.perf_counter()
    view = assistant._steering.view(request, cursor, engine, cancel)
    found = quick._lane.guesses(view.before, view.in_line, view.place_at, engine.piece, cancel)
    ms = (time.perf_counter() - started) * 1000
    shaped = [(one, shape(one.text, cursor)) for one in found if len(one.text.strip()) >= LEAST_CHARACTERS]
    kept = [
        [one.kind, one.text, one.features, text.text]
        for one, text in shaped
        if not text.silent and not quick._is_unwanted(one.text, request, cursor, assistant.settings)
    ]
    return {"guesses": kept, "ms": round(ms, 2)}


def lane_rows(texts: Sequence[Row]) -> list[Row]:
    """Every guess, and whether it is right."""
    return [
        {
            "project": text["project"],
            "at": (text["project"], text["id"], at),
            "hole": text["hole"],
            "kind": kind,
            "ghost": ghost,
            "features": features,
            "exact": is_right(kind, said, text["target"][at:].split("\n", 1)[0]),
        }
        for text in texts
        for at, position in enumerate(text["positions"])
        for kind, said, features, ghost in position["guesses"]
    ]


def is_right(kind: Kind, said: str, rest: str) -> bool:
    if kind == "line":
        return said.strip() == rest.strip()
    match = re.match(r"\w+", rest.lstrip(" \t"))
    return match is not None and match[0] == said


@dataclass
class Lane:
    """Shows the longest guess that is sure enough; see inhouse.replay.typist.Suggester and Watcher."""

    rows: Mapping[At, Sequence[tuple[Row, float]]]
    """The guesses at each position with their chances."""
    text: Row = field(default_factory=dict[str, Any])
    asked: set[At] = field(default_factory=set[At])
    last: tuple[Row, float] | None = None
    shows: list[tuple[Row, float]] = field(default_factory=list[tuple[Row, float]])

    def ghost(self, typed: str, pause_ms: float) -> str | None:
        at = self.text["project"], self.text["id"], len(typed)
        self.asked.add(at)
        self.last = next((one for one in self.rows.get(at, ()) if one[1] >= SURE), None)
        return str(self.last[0]["ghost"]) if self.last else None

    def shown(self, at: int, ghost: str) -> None:
        if self.last:
            self.shows.append(self.last)

    def accepted(self, at: int, text: str, kind: Taken) -> None:
        """Nothing is learnt here."""

    def left(self, at: int, ghost: str) -> None:
        """Nor here."""


def typed(texts: Sequence[Row], rows: Sequence[Row], chance: Sequence[float]) -> tuple[Lane, dict[str, float]]:
    """What the lane alone shows while the texts are typed, and the keys that it saves."""
    at: dict[At, list[tuple[Row, float]]] = {}
    for row, one in zip(rows, chance, strict=True):
        at.setdefault(row["at"], []).append((row, one))
    lane, by_hand, keys = Lane(at), 0, 0
    for text in texts:
        if not text["hole"]:
            lane.text = text
            done = Typist(text["target"], text["before"], lane).type(lane, lambda: 1000.0)
            by_hand, keys = by_hand + done.keys_by_hand, keys + done.keys
    shown = [(one, row["exact"], row["kind"]) for row, one in lane.shows]
    lines = [right for _, right, kind in shown if kind == "line"]
    found = {"saved": round(1 - keys / max(1, by_hand), 4), "shows": len(shown), "lines": len(lines)}
    if shown:
        found |= {"said": round(float(np.mean([one for one, _, _ in shown])), 4)}
        found |= {"right": round(float(np.mean([right for _, right, _ in shown])), 4)}
        found |= {"lines_right": round(float(np.mean(lines)), 4) if lines else 0.0}
    return lane, found


def fit(rows: Sequence[Row], asked: set[At]) -> Models:
    """One model for lines and one for names."""
    models: dict[Kind, Gate] = {}
    for kind in _KINDS:
        own = [row for row in rows if row["kind"] == kind]
        count = [1.0 if row["hole"] or row["at"] in asked else LOOKED_AWAY for row in own]
        holes = sum(row["hole"] for row in own)
        of_holes = _HOLES * (sum(count) - holes) / holes if 0 < holes < len(own) else 1.0
        weighed = [one * of_holes if row["hole"] else one for row, one in zip(own, count, strict=True)]
        models[kind] = fit_gate(own, weighed)
    return models


def chances(models: Models, rows: Sequence[Row]) -> list[float]:
    return [models[row["kind"]].probability(row["features"]) for row in rows]


def left_out(rows: Sequence[Row], asked: set[At]) -> list[float]:
    """Each guess's chance by a fit to the other projects."""
    models = {
        name: fit([row for row in rows if row["project"] != name], asked) for name in {r["project"] for r in rows}
    }
    return [models[row["project"]][row["kind"]].probability(row["features"]) for row in rows]


def report(texts: Sequence[Row], rows: Sequence[Row], chance: Sequence[float]) -> dict[str, Any]:
    """Of lines and names, at holes and typed positions, and of what is typed by the lane alone."""
    found: dict[str, Any] = {"typed": typed(texts, rows, chance)[1]}
    for kind in _KINDS:
        for name, hole in (("holes", True), ("all typed positions", False)):
            own = [
                (one, row["exact"])
                for row, one in zip(rows, chance, strict=True)
                if (row["kind"], row["hole"]) == (kind, hole)
            ]
            sure = [one for one in own if one[0] >= SURE]
            entry: dict[str, float] = {"guesses": len(own), "sure": len(sure)}
            if sure:
                entry["said"], entry["right_of_sure"] = (round(float(x), 4) for x in np.mean(sure, axis=0))
            found[f"{kind}, {name}"] = entry
    return found


def refit(files: Sequence[Path], write: bool) -> None:
    texts = [json.loads(line) for path in files for line in path.read_text(encoding="utf-8").splitlines()]
    rows = lane_rows(texts)
    in_use: Models = instant.fitted()
    known = all(set(in_use[row["kind"]].weights) <= set(row["features"]) for row in rows)
    first = chances(in_use, rows) if known else [0.0] * len(rows)
    asked = typed(texts, rows, first)[0].asked
    ms = [position["ms"] for text in texts for position in text["positions"] if position.get("ms")]
    about: dict[str, Any] = {
        "projects": sorted({text["project"] for text in texts}),
        "positions": sum(len(text["positions"]) for text in texts),
        "sure": SURE,
        "left_out": report(texts, rows, left_out(rows, asked)),
    }
    if ms:
        about["lane_ms"] = {name: round(float(np.percentile(ms, at)), 2) for name, at in (("p50", 50), ("p95", 95))}
    print(json.dumps({**about, "in_use": report(texts, rows, first)}, indent=1))
    if write:
        models = fit(rows, asked)
        entry = {kind: {"weights": dict(models[kind].weights), "bias": models[kind].bias} for kind in _KINDS}
        target = Path(instant.__file__).with_name("instant.json")
        target.write_text(json.dumps({"about": about, **entry}, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    parser = collect_or_fit(__doc__, seed=32)
    parser.add_argument("--sample", type=int, default=250, help="holes in each package")
    parser.add_argument("--texts", type=int, default=16, help="to type in each project")
    options = parser.parse_args()
    if options.what == "collect":
        collect([path.resolve() for path in options.paths], options.out, options.sample, options.texts, options.seed)
    else:
        refit(options.paths, options.write)


if __name__ == "__main__":
    main()
