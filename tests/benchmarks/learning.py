"""Types a repository's later commits with learning on and off, and compares keys saved, kept characters and lengths.

Usage: learning.py REPO [--commits 150] [--hunks 120] [--latency-ms 60] [--follow] [--arm full]. The simulated user
takes only what is right, so what is accepted is kept; ten minutes pass between two pieces of text. What is learnt goes
into a folder that is thrown away. The last line printed is JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from contextlib import closing
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

from inhouse.completion import Settings
from inhouse.context import Project
from inhouse.model.engine import LlamaEngine
from inhouse.model.store import resolve
from inhouse.replay.checkout import Checkout, folder_for
from inhouse.replay.git import Git
from inhouse.replay.history import base_lines_of, cut
from inhouse.replay.history_run import HistoryRun
from inhouse.replay.pupil import watch
from inhouse.replay.typing_run import TypedRow, typed_summaries


def later(rows: list[TypedRow], ids: list[str]) -> list[TypedRow]:
    """Those of the second half of the history, when something has been learnt."""
    second = frozenset(ids[len(ids) // 2 :])
    return [row for row in rows if row.id in second]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("repository", type=Path)
    parser.add_argument("--commits", type=int, default=150)
    parser.add_argument("--hunks", type=int, default=120)
    parser.add_argument("--latency-ms", type=float, default=60.0)
    parser.add_argument("--follow", action="store_true")
    parser.add_argument("--arm", default="full", help="with and without learning; ngram needs no model")
    parser.add_argument("--out", type=Path, help="each row is added to this file as it is ready")
    options = parser.parse_args()
    git = Git(options.repository)
    chain = git.commits(options.commits)
    checkout = Checkout(git, chain[-1], folder_for(git.root, chain[-1]))
    with closing(Project(checkout.folder)) as project:
        project.refresh()
        lines = base_lines_of(checkout.folder, sorted(project.files()))
    history = cut(git, options.commits, options.hunks, lines)
    rows: list[TypedRow] = []

    def keep(row: TypedRow, name: str) -> None:
        rows.append(replace(row, arm=name))
        if options.out:
            with options.out.open("a", encoding="utf-8") as file:
                file.write(json.dumps(rows[-1].json()) + "\n")

    engine = partial(LlamaEngine, resolve(None), threads=1)
    with tempfile.TemporaryDirectory() as data:
        os.environ["INHOUSE_DATA_DIR"] = data
        for learning in (False, True):
            name = "learning" if learning else "off"
            settings = Settings(learning=learning)
            run = HistoryRun(settings, engine, history, checkout, options.latency_ms, options.follow, watch)
            run.type([options.arm], (), lambda row, name=name: keep(row, name))  # type: ignore[misc]
    ids = [case.id for case in history.cases]
    parts = {"all": typed_summaries(rows), "second half": typed_summaries(later(rows, ids))}
    print(json.dumps({name: [asdict(one) for one in found] for name, found in parts.items()}))


if __name__ == "__main__":
    main()
