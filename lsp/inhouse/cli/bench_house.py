"""`inhouse bench conventions`: whether the house's way comes before the foreign one, where the project has its own."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from inhouse.cli.bench_options import Arms, AsJson, Model, Out, Threads, folder_of, known_arms, progress_bar
from inhouse.cli.errors import Failed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inhouse.replay.house import HouseCase
    from inhouse.replay.house_run import HouseSummary
    from inhouse.replay.score import Interval


def house(
    root: Annotated[Path, typer.Option("--root", metavar="DIR", help="The project.")],
    cap: Annotated[int, typer.Option(metavar="N", min=1, help="Most positions of each convention.")] = 10,
    seed: Annotated[int, typer.Option(metavar="S", help="Another seed takes other positions.")] = 1,
    arm: Arms = None,
    model: Model = None,
    threads: Threads = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Ask before calls of the project's own ways, in the file as it is and in a new one, which way comes."""
    from inhouse.cli.settings import settings_for
    from inhouse.model.engine import LlamaEngine
    from inhouse.model.store import resolve
    from inhouse.replay.cases import CaseError
    from inhouse.replay.house_run import HouseRow, house_summaries, run_house
    from inhouse.replay.rows import Rows, run_of

    folder, arms = folder_of(root), known_arms(arm or ["full", "plain"])
    settings = settings_for(None, model=model, threads=threads)
    try:
        rows = Rows(out, run_of(resolve(settings.model), settings, cap, seed))
    except CaseError as error:
        raise Failed(str(error)) from None
    cases = _cut(folder, cap, seed)
    wanted = {(one, case.case.id) for one in arms for case in cases}
    known = [row for raw in rows.finished if ((row := HouseRow.parse(raw)).arm, row.id) in wanted]
    finished = {(row.arm, row.id) for row in known}
    engine = LlamaEngine(resolve(settings.model), context_tokens=settings.context_tokens, threads=threads)
    with closing(engine), progress_bar() as bar:
        task = bar.add_task("asking", total=len(wanted), completed=len(finished))

        def keep(row: HouseRow) -> None:
            rows.add(row.json())
            known.append(row)
            bar.advance(task)

        run_house(settings, engine, folder, cases, arms, finished, keep)
    found = house_summaries(sorted(known, key=lambda row: arms.index(row.arm)))
    if as_json:
        entries = [asdict(one) for one in found]
        typer.echo(json.dumps({"root": str(folder), "model": engine.name, "strata": entries}))
    else:
        _print(found)


def _cut(folder: Path, cap: int, seed: int) -> list[HouseCase]:
    from inhouse.cli.reading import refresh
    from inhouse.context import Project
    from inhouse.replay.cases import copies_of
    from inhouse.replay.house import cut_house, settled_pairs

    with closing(Project(folder)) as project:
        refresh(project)
        pairs = settled_pairs(project.conventions())
        texts = {path: text for path in sorted(project.files()) if (text := project.text(path)) is not None}
    found = cut_house(texts, pairs, cap, seed, copies_of(texts))
    if not found:
        raise Failed(
            f"{folder}: no convention with calls to ask at; `inhouse conventions {folder}` shows what is mined"
        )
    return found


def _print(found: Sequence[HouseSummary]) -> None:
    table = Table(title="which way comes where the project has its own")
    heads = ("stratum", "arm", "cases", "house first", "foreign first", "P(house)/(P(house)+P(foreign))", "likelier")
    for head in (*heads, "odds against the first arm"):
        table.add_column(head, justify="left" if head in ("stratum", "arm") else "right")
    for one in found:
        preferred = "" if one.preferred is None else f"{one.preferred:.1%}"
        table.add_row(
            one.stratum,
            one.arm,
            str(one.cases),
            _told(one.house),
            _told(one.foreign),
            _told(one.odds),
            preferred,
            _told(one.odds_against_first),
        )
    Console(width=None if Console().is_terminal else 180).print(table)


def _told(value: Interval | None) -> str:
    return "" if value is None else f"{value.mean:.1%} [{value.low:.1%}, {value.high:.1%}]"
