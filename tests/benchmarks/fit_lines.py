"""Fits the chance that the likeliest line is all of the true one, and says how sure it is of projects left out.

Usage: fit_lines.py collect ROOT ... --out HOLES.jsonl [--sample N] [--seed S]   cuts holes, keeps what was answered
       fit_lines.py fit HOLES.jsonl ... WORDS.jsonl ... [--write]
WORDS come from `fit_beginnings.py collect`: positions of typed texts, of which there are many in few texts. Holes stand
anywhere, in more packages. Both count the same in the fit: typed positions alone lie where it is easier, and of holes
alone there are few.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from fit_beginnings import Recorder, Seen, typed
from fit_gate import fit as fit_gate
from fit_ranking import collect_or_fit
from fit_ranking import fit as fit_ranking
from screen import counts
from typed_rows import At, Row, is_hole, line_rows, positions_of

from inhouse.completion import Assistant, Settings, beginnings, display
from inhouse.completion import gate as gates
from inhouse.completion.gate import Gate
from inhouse.completion.ranking import Ranking
from inhouse.model.engine import LlamaEngine
from inhouse.model.store import resolve
from inhouse.replay.cases import sample


def collect(roots: Sequence[Path], out: Path, count: int, seed: int) -> None:
    """A hole is kept as a text of which only the first position was asked; of blocks all lines are asked for."""
    engine, seen = LlamaEngine(resolve(None), threads=1), Seen()
    settings = Settings(show_above=0.0, learning=False, look_ahead=False, suggestion_cache=False)
    with out.open("w", encoding="utf-8") as rows:
        for root in roots:
            assistant = Assistant(settings, engine)
            assistant._pipeline._answers = Recorder(seen)
            project = assistant.project(root)
            project.refresh()
            assistant.learn(root)
            for case in sample(root, [root / name for name in sorted(project.files())], count, seed):
                row = {"project": root.name, "id": case.id, "kind": case.kind, "target": case.target}
                positions = [typed(assistant, root, case, 0, seen, lines=case.lines)]
                rows.write(json.dumps({**row, "before": case.prefix[-400:], "positions": positions}) + "\n")
                rows.flush()
            assistant.close(keep_engine=True)
    engine.close()


def words_left_out(texts: Sequence[Row]) -> dict[At, dict[str, float]]:
    """The chances of first words at each position, by fits to the typed texts of other projects."""
    positions, names = positions_of(texts), list(beginnings.fitted().weights)
    learnt = positions_of([text for text in texts if not is_hole(text)])
    known, count = {row["project"] for row in learnt}, counts(learnt, texts)
    models: dict[str, Ranking] = {}
    for name in known:
        others = [(row, one) for row, one in zip(learnt, count, strict=True) if row["project"] != name]
        models[name] = fit_ranking([row for row, _ in others], names, [one for _, one in others])
    whole = fit_ranking(learnt, names, count)
    found: dict[At, dict[str, float]] = {}
    for row in positions:
        model = models.get(row["project"], whole)
        chances = beginnings.chances(model, [one["features"] for one in row["candidates"]])
        found[row["at"]] = dict(zip([one["text"] for one in row["candidates"]], chances, strict=True))
    return found


def fit(rows: Sequence[Row], count: Sequence[float]) -> Gate:
    """Holes and typed positions count the same, however many there are of each; `count`: of rows of the same kind."""
    holes = sum(one for row, one in zip(rows, count, strict=True) if row["hole"])
    both = sum(count)
    if not 0 < holes < both:
        return fit_gate(rows, count)
    of_typed = holes / (both - holes)
    return fit_gate(rows, [one if row["hole"] else one * of_typed for row, one in zip(rows, count, strict=True)])


def left_out(rows: Sequence[Row], count: Sequence[float]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """The chance of each line by a fit to the other projects."""
    chance = np.zeros(len(rows))
    for project in {row["project"] for row in rows}:
        others = [(row, one) for row, one in zip(rows, count, strict=True) if row["project"] != project]
        gate = fit([row for row, _ in others], [one for _, one in others])
        for number, row in enumerate(rows):
            if row["project"] == project:
                chance[number] = gate.probability(row["features"])
    return chance


def calibration(chance: Any, right: Any, name: str) -> dict[str, Any]:
    """Whether it is right as often as it says."""
    sure = chance >= display.least("line" if name == "lines" else "cut", Settings().show_above)
    bins = np.minimum(9, (chance * 10).astype(int))
    error = sum(abs(float(right[bins == n].sum() - chance[bins == n].sum())) for n in range(10)) / max(1, len(chance))
    logs = right * np.log(np.maximum(chance, 1e-9)) + (1 - right) * np.log(np.maximum(1 - chance, 1e-9))
    return {
        "rows": len(chance),
        "right": round(float(right.mean()), 4),
        "said": round(float(chance.mean()), 4),
        "sure": round(float(sure.mean()), 4),
        "right_of_sure": round(float(right[sure].mean()), 4) if sure.any() else 0.0,
        "log_loss": round(float(-logs.mean()), 4),
        "calibration_error": round(error, 4),
    }


def report(rows: Sequence[Row], chance: Any) -> dict[str, Any]:
    """Of holes and typed positions apart, and what is said more than is right in each project's holes."""
    right = np.array([row["exact"] for row in rows], float)
    hole = np.array([row["hole"] for row in rows], bool)
    parts = {name: chosen for name, chosen in (("holes", hole), ("typed", ~hole)) if chosen.any()}
    found: dict[str, Any] = {name: calibration(chance[at], right[at], "lines") for name, at in parts.items()}
    projects = np.array([row["project"] for row in rows])
    gaps: dict[str, float] = {}
    for name in sorted({row["project"] for row in rows if row["hole"]}):
        own = hole & (projects == name)
        gaps[name] = round(float(chance[own].mean() - right[own].mean()), 3)
    return {**found, "said_too_much": gaps}


def refit(files: Sequence[Path], write: bool) -> None:
    texts = [json.loads(line) for path in files for line in path.read_text(encoding="utf-8").splitlines()]
    rows = line_rows(texts, words_left_out(texts))
    count = counts(rows, texts)
    in_use = gates.fitted("lines")
    about: dict[str, Any] = {"left_out": report(rows, left_out(rows, count))}
    if set(in_use.weights) <= set(rows[0]["features"]):
        about["in_use"] = report(rows, np.array([in_use.probability(row["features"]) for row in rows]))
    print(json.dumps(about, indent=1))
    if write:
        gate = fit(rows, count)
        entry = {"about": about["left_out"], "bias": gate.bias, "weights": dict(gate.weights)}
        target = Path(gates.__file__).with_name("lines.json")
        target.write_text(json.dumps(entry, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    parser = collect_or_fit(__doc__, seed=1)
    parser.add_argument("--sample", type=int, default=84, help="holes in each package")
    options = parser.parse_args()
    if options.what == "collect":
        collect([path.resolve() for path in options.paths], options.out, options.sample, options.seed)
    else:
        refit(options.paths, options.write)


if __name__ == "__main__":
    main()
