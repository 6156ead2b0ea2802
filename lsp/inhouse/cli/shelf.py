"""`inhouse model pull|use|remove|verify`: models by name. Only `pull` speaks to the network."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from inhouse.cli.errors import Failed, WrongUse
from inhouse.cli.listing import list_models

if TYPE_CHECKING:
    from inhouse.model.catalogue import Choice

Name = Annotated[str, typer.Argument(metavar="NAME", help="NAME or NAME:QUANTISATION, as `inhouse model list` says.")]


def register(app: typer.Typer) -> None:
    """Add the commands to `inhouse model`."""
    app.command("list")(list_models)
    for command in (pull, use, remove, verify):
        app.command()(command)


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
