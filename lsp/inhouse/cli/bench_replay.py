"""`inhouse bench replay`: completes holes in real files and compares with what truly stood there."""

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

from inhouse.cli.bench_history import print_typed
from inhouse.cli.bench_options import (
    Against,
    Arms,
    AsJson,
    LatencyMs,
    Model,
    Out,
    Threads,
    all_rows,
    folder_of,
    known_arms,
)
from inhouse.cli.errors import Failed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from inhouse.completion import Settings
    from inhouse.model import Engine
    from inhouse.replay.cases import Case
    from inhouse.replay.replay import Row
    from inhouse.replay.rows import Rows
    from inhouse.replay.summary import Summary
    from inhouse.replay.typing_run import TypedRow


def replay(
    root: Annotated[Path, typer.Option("--root", metavar="DIR", help="The project whose files are completed again.")],
    cases: Annotated[Path | None, typer.Option(metavar="FILE.jsonl", help="Cases; else they are cut here.")] = None,
    sample: Annotated[int, typer.Option(metavar="N", min=1, help="Holes to cut.")] = 200,
    seed: Annotated[int, typer.Option(metavar="S", help="Another seed cuts other holes.")] = 1,
    arm: Arms = None,
    against: Against = None,
    alternatives: Annotated[int, typer.Option(metavar="N", min=1, max=5, help="Answers to each case.")] = 1,
    typed: Annotated[
        bool, typer.Option("--typed", help="Let a simulated user type the holes, and count keys.")
    ] = False,
    latency_ms: LatencyMs = None,
    model: Model = None,
    threads: Threads = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Complete holes in real files and compare with what truly stood there, with parts of the pipeline switched off."""
    from inhouse.cli.reading import use_spare
    from inhouse.cli.settings import settings_for
    from inhouse.completion.engines import open_engine
    from inhouse.model.store import resolve
    from inhouse.replay.cases import CaseError
    from inhouse.replay.rows import Rows, run_of
    from inhouse.replay.summary import summaries
    from inhouse.replay.typing_run import typed_summaries

    folder, arms = folder_of(root), known_arms(arm or ["full", "plain"])
    rivals = known_arms(against or [])
    use_spare()
    settings = settings_for(None, model=model, threads=threads)
    run = run_of(resolve(settings.model), settings, alternatives)
    try:
        rows = Rows(out, run)
        keys = Rows(out.with_suffix(".typed.jsonl") if out else None, f"{run} {latency_ms}")
        chosen = _cases(folder, cases, sample, seed)
    except CaseError as error:
        raise Failed(str(error)) from None
    with closing(open_engine(settings)) as engine:
        answers = _answer(settings, engine, folder, chosen, arms, alternatives, rows)
    pressed = _type(settings, folder, chosen, arms, latency_ms, keys) if typed else []
    found, saved = summaries(answers, rivals), typed_summaries(pressed, rivals)
    if as_json:
        entries = [asdict(one) for one in found]
        report = {"root": str(folder), "model": engine.name, "arms": entries, "typed": [asdict(one) for one in saved]}
        typer.echo(json.dumps(report))
    else:
        print_replay(found, several=alternatives > 1)
        if saved:
            print_typed(saved, f"{len(chosen)} holes typed")
        else:
            _console().print("keys saved: counted with --typed")


def _answer(
    settings: Settings,
    engine: Engine,
    folder: Path,
    cases: Sequence[Case],
    arms: Sequence[str],
    alternatives: int,
    rows: Rows,
) -> list[Row]:
    from inhouse.replay.replay import Replay, Row

    def run(finished: set[tuple[str, str]], keep: Callable[[Row], None]) -> None:
        Replay(settings, engine, folder, arms, alternatives, finished).run(cases, keep)

    return all_rows("replaying", rows, arms, [case.id for case in cases], Row.parse, run)


def _type(
    settings: Settings,
    folder: Path,
    cases: Sequence[Case],
    arms: Sequence[str],
    latency_ms: float | None,
    rows: Rows,
) -> list[TypedRow]:
    from inhouse.completion.engines import open_engine
    from inhouse.replay.typing_run import TypedRow, type_cases

    run = partial(type_cases, settings, partial(open_engine, settings), folder, cases, arms, latency_ms)
    return all_rows("typing", rows, arms, [case.id for case in cases], TypedRow.parse, run)


def _cases(folder: Path, file: Path | None, sample: int, seed: int) -> list[Case]:
    from inhouse.cli.reading import refresh
    from inhouse.context import Project
    from inhouse.replay import cases

    if file is not None:
        chosen = cases.read_cases(file, folder)
    else:
        with closing(Project(folder)) as project:
            refresh(project)
            paths = [folder / name for name in sorted(project.files())]
        chosen = cases.sample(folder, paths, sample, seed)
    if not chosen:
        raise Failed(f"{folder}: no cases to replay; name a folder with source files of 20 lines or more")
    return chosen


def print_replay(found: Sequence[Summary], *, several: bool) -> None:
    """Exact match by kind, then what is shown, then the differences to the arms compared with; a row an arm.

    `several`: whether alternatives were asked for; else any of them is the answer itself.
    """
    kinds = list(found[0].exact_by_kind) if found else []
    shares: list[tuple[str, Callable[[Summary], float]]] = [("exact", lambda one: one.exact)]
    shares += [(kind, partial(_of_kind, kind)) for kind in kinds]
    _print_table(found, f"{found[0].cases if found else 0} cases; exact match of the rest of the line", shares)
    _print_table(
        found,
        "names and what is shown",
        [
            *([("any", lambda one: one.any_exact)] if several else []),
            ("similar", lambda one: one.similarity),
            ("names F1", lambda one: one.identifier_f1),
            ("first name", lambda one: one.first_identifier),
            ("shown", lambda one: one.shown),
            ("right of shown", lambda one: one.precision_shown),
            ("ECE", lambda one: one.calibration_error),
            ("intruded", lambda one: one.intrusion),
            ("house kept", lambda one: one.house_kept),
            ("invented, shown", lambda one: one.invented_shown),
            ("p50 ms", lambda one: one.ms_p50),
            ("p95 ms", lambda one: one.ms_p95),
        ],
    )
    differences = Table(title="differences on the same cases, with 95 % intervals by file")
    for head in ("arm", "against", "measure", "difference"):
        differences.add_column(head)
    for one in found:
        for other, measures in one.against.items():
            for measure, gap in measures.items():
                if measure == "any_exact" and not several:
                    continue
                differences.add_row(one.arm, other, measure, f"{gap.mean:+.1%} [{gap.low:+.1%}, {gap.high:+.1%}]")
    if differences.rows:
        _console().print(differences)


def _of_kind(kind: str, one: Summary) -> float:
    return one.exact_by_kind.get(kind, 0.0)


def _print_table(
    found: Sequence[Summary], title: str, columns: Sequence[tuple[str, Callable[[Summary], float]]]
) -> None:
    table = Table(title=title)
    table.add_column("arm")
    for head, _ in columns:
        table.add_column(head, justify="right")
    for one in found:
        cells = [f"{read(one):.0f}" if head.endswith(" ms") else f"{read(one):.1%}" for head, read in columns]
        table.add_row(one.arm, *cells)
    _console().print(table)


def _console() -> Console:
    return Console(width=None if Console().is_terminal else 180)
