"""`inhouse bench history`: types what later commits added into an earlier state of a repository, and counts keys."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from inhouse.cli.bench_options import (
    Arms,
    AsJson,
    LatencyMs,
    Model,
    Out,
    Threads,
    all_rows,
    folder_of,
    known_arms,
    progress_bar,
)
from inhouse.cli.errors import Failed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inhouse.replay.checkout import Checkout
    from inhouse.replay.git import Git
    from inhouse.replay.history import History
    from inhouse.replay.typing_run import TypedSummary


def history(
    root: Annotated[Path, typer.Option("--root", metavar="REPO", help="A git repository, which is only read.")],
    commits: Annotated[int, typer.Option(metavar="N", min=1, help="How far back the earlier state is.")] = 100,
    hunks: Annotated[int, typer.Option(metavar="N", min=1, help="Most pieces of text to type.")] = 100,
    arm: Arms = None,
    latency_ms: LatencyMs = None,
    follow: Annotated[
        bool, typer.Option("--follow", help="Let the index follow the commits as they are typed.")
    ] = False,
    learn: Annotated[
        bool, typer.Option("--learn", help="Learn from what becomes of each suggestion, but in the arm no-learning.")
    ] = False,
    model: Model = None,
    threads: Threads = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Type what later commits added into the state before them, with suggestions, and count the keys saved."""
    from inhouse.cli.reading import use_spare
    from inhouse.cli.settings import settings_for
    from inhouse.completion.engines import open_engine
    from inhouse.model.store import resolve
    from inhouse.replay.cases import CaseError
    from inhouse.replay.git import Git, GitError
    from inhouse.replay.history_run import HistoryRun
    from inhouse.replay.pupil import watch
    from inhouse.replay.rows import Rows, run_of
    from inhouse.replay.typing_run import TypedRow, typed_summaries

    folder, arms = folder_of(root), known_arms(arm or ["full"])
    use_spare()
    settings = settings_for(None, model=model, threads=threads)
    try:
        git = Git(folder)
        found, checkout = _cut(git, commits, hunks)
        model_file = resolve(settings.model)
        rows = Rows(out, run_of(model_file, settings, found.base[:10], latency_ms, follow, learn))
    except (GitError, CaseError) as error:
        raise Failed(str(error)) from None
    pupil, engine = watch if learn else None, partial(open_engine, settings)
    run = partial(HistoryRun(settings, engine, found, checkout, latency_ms, follow, pupil).type, arms)
    done = all_rows("typing", rows, arms, [case.id for case in found.cases], TypedRow.parse, run)
    summaries = typed_summaries(done)
    if as_json:
        entries = [asdict(one) for one in summaries]
        typer.echo(json.dumps({"root": str(folder), "base": found.base, "model": model_file.stem, "arms": entries}))
    else:
        print_typed(summaries, f"{len(found.cases)} pieces of {len(found.changes)} commits after {found.base[:10]}")


def _cut(git: Git, commits: int, hunks: int) -> tuple[History, Checkout]:
    """The texts to type, and the earlier state in a folder of our own, indexed for its names of files."""
    from inhouse.context import Project
    from inhouse.replay.checkout import Checkout, folder_for
    from inhouse.replay.history import base_lines_of, cut

    chain = git.commits(commits)
    checkout = Checkout(git, chain[-1], folder_for(git.root, chain[-1]))
    with closing(Project(checkout.folder)) as project:
        project.refresh()
        lines = base_lines_of(checkout.folder, sorted(project.files()))
    with progress_bar() as bar:
        task = bar.add_task("reading commits", total=None)
        found = cut(git, commits, hunks, lines, lambda done, total: bar.update(task, completed=done, total=total))
    if not found.changes:
        raise Failed(f"{git.root}: nothing that somebody typed in the last {commits} commits; take more with --commits")
    return found, checkout


def print_typed(found: Sequence[TypedSummary], title: str) -> None:
    """Keys saved and false shows, a row an arm."""
    table = Table(title=title)
    heads = ["arm", "keys", "saved", "95 %", "shows", "false", "shows/100 keys", "accepted", "chars/show"]
    for head in [*heads, "all/line/word", "p50 ms", "p95 ms", f"against {found[0].arm}" if found else ""]:
        table.add_column(head, justify="left" if head == "arm" else "right")
    for one in found:
        against = one.against_first
        table.add_row(
            one.arm,
            str(one.keys_by_hand),
            f"{one.saved.mean:.1%}",
            f"[{one.saved.low:.1%}, {one.saved.high:.1%}]",
            str(one.shows),
            f"{one.false_shows:.1%}",
            f"{one.shows_per_100_keys:.1f}",
            f"{one.accepted_chars:.1%}",
            f"{one.chars_per_show:.1f}",
            "/".join(str(count) for count in one.accepts.values()),
            f"{one.ms_p50:.0f}",
            f"{one.ms_p95:.0f}",
            f"{against.mean:+.1%} [{against.low:+.1%}, {against.high:+.1%}]" if against else "",
        )
    console = Console(width=None if Console().is_terminal else 180)
    console.print(table)
    for one in found:
        for other, gap in one.against.items():
            console.print(f"{one.arm} against {other}: {gap.mean:+.1%} [{gap.low:+.1%}, {gap.high:+.1%}] of the keys")
