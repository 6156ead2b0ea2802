"""`inhouse bench conventions`: whether the house's way comes before the foreign one, where the project has its own."""

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
    Against,
    Arms,
    AsJson,
    Model,
    Out,
    Threads,
    all_rows,
    folder_of,
    known_arms,
)
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
    against: Against = None,
    model: Model = None,
    threads: Threads = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Ask before calls of the project's own ways, in the file as it is and in a new one, which way comes."""
    from inhouse.cli.reading import use_spare
    from inhouse.cli.settings import settings_for
    from inhouse.model.engine import LlamaEngine
    from inhouse.model.store import resolve
    from inhouse.replay.cases import CaseError
    from inhouse.replay.house_run import HouseRow, house_summaries, run_house
    from inhouse.replay.rows import Rows, run_of

    folder, arms = folder_of(root), known_arms(arm or ["full", "plain"])
    rivals = known_arms(against or [])
    use_spare()
    settings = settings_for(None, model=model, threads=threads)
    try:
        rows = Rows(out, run_of(resolve(settings.model), settings, cap, seed, "shown"))
    except CaseError as error:
        raise Failed(str(error)) from None
    cases = _cut(folder, cap, seed)
    with closing(
        LlamaEngine(resolve(settings.model), context_tokens=settings.context_tokens, threads=threads)
    ) as engine:
        run = partial(run_house, settings, engine, folder, cases, arms)
        known = all_rows("asking", rows, arms, [case.case.id for case in cases], HouseRow.parse, run)
    found = house_summaries(known, rivals)
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
    """What comes first in each arm, then the differences to the arms compared with."""
    table = Table(title="which way comes where the project has its own: house, foreign (pattern intrusion)")
    heads = ("stratum", "arm", "cases", "house first", "foreign first", "at most", "shown: house", "shown: foreign")
    for head in (*heads, "P(house)/(P(house)+P(foreign))", "likelier"):
        table.add_column(head, justify="left" if head in ("stratum", "arm") else "right")
    differences = Table(title="differences at the same positions, with 95 % intervals by file")
    for head in ("stratum", "arm", "against", "measure", "difference"):
        differences.add_column(head)
    for one in found:
        preferred = "" if one.preferred is None else f"{one.preferred:.1%}"
        shares = [f"{share:.1%}" for share in (one.foreign_at_most, one.shown_house, one.shown_foreign)]
        told = (_told(one.house), _told(one.foreign), *shares, _told(one.odds), preferred)
        table.add_row(one.stratum, one.arm, str(one.cases), *told)
        for other, measures in one.against.items():
            for measure, gap in measures.items():
                differences.add_row(one.stratum, one.arm, other, measure, _told(gap, "+"))
    console = Console(width=None if Console().is_terminal else 200)
    console.print(table)
    if differences.rows:
        console.print(differences)


def _told(value: Interval | None, sign: str = "") -> str:
    if value is None:
        return ""
    return f"{value.mean:{sign}.1%} [{value.low:{sign}.1%}, {value.high:{sign}.1%}]"
