"""`inhouse model list|pull|use|remove|verify`: models by name. Only `pull` speaks to the network."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn
from rich.table import Table

from inhouse.cli.errors import Failed, WrongUse

if TYPE_CHECKING:
    from inhouse.model.catalogue import Choice
    from inhouse.model.fit import Fit
    from inhouse.model.shelf import Held

Name = Annotated[str, typer.Argument(metavar="NAME", help="NAME or NAME:QUANTISATION, as `inhouse model list` says.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def register(app: typer.Typer) -> None:
    """Add the commands to `inhouse model`."""
    app.command("list")(list_models)
    for command in (pull, use, remove, verify):
        app.command()(command)


def list_models(as_json: AsJson = False) -> None:
    """List the models by name: what is here, what fits this machine, and how fast each was or should be."""
    from inhouse.model.catalogue import choices
    from inhouse.model.fit import fit, recommended, settings_for, this_machine
    from inhouse.model.shelf import Shelf
    from inhouse.model.speeds import Speeds

    shelf, machine, speeds = Shelf(), this_machine(), Speeds()
    here = {held.name: held for held in shelf.held()}
    fits: list[Fit] = []
    for choice in choices():
        held = here.get(choice.name)
        fits.append(fit(choice, machine, speeds.of(held.path) if held else None))
    best = recommended(fits)
    rows = [_row(one, here.pop(one.choice.name, None), best, shelf.chosen()) for one in fits]
    rows += [_own_row(held, shelf.chosen()) for held in here.values()]
    advice = settings_for(best, machine) if best else None
    if as_json:
        typer.echo(json.dumps({"models": rows, "chosen": shelf.chosen(), "recommended": advice}))
        return
    _print(rows)
    if advice:
        words = ", ".join(f"{name} = {json.dumps(value)}" for name, value in advice.items())
        typer.echo(f"For this machine: inhouse model pull {advice['model']}; settings: {words}")
    else:
        typer.echo("For this machine: the embedded core; no larger one would answer in time")


def _row(one: Fit, held: Held | None, best: Fit | None, chosen: str | None) -> dict[str, Any]:
    entry, file = one.choice.entry, one.choice.file
    size = held.bytes if held else file.bytes
    return {
        "name": one.choice.name,
        "title": entry.title,
        "parameters": entry.parameters,
        "quantisation": file.quantisation,
        "bytes": size,
        "bytes_estimated": None if size else one.choice.about_bytes,
        "memory_bytes": one.memory_bytes,
        "licence": entry.licence,
        "open": entry.open,
        "family": entry.family,
        "repository": file.repository,
        "revision": held.revision if held else file.revision,
        "sha256": held.sha256 if held else file.sha256,
        "here": held is not None and held.is_whole,
        "damaged": held is not None and not held.is_whole,
        "chosen": chosen == one.choice.name,
        "fits": one.verdict,
        "tokens_per_s": round(one.tokens_per_s, 1),
        "answer_ms": round(one.answer_ms),
        "measured": one.measured,
        "recommended": one is best,
    }


def _own_row(held: Held, chosen: str | None) -> dict[str, Any]:
    """A file that no catalogue knows."""
    return {
        "name": held.name,
        "bytes": held.bytes,
        "sha256": held.sha256,
        "here": held.is_whole,
        "damaged": not held.is_whole,
        "chosen": chosen == held.name,
    }


def _print(rows: list[dict[str, Any]]) -> None:
    table = Table(title="Models (~ estimated; * recommended here; > in use)")
    for head in ("", "name", "size", "memory", "tokens/s", "answer", "fits", "here", "licence"):
        table.add_column(head, justify="right" if head in ("size", "memory", "tokens/s", "answer") else "left")
    for row in rows:
        known, mark = "fits" in row, ">" if row["chosen"] else "*" if row.get("recommended") else ""
        guess = "" if row.get("measured") else "~"
        size = row["bytes"] or row["bytes_estimated"]
        table.add_row(
            mark,
            row["name"],
            f"{'' if row['bytes'] else '~'}{size / 1e9:.2f} GB",
            f"~{row['memory_bytes'] / 1e9:.1f} GB" if known else "",
            f"{guess}{row['tokens_per_s']:.0f}" if known else "",
            f"{guess}{row['answer_ms']} ms" if known else "",
            row.get("fits", ""),
            "damaged" if row["damaged"] else "yes" if row["here"] else "",
            row.get("licence", "unknown"),
        )
    Console(width=150 if not Console().is_terminal else None).print(table)


def pull(
    name: Name,
    accept_licence: Annotated[bool, typer.Option("--accept-licence", help="You have read its licence.")] = False,
    select: Annotated[bool, typer.Option("--use", help="Use it from now on.")] = False,
) -> None:
    """Fetch a model from the hub. An interrupted pull goes on where it stopped."""
    from inhouse.model.catalogue import find
    from inhouse.model.hub import HuggingFace
    from inhouse.model.pull import pull as fetch
    from inhouse.model.shelf import Shelf

    choice, shelf = find(name), Shelf()
    _licence(choice, accept_licence)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    console = Console(stderr=True)
    with Progress(
        *columns, TimeRemainingColumn(), console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task(choice.name, total=None)
        hub = HuggingFace()
        held = fetch(choice, shelf, hub, progress=lambda here, size: bar.update(task, completed=here, total=size))
    typer.echo(f"{held.path} ({held.bytes / 1e6:.1f} MB; checksum as the {held.stated_by} states it)")
    if select:
        use(choice.name)
    else:
        typer.echo(f"To use it: inhouse model use {choice.name}")


def _licence(choice: Choice, accepted: bool) -> None:
    """Show the licence; one that is not open must be accepted."""
    entry = choice.entry
    typer.echo(f"{entry.title}: {entry.licence}{f', {entry.licence_url}' if entry.licence_url else ''}")
    if entry.open or accepted:
        return
    if not sys.stdin.isatty():
        raise WrongUse(f"{choice.name}: its licence is not open; read it, then give --accept-licence")
    typer.confirm("Have you read this licence, and do you accept it?", abort=True)


def use(name: Annotated[str, typer.Argument(metavar="NAME", help="A model's name, a GGUF file, or embedded.")]) -> None:
    """Choose the model that completes from now on, unless a setting says otherwise."""
    from inhouse.completion.configuration import configured
    from inhouse.model.families import fim_tokens
    from inhouse.model.gguf import read_header
    from inhouse.model.shelf import Shelf
    from inhouse.model.store import EMBEDDED, embedded_core, resolve

    shelf = Shelf()
    if name == EMBEDDED:
        shelf.choose(None)
        path = embedded_core().path
    else:
        path = resolve(name, shelf).absolute()
        fim_tokens(read_header(path))
        held = shelf.get(name)
        shelf.choose(held.name if held else str(path))
    typer.echo(f"From now on: {path}")
    setting = configured().settings.model
    if setting is not None:
        typer.echo(f"inhouse: but the setting model = {setting!r} wins over this choice; take it out", err=True)


def remove(name: Name) -> None:
    """Delete a model that was fetched, or what an interrupted pull has left."""
    from inhouse.model.catalogue import find
    from inhouse.model.shelf import Shelf

    shelf = Shelf()
    held = shelf.get(name)
    if held is not None:
        shelf.remove(held)
        typer.echo(f"removed {held.path} ({held.bytes / 1e6:.1f} MB)")
        return
    left = shelf.folder / find(name).folder
    if not left.is_dir():
        raise Failed(f"{name}: not on this machine")
    shelf.remove_folder(left)
    typer.echo(f"removed what a pull had left in {left}")


def verify(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Else all, and the embedded core.")] = None,
) -> None:
    """Compare models with their checksums. A file that you put there yourself gets one to compare with later."""
    from inhouse.model import ModelError
    from inhouse.model.catalogue import choices
    from inhouse.model.shelf import Shelf
    from inhouse.model.store import embedded_core
    from inhouse.model.store import verify as verify_core

    shelf = Shelf()
    pinned = {one.folder: one.file.sha256 for one in choices()}
    if name is None:
        verify_core(core := embedded_core())
        typer.echo(f"{core.path}: right")
    failures: list[str] = []
    for one in [shelf.must_get(name)] if name else shelf.held():
        try:
            held = shelf.verify(one.name, pinned.get(Path(one.path).parent.name))
        except ModelError as error:
            failures.append(str(error))
            continue
        sure = "nobody has stated a checksum to compare with; noted" if held.stated_by == "nobody" else "right"
        typer.echo(f"{held.path}: {sure} ({held.sha256})")
    if failures:
        raise Failed("; ".join(failures))
