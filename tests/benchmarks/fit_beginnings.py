"""Fits the chance that the first word of an answer is right, and says what showing sure ones saves when typing.

Usage: fit_beginnings.py collect ROOT ... --out ROWS.jsonl [--texts N] [--seed S]   types lines, keeps what was answered
       fit_beginnings.py fit ROWS.jsonl ... [--write]    fits; each project is tested by a fit to the others
A git repository's later commits are typed into the state before them, as in `inhouse bench history`; of any other
folder whole statements and short blocks are taken out and typed again. At each key the pipeline is asked and nothing
is accepted, so that the simulated user can then type them again under any rule of what is shown.
The projects must be neither trained on nor used to report figures.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from fit_ranking import collect_or_fit, fit
from screen import counts
from typed_rows import At, Row, positions_of
from within import within

from inhouse.completion import Assistant, CompletionRequest, Settings, beginnings, display
from inhouse.completion.answers import Answers
from inhouse.completion.cursor import cursor_of
from inhouse.completion.items import Aids
from inhouse.completion.ranking import Ranking
from inhouse.completion.shape import shape
from inhouse.context import Project
from inhouse.model import CancelFlag, Fill
from inhouse.model.engine import LlamaEngine
from inhouse.model.store import resolve
from inhouse.replay.arrival import ghost_of
from inhouse.replay.cases import Case, sample
from inhouse.replay.checkout import Checkout, folder_for
from inhouse.replay.git import Git, GitError
from inhouse.replay.history import base_lines_of, cut
from inhouse.replay.typist import Typed, Typist

RULES = ((0.1, 0.5, 0.5), (0.25, 0.5, 0.5), (0.25, 0.6, 0.6), (0.25, 0.7, 0.7), (0.4, 0.7, 0.0), (0.1, 0.6, 0.6))
"""Other rules tried: least chances of the line, of the beginning, and of a line's first word."""
NEVER = 2.0
TYPED_KINDS = ("statement", "block")
_COMMITS = 150
"""Of a history; the state before them is indexed."""
_MOST_CHARACTERS = 400
"""Of a text; longer ones would outweigh the others."""
_KINDS = 7
"""Kinds of holes among which `sample` shares out its number."""


@dataclass
class Seen:
    """What stood behind the last answer."""

    fill: Fill | None = None
    aids: Aids | None = None


class Recorder(Answers):
    """Keeps what the answers are made of."""

    def __init__(self, seen: Seen) -> None:
        super().__init__()
        self._seen = seen

    def of(self, request: Any, fill: Any, cursor: Any, chunks: Any, model: Any, timings: Any, aids: Any) -> Any:
        self._seen.fill, self._seen.aids = fill, aids
        return super().of(request, fill, cursor, chunks, model, timings, aids)


def collect(roots: Sequence[Path], out: Path, texts: int, seed: int) -> None:
    engine = LlamaEngine(resolve(None), threads=1)
    settings = Settings(show_above=0.0, learning=False, look_ahead=False, suggestion_cache=False)
    seen = Seen()
    with out.open("w", encoding="utf-8") as rows:
        for root in roots:
            name = root.parent.name if root.name == "repo" else root.name
            try:
                folder, found = cases_of(root, texts, seed)
            except GitError as error:
                print(error, file=sys.stderr)
                continue
            assistant = Assistant(settings, engine)
            assistant._pipeline._answers = Recorder(seen)
            assistant.project(folder).refresh()
            assistant.learn(folder)
            for case in found:
                positions = [typed(assistant, folder, case, at, seen) for at in range(len(case.target))]
                row = {
                    "project": name,
                    "id": case.id,
                    "target": case.target,
                    "before": case.prefix[-400:],
                }
                rows.write(json.dumps({**row, "positions": positions}) + "\n")
                rows.flush()
            assistant.close(keep_engine=True)
    engine.close()


def cases_of(root: Path, texts: int, seed: int) -> tuple[Path, list[Case]]:
    """The folder that is indexed, and what is typed there."""
    if (root / "HEAD").exists() or (root / ".git").exists():
        git = Git(root)
        base = git.commits(_COMMITS)[-1]
        checkout = Checkout(git, base, folder_for(root, base))
        with closing(Project(checkout.folder)) as project:
            project.refresh()
            known = base_lines_of(checkout.folder, sorted(project.files()))
        found = cut(git, _COMMITS, texts, known).cases
        return checkout.folder, [case for case in found if len(case.target) <= _MOST_CHARACTERS]
    with closing(Project(root)) as project:
        project.refresh()
        paths = [root / name for name in sorted(project.files())]
    holes = sample(root, paths, texts * _KINDS // len(TYPED_KINDS), seed)
    return root, [case for case in holes if case.kind in TYPED_KINDS]


def typed(assistant: Assistant, root: Path, case: Case, at: int, seen: Seen, lines: int | None = None) -> Row:
    """What is answered behind `at` characters of the target, without the model and with it.

    `lines`: how many are asked for, as by a key; None: as while typing.
    """
    before = case.prefix + case.target[:at]
    text = before + case.suffix
    asked = lines is not None
    request = CompletionRequest(
        root, root / case.path, text, len(before), exclude=case.exclude, invoked=asked, lines=lines
    )
    cursor = cursor_of(request)
    if assistant._refusal(request, cursor):
        return {}
    instant = assistant._quick._instant(request, cursor, assistant.settings, assistant._loaded, CancelFlag())
    seen.fill = seen.aids = None
    answer = assistant._pipeline.complete(assistant._loaded, request, cursor, CancelFlag(), 0.0)
    fill, aids = seen.fill, seen.aids
    assert fill is not None
    assert aids is not None
    compared = aids.compared
    lines = [
        [one.candidate.text, round(one.by_ranking, 5)]
        for one in (compared.lines if compared else ())
        if not shape(one.candidate.text, cursor, tokens=one.candidate.ids).silent  # else the next one is taken
    ]
    begun = [[one.text, one.features] for one in compared.beginnings] if compared else None
    return {
        "instant": [[ghost_of(one, text, len(before)), one.probability] for one in instant.items] if instant else [],
        "items": [[ghost_of(one, text, len(before)), one.probability, one.source] for one in answer.items],
        "silent": answer.silent,
        "place": within(cursor.prefix, request.path).kind,
        "lines": lines if compared else None,
        "beginnings": begun,
        "tokens": [
            [one.text, round(one.probability, 5), round(one.rival_probability, 5), one.id] for one in fill.tokens
        ],
        "agreement": [round(one, 4) for one in aids.agreement([one.id for one in fill.tokens])]
        if aids.agreement
        else [],
    }


def best_of(found: Ranking, positions: Sequence[Row]) -> dict[At, tuple[str, float, bool]]:
    """At each position the likeliest beginning, its chance, and whether it is right."""
    best: dict[At, tuple[str, float, bool]] = {}
    for row in positions:
        chances = beginnings.chances(found, [one["features"] for one in row["candidates"]])
        place = int(np.argmax(chances))
        best[row["at"]] = (row["candidates"][place]["text"], chances[place], row["candidates"][place]["exact"])
    return best


def report(best: Mapping[At, tuple[str, float, bool]]) -> dict[str, float]:
    """How often the likeliest beginnings are right, and whether as often as they say."""
    chance = np.array([one[1] for one in best.values()])
    right = np.array([one[2] for one in best.values()], float)
    bins = np.minimum(9, (chance * 10).astype(int))
    error = sum(abs(float(right[bins == n].sum() - chance[bins == n].sum())) for n in range(10)) / max(1, len(chance))
    sure = chance >= display.least("word", Settings().show_above)
    return {
        "positions": len(chance),
        "right": round(float(right.mean()), 4),
        "sure": round(float(sure.mean()), 4),
        "right_of_sure": round(float(right[sure].mean()), 4) if sure.any() else 0.0,
        "calibration_error": round(error, 4),
    }


@dataclass
class Rule:
    """What is shown: the instant lane's, else a line that is sure enough, else a beginning that is."""

    best: Mapping[At, tuple[str, float, bool]]
    line: float
    beginning: float
    first: float = 0.0
    """Least chance of its first word for a line to be shown."""
    text: Row = field(default_factory=dict[str, Any])

    def ghost(self, typed: str, pause_ms: float) -> str | None:
        """See inhouse.replay.typist.Suggester."""
        position = self.text["positions"][len(typed)]
        if not position:
            return None
        if position["instant"]:
            return str(position["instant"][0][0])
        word, chance, _ = self.best.get((self.text["project"], self.text["id"], len(typed)), ("", 0.0, False))
        items = position["items"]
        if items and items[0][1] >= self.line and (chance >= self.first or not word):
            return str(items[0][0])
        return word if chance >= self.beginning and len(word.strip()) >= display.LEAST_CHARACTERS else None


def typed_by(rule: Rule, texts: Sequence[Row]) -> dict[str, float]:
    """Keys saved and false shows of the simulated user, every answer in time."""
    done: list[Typed] = []
    for text in texts:
        rule.text = text
        done.append(Typist(text["target"], text["before"]).type(rule, lambda: 1000.0))
    by_hand, shows = sum(one.keys_by_hand for one in done), sum(one.shows for one in done)
    return {
        "saved": round(1 - sum(one.keys for one in done) / by_hand, 4),
        "false_shows": round(sum(one.false_shows for one in done) / max(1, shows), 4),
        "shows_per_100_keys": round(100 * shows / by_hand, 2),
    }


def refit(files: Sequence[Path], write: bool) -> None:
    texts = [json.loads(line) for path in files for line in path.read_text(encoding="utf-8").splitlines()]
    positions = positions_of(texts)
    names = list(positions[0]["candidates"][0]["features"])
    projects = sorted({row["project"] for row in positions})
    count = counts(positions, texts)
    best: dict[At, tuple[str, float, bool]] = {}
    about: dict[str, Any] = {"texts": len(texts), "left_out": {}}
    for project in projects:
        others = [(row, one) for row, one in zip(positions, count, strict=True) if row["project"] != project]
        found = fit([row for row, _ in others], names, [one for _, one in others])
        mine = best_of(found, [row for row in positions if row["project"] == project])
        about["left_out"][project] = report(mine)
        best |= mine
    about["left_out"]["all"] = report(best)
    shown = Settings().show_above
    for line, beginning, first in ((shown, NEVER, 0.0), (shown, display.least("word", shown), 0.0), *RULES):
        name = f"line {line}, beginning {beginning}, first word {first}"
        about.setdefault("typed", {})[name] = typed_by(Rule(best, line, beginning, first), texts)
    print(json.dumps(about, indent=1))
    if write:
        whole = fit(positions, names, count)
        entry = {"about": about, "none": whole.none, "weights": dict(whole.weights)}
        target = Path(beginnings.__file__).with_name("beginnings.json")
        target.write_text(json.dumps(entry, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    parser = collect_or_fit(__doc__, seed=9)
    parser.add_argument("--texts", type=int, default=40, help="to type in each package")
    options = parser.parse_args()
    if options.what == "collect":
        collect([path.resolve() for path in options.paths], options.out, options.texts, options.seed)
    else:
        refit(options.paths, options.write)


if __name__ == "__main__":
    main()
