"""`inhouse bench`: how fast and how good the answers are, on this machine and on any project."""

from __future__ import annotations

import json
import time
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from inhouse.cli.bench_history import history
from inhouse.cli.bench_options import AsJson, Model, Threads, folder_of, known_arms, progress_bar
from inhouse.cli.errors import Failed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inhouse.completion import Assistant
    from inhouse.replay.cases import Case
    from inhouse.replay.latency import LatencyFigures
    from inhouse.replay.replay import Row, Summary

app = typer.Typer(help="Measure speed and quality on this machine and on your own project.", no_args_is_help=True)
app.command()(history)

Root = Annotated[Path, typer.Option("--root", metavar="DIR", help="The project whose files are typed again.")]


@app.command()
def latency(
    root: Root,
    model: Model = None,
    threads: Threads = None,
    keystrokes: Annotated[int, typer.Option(metavar="N", min=1, help="Keys to press.")] = 600,
    seed: Annotated[int, typer.Option(metavar="S", help="Another seed types other places.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Type real code again, key by key, and time every answer. The last line is one JSON object."""
    from inhouse.cli.reading import prepare
    from inhouse.cli.settings import settings_for
    from inhouse.completion import Assistant
    from inhouse.model.store import resolve
    from inhouse.model.threads import physical_cores
    from inhouse.replay.latency import measure
    from inhouse.replay.typing_session import session

    folder = folder_of(root)
    settings = settings_for(None, model=model, threads=threads)
    model_bytes = resolve(settings.model).stat().st_size
    with closing(Assistant(settings)) as assistant:
        started = time.perf_counter()
        assistant.load()
        load_ms = (time.perf_counter() - started) * 1000
        prepare(assistant, folder)
        keys = list(session(_files(assistant, folder), keystrokes, seed))
        if not keys:
            raise Failed(f"{folder}: no source file of 40 lines or more to type in; name another folder")
        with progress_bar() as bar:
            task = bar.add_task("typing", total=len(keys))
            figures = measure(
                assistant,
                folder,
                keys,
                load_ms,
                model_bytes,
                threads or physical_cores(),
                lambda done: bar.update(task, completed=done),
            )
    _remember(resolve(settings.model), figures, threads or physical_cores(), settings.gpu_layers)
    if not as_json:
        _print_latency(figures)
    typer.echo(json.dumps(figures.json()))


@app.command()
def replay(
    root: Root,
    cases: Annotated[Path | None, typer.Option(metavar="FILE.jsonl", help="Cases; else they are cut here.")] = None,
    sample: Annotated[int, typer.Option(metavar="N", min=1, help="Holes to cut.")] = 200,
    seed: Annotated[int, typer.Option(metavar="S", help="Another seed cuts other holes.")] = 1,
    arm: Annotated[list[str] | None, typer.Option(metavar="ARM", help="May be given several times.")] = None,
    alternatives: Annotated[int, typer.Option(metavar="N", min=1, max=5, help="Answers to each case.")] = 1,
    model: Model = None,
    threads: Threads = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE.jsonl", help="Write every answer to this file.")] = None,
    as_json: AsJson = False,
) -> None:
    """Complete holes in real files and compare with what truly stood there, with parts of the pipeline switched off."""
    from inhouse.cli.settings import settings_for
    from inhouse.model.engine import LlamaEngine
    from inhouse.model.store import resolve
    from inhouse.replay.replay import run, summaries

    folder, arms = folder_of(root), known_arms(arm or ["full", "plain"])
    settings = settings_for(None, model=model, threads=threads)
    engine = LlamaEngine(resolve(settings.model), context_tokens=settings.context_tokens, threads=threads)
    with closing(engine):
        chosen = _cases(folder, cases, sample, seed)
        with progress_bar() as bar:
            task = bar.add_task("replaying", total=len(chosen) * len(arms))
            rows = run(
                settings,
                engine,
                folder,
                chosen,
                arms,
                alternatives=alternatives,
                progress=lambda _: bar.advance(task),
            )
    if out is not None:
        _write(out, rows)
    found = summaries(rows)
    if as_json:
        typer.echo(json.dumps({"root": str(folder), "model": engine.name, "arms": [asdict(one) for one in found]}))
    else:
        _print_replay(found)


def _remember(model: Path, figures: LatencyFigures, threads: int, gpu_layers: int) -> None:
    """Keep what was measured: `inhouse model list` recommends by it."""
    from inhouse.model.speeds import Speed, Speeds

    if figures.asked < _LEAST_ANSWERS:
        return
    size = model.stat().st_size
    rate, answer, day = figures.decode_tokens_per_s, figures.answer_ms.p50, time.strftime("%Y-%m-%d")
    Speeds().remember(Speed(model.name, size, rate, answer, threads, gpu_layers, day))


_LEAST_ANSWERS = 20
"""A median of fewer says too little to be remembered."""


def _files(assistant: Assistant, folder: Path) -> Sequence[Path]:
    return [folder / name for name in sorted(assistant.project(folder).files())]


def _cases(folder: Path, file: Path | None, sample: int, seed: int) -> list[Case]:
    from inhouse.context import Project
    from inhouse.replay import cases

    if file is not None:
        try:
            chosen = cases.read_cases(file, folder)
        except cases.CaseError as error:
            raise Failed(str(error)) from None
    else:
        from inhouse.cli.reading import refresh

        with closing(Project(folder)) as project:
            refresh(project)
            paths = [folder / name for name in sorted(project.files())]
        chosen = cases.sample(folder, paths, sample, seed)
    if not chosen:
        raise Failed(f"{folder}: no cases to replay; name a folder with source files of 20 lines or more")
    return chosen


def _write(out: Path, rows: Sequence[Row]) -> None:
    with out.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row.json()) + "\n" for row in rows)


def _print_latency(figures: LatencyFigures) -> None:
    table = Table(title=f"{figures.model}, {figures.keystrokes} keys ({time.strftime('%Y-%m-%d')})")
    for name in ("", "p50", "p95", "max"):
        table.add_column(name, justify="right" if name else "left")
    for label, spread in (
        ("answer, ms", figures.answer_ms),
        ("of it reading the prompt, ms", figures.prefill_ms),
        ("prompt, tokens", figures.prompt_tokens),
        ("of it evaluated, tokens", figures.evaluated_tokens),
        ("written, tokens", figures.decoded_tokens),
    ):
        table.add_row(label, f"{spread.p50:.1f}", f"{spread.p95:.1f}", f"{spread.max:.1f}")
    out = Console()
    out.print(table)
    out.print(
        f"load {figures.load_ms:.0f} ms, first answer {figures.first_answer_ms:.0f} ms, "
        f"{figures.decode_tokens_per_s:.0f} tokens/s, {figures.bandwidth_share:.0%} of the memory's bandwidth"
    )


def _print_replay(found: Sequence[Summary]) -> None:
    table = Table(title=f"{found[0].cases} cases; exact match of the rest of the line, by kind of place")
    kinds = list(found[0].exact_by_kind)
    heads = [
        "arm",
        "exact",
        *kinds,
        "any",
        "similar",
        "names F1",
        "shown",
        "right of shown",
        "ECE",
        "p50 ms",
        "p95 ms",
        f"against {found[0].arm}",
    ]
    for head in heads:
        table.add_column(head, justify="left" if head == "arm" else "right")
    for one in found:
        shares = [one.exact, *(one.exact_by_kind[kind] for kind in kinds), one.any_exact, one.similarity]
        shares += [one.identifier_f1, one.shown, one.precision_shown, one.calibration_error]
        against = one.against_first
        interval = f"{against.mean:+.1%} [{against.low:+.1%}, {against.high:+.1%}]" if against else ""
        table.add_row(
            one.arm, *(f"{share:.1%}" for share in shares), f"{one.ms_p50:.0f}", f"{one.ms_p95:.0f}", interval
        )
    Console(width=180 if not Console().is_terminal else None).print(table)
