"""`inhouse bench`: how fast and how good the answers are, on this machine and on any project."""

from __future__ import annotations

import json
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from inhouse.cli.bench_history import history
from inhouse.cli.bench_house import house
from inhouse.cli.bench_options import AsJson, Model, Threads, folder_of, progress_bar
from inhouse.cli.bench_replay import replay
from inhouse.cli.errors import Failed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inhouse.completion import Assistant, Settings
    from inhouse.replay.latency import LatencyFigures

app = typer.Typer(help="Measure speed and quality on this machine and on your own project.", no_args_is_help=True)
app.command()(replay)
app.command()(history)
app.command("conventions")(house)

Root = Annotated[Path, typer.Option("--root", metavar="DIR", help="The project whose files are typed again.")]


@app.command()
def latency(
    root: Root = Path(),
    model: Model = None,
    threads: Threads = None,
    keystrokes: Annotated[int, typer.Option(metavar="N", min=1, help="Keys to press.")] = 600,
    seed: Annotated[int, typer.Option(metavar="S", help="Another seed types other places.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Type real code again, key by key, and time every answer. The last line is one JSON object."""
    from inhouse.cli.reading import prepare, use_spare
    from inhouse.cli.settings import settings_for
    from inhouse.completion import Assistant
    from inhouse.model.store import resolve
    from inhouse.model.threads import physical_cores
    from inhouse.replay.latency import measure
    from inhouse.replay.typing_session import session

    folder = folder_of(root)
    use_spare()
    settings = settings_for(None, model=model, threads=threads, engine="embedded" if model else None)
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
                settings.threads or physical_cores(),
                lambda done: bar.update(task, completed=done),
            )
    remember(settings, figures)
    if not as_json:
        _print_latency(figures)
    typer.echo(json.dumps(figures.json()))


def remember(settings: Settings, figures: LatencyFigures) -> None:
    """Keep what was measured: `inhouse model list` recommends by it. A server's speed says nothing of this machine."""
    from inhouse.model.speeds import Speed, Speeds
    from inhouse.model.store import resolve
    from inhouse.model.threads import physical_cores

    if figures.asked < _LEAST_ANSWERS or settings.engine != "embedded":
        return
    model, threads = resolve(settings.model), settings.threads or physical_cores()
    size = model.stat().st_size
    rate, answer, day = figures.decode_tokens_per_s, figures.answer_ms, time.strftime("%Y-%m-%d")
    Speeds().remember(Speed(model.name, size, rate, answer.p50, threads, settings.gpu_layers, day, answer.p95))


_LEAST_ANSWERS = 20
"""A median of fewer says too little to be remembered."""


def _files(assistant: Assistant, folder: Path) -> Sequence[Path]:
    return [folder / name for name in sorted(assistant.project(folder).files())]


def _print_latency(figures: LatencyFigures) -> None:
    table = Table(title=f"{figures.model}, {figures.keystrokes} keys ({time.strftime('%Y-%m-%d')})")
    for name in ("", "p50", "p95", "max"):
        table.add_column(name, justify="right" if name else "left")
    for label, spread in (
        ("answer by the model, ms", figures.answer_ms),
        ("of these, suggestions shown, ms", figures.suggestion_ms),
        ("first token, ms", figures.first_token_ms),
        ("answer at any key, ms", figures.every_answer_ms),
        ("of it reading the prompt, ms", figures.prefill_ms),
        ("prompt, tokens", figures.prompt_tokens),
        ("of it evaluated, tokens", figures.evaluated_tokens),
        ("written, tokens", figures.decoded_tokens),
    ):
        table.add_row(label, f"{spread.p50:.1f}", f"{spread.p95:.1f}", f"{spread.max:.1f}")
    out = Console()
    out.print(table)
    out.print(
        f"load {figures.load_ms:.0f} ms, first answer {figures.first_answer_ms:.0f} ms (cold start "
        f"{figures.cold_start_ms:.0f} ms), {figures.accepted_tokens} of {figures.drafted_tokens} drafted tokens right, "
        f"{figures.decode_tokens_per_s:.0f} tokens/s, {figures.bandwidth_share:.0%} of the memory's bandwidth"
    )
