"""Fits the ranking of the model's answer against the project's own lines, and says how it does on packages left out.

Usage: fit_ranking.py collect ROOT ... --out ROWS.jsonl [--sample N] [--seed S]   replays holes, keeps every candidate
       fit_ranking.py fit ROWS.jsonl ... [--write]    fits; each package is tested by a fit to the others
With --alternatives, both are about what stands beside the best answer where three are wanted.
The packages must be neither trained on nor used to report figures.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inhouse.completion import Assistant, CompletionRequest, Settings, ranking
from inhouse.completion.ranking import Candidate, Ranking
from inhouse.completion.repeats import bare
from inhouse.model import CancelFlag
from inhouse.model.engine import LlamaEngine
from inhouse.model.store import resolve
from inhouse.replay.cases import sample

Row = dict[str, Any]

_RIDGE = 0.004
_TINY = 1e-6
"""Keeps the steps finite where nothing tells two weights apart."""
_STEPS = 20


@dataclass
class Recorder:
    """A ranker that keeps what it was shown and prefers what the model wrote."""

    beside: bool
    """Keeps what stands beside the best answer instead; that one is chosen as in the program."""
    seen: list[Candidate] = field(default_factory=list[Candidate])
    first: str = ""

    def chances(self, answers: Sequence[Candidate]) -> list[float]:
        if self.beside and not any("searched_at_all" in one.features for one in answers):
            chances = ranking.fitted().chances(answers)
            if not chances:  # there is nothing beside the best answer
                return []
            self.first = answers[chances.index(max(chances))].text
            return chances
        self.seen = list(answers)
        return [0.5 if one.written is None else 1.0 for one in answers]


def collect(roots: Sequence[Path], out: Path, count: int, seed: int, alternatives: int) -> None:
    engine = LlamaEngine(resolve(None), threads=1)
    recorder = Recorder(alternatives > 1)
    settings = Settings(project_context=False, instant_lane=False, suggestion_cache=False, show_above=0.0)
    with out.open("w", encoding="utf-8") as rows:
        for root in roots:
            assistant = Assistant(settings, engine, recorder)
            project = assistant.project(root)
            project.refresh()
            assistant.learn(root)
            for case in sample(root, [root / name for name in sorted(project.files())], count, seed):
                if case.kind == "block":
                    continue  # of several lines; one is ranked
                text, at = case.prefix + case.suffix, len(case.prefix)
                request = CompletionRequest(
                    root, root / case.path, text, at, invoked=True, lines=1, alternatives=alternatives
                )
                recorder.seen, recorder.first = [], ""
                assistant.complete(request, CancelFlag())
                candidates = [
                    {
                        "text": one.text,
                        "written": one.features["written"] > 0,
                        "exact": bare(one.text) == bare(case.target),
                        "features": one.features,
                    }
                    for one in recorder.seen
                ]
                row: Row = {"project": root.name, "id": case.id, "kind": case.kind, "candidates": candidates}
                if alternatives > 1:
                    row |= {"first": recorder.first, "first_exact": bare(recorder.first) == bare(case.target)}
                rows.write(json.dumps(row) + "\n")
                rows.flush()
            assistant.close(keep_engine=True)
    engine.close()


def fit(rows: Sequence[Row], names: Sequence[str], counts: Sequence[float] | None = None) -> Ranking:
    """Maximises the chance of the right answers, or of "none" where there is none: a softmax, by Newton's method.

    `counts`: how much each row counts; all the same without. The curve is that of the chances alone, which bounds the
    true one, so no step goes too far.
    """
    weighed = _kept(rows, counts)
    rows = [row for row in rows if row["candidates"]]
    flat = [one for row in rows for one in row["candidates"]]
    plain = np.array([[one["features"][name] for name in names] for one in flat])
    right = np.array([one["exact"] for one in flat], float)
    sizes = np.array([len(row["candidates"]) for row in rows])
    of, first = np.repeat(np.arange(len(rows)), sizes), np.cumsum(sizes) - sizes
    none_right = np.add.reduceat(right, first) == 0
    mean, spread = plain.mean(axis=0), plain.std(axis=0) + 1e-9
    scaled = (plain - mean) / spread
    ridge = np.diag([2 * _RIDGE] * len(names) + [_TINY])
    weights = np.zeros(len(names) + 1)
    for _ in range(_STEPS):
        scores = scaled @ weights[:-1]
        top = np.maximum(np.maximum.reduceat(scores, first), weights[-1])
        powers, none = np.exp(scores - top[of]), np.exp(weights[-1] - top)
        total = np.add.reduceat(powers, first) + none
        chance, none = powers / total[of], none / total
        among = np.add.reduceat(chance * right, first)
        aim = np.where(none_right[of], 0.0, chance * right / np.maximum(among[of], 1e-300))
        slope = np.append(scaled.T @ ((chance - aim) * weighed[of]), ((none - none_right) * weighed).sum())
        means = np.column_stack([np.add.reduceat(scaled * chance[:, None], first), none])
        curve = np.zeros_like(ridge)
        curve[:-1, :-1] = scaled.T @ (scaled * (chance * weighed[of])[:, None])
        curve[-1, -1] = (none * weighed).sum()
        curve -= means.T @ (means * weighed[:, None])
        weights = weights - np.linalg.solve(curve + ridge, slope + ridge @ weights)
    unscaled = weights[:-1] / spread
    found = float(weights[-1] + unscaled @ mean)
    return Ranking({name: round(float(w), 5) for name, w in zip(names, unscaled, strict=True)}, round(found, 5))


def _kept(rows: Sequence[Row], counts: Sequence[float] | None) -> NDArray[np.float64]:
    """What each row that has candidates counts; their sum is 1."""
    every = np.ones(len(rows)) if counts is None else np.asarray(counts, float)
    kept = every[[bool(row["candidates"]) for row in rows]]
    return np.asarray(kept / kept.sum())


def report(found: Ranking, rows: Sequence[Row]) -> dict[str, float]:
    """What choosing by these chances brings, against the model's own first answer; all shares are of all rows."""
    first, written, three, any_of_all, shown, shown_right = 0, 0, 0, 0, 0, 0
    pairs: list[tuple[float, bool]] = []
    for row in rows:
        written += any(one["exact"] and one["written"] for one in row["candidates"])
        any_of_all += any(one["exact"] for one in row["candidates"])
        order = _ordered(found, row)
        if not order:
            continue
        exact = [right for _, right in order]
        first, three = first + exact[0], three + any(exact[:3])
        pairs.append(order[0])
        if order[0][0] >= Settings().show_above:
            shown, shown_right = shown + 1, shown_right + exact[0]
    chance, truth = np.array([pair[0] for pair in pairs]), np.array([pair[1] for pair in pairs], float)
    bins = np.minimum(9, (chance * 10).astype(int))
    error = sum(abs(float(truth[bins == n].sum() - chance[bins == n].sum())) for n in range(10)) / max(1, len(pairs))
    total = len(rows)
    return {
        "rows": total,
        "models_own": round(written / total, 4),
        "exact": round(first / total, 4),
        "any_of_3": round(three / total, 4),
        "any_of_all": round(any_of_all / total, 4),
        "shown": round(shown / total, 4),
        "right_of_shown": round(shown_right / max(1, shown), 4),
        "kept_of_exact": round(shown_right / max(1, first), 4),
        "calibration_error": round(error, 4),
    }


def report_beside(found: Ranking, rows: Sequence[Row]) -> dict[str, float]:
    """What stands beside the best answer, as shares of all rows: that answer, with two beside it, with all."""
    right = [[bool(row["first_exact"]), *(exact for _, exact in _ordered(found, row))] for row in rows]
    return {
        "rows": len(rows),
        "exact": round(sum(one[0] for one in right) / len(rows), 4),
        "any_of_3": round(sum(any(one[:3]) for one in right) / len(rows), 4),
        "any_of_all": round(sum(any(one) for one in right) / len(rows), 4),
    }


def _ordered(found: Ranking, row: Row) -> list[tuple[float, bool]]:
    """(chance, whether it is right) of each candidate, the likeliest first."""
    answers = [Candidate(one["text"], (), one["features"]) for one in row["candidates"]]
    pairs = zip(found.chances(answers), (bool(one["exact"]) for one in row["candidates"]), strict=True)
    return sorted(pairs, key=lambda pair: -pair[0])


def refit(files: Sequence[Path], without: Sequence[str], write: bool, alternatives: bool) -> None:
    rows = [json.loads(line) for path in files for line in path.read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if row["kind"] != "block"]
    known = next(one["features"] for row in rows for one in row["candidates"])
    names = [name for name in known if name not in without]
    told = report_beside if alternatives else report

    def fitted(chosen: Sequence[Row]) -> Ranking:
        """Beside the best answer: of the rows where that one is wrong, for else nothing matters."""
        return fit([row for row in chosen if not row.get("first_exact")], names)

    projects = sorted({row["project"] for row in rows})
    tests = {
        project: told(
            fitted([row for row in rows if row["project"] != project]),
            [row for row in rows if row["project"] == project],
        )
        for project in projects
    }
    keys = tests[projects[0]]
    tests["mean"] = {key: round(float(np.mean([one[key] for one in tests.values()])), 4) for key in keys}
    print(json.dumps(tests, indent=1))
    if write:
        found = fitted(rows)
        about = {"rows": len(rows), "left_out": tests}
        entry = {"about": about, "none": found.none, "weights": dict(found.weights)}
        target = Path(ranking.__file__).with_name("alternatives.json" if alternatives else "ranking.json")
        target.write_text(json.dumps(entry, indent=1) + "\n", encoding="utf-8")


def collect_or_fit(about: str | None, seed: int) -> argparse.ArgumentParser:
    """What every script takes that collects rows in one run, and fits to them in another one."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["collect", "fit"])
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--seed", type=int, default=seed)
    parser.add_argument("--write", action="store_true", help="replace what travels with the program")
    return parser


def main() -> None:
    parser = collect_or_fit(__doc__, seed=5)
    parser.add_argument("--sample", type=int, default=150)
    parser.add_argument("--without", nargs="*", default=[], help="features to leave out, to see what they bring")
    parser.add_argument("--alternatives", action="store_true")
    options = parser.parse_args()
    if options.what == "collect":
        collect(
            [path.resolve() for path in options.paths],
            options.out,
            options.sample,
            options.seed,
            3 if options.alternatives else 1,
        )
    else:
        refit(options.paths, options.without, options.write, options.alternatives)


if __name__ == "__main__":
    main()
