"""What the commands of `inhouse bench` share: options, arms, the progress bar. Measures nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from inhouse.cli.errors import WrongUse

Model = Annotated[str | None, typer.Option(metavar="M", help="A name or a GGUF file; else the one in use.")]
Threads = Annotated[int | None, typer.Option(metavar="N", min=1, help="Threads; else by the load of the machine.")]
Arms = Annotated[list[str] | None, typer.Option("--arm", metavar="ARM", help="May be given several times.")]
Against = Annotated[
    list[str] | None, typer.Option("--against", metavar="ARM", help="Compare with this arm too, besides the first.")
]
LatencyMs = Annotated[
    float | None, typer.Option(metavar="MS", min=0, help="Of every answer typed for; else as fast as they really come.")
]
Out = Annotated[
    Path | None, typer.Option(metavar="FILE.jsonl", help="Keep every row here; what is there is not done again.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def folder_of(root: Path) -> Path:
    """The project's folder. Raises WrongUse."""
    if not root.is_dir():
        raise WrongUse(f"{root}: is not a directory; --root names the project's folder")
    return root.resolve()


def known_arms(arms: Sequence[str]) -> list[str]:
    """The arms, each once. Raises WrongUse."""
    from inhouse.replay.arms import ARMS

    if unknown := [name for name in arms if name not in ARMS]:
        raise WrongUse(f"--arm {unknown[0]}: known are {', '.join(ARMS)}")
    return list(dict.fromkeys(arms))


def progress_bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)
