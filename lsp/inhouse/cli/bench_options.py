"""What the commands of `inhouse bench` share: options, arms, the progress bar. Measures nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Protocol, TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from inhouse.cli.errors import WrongUse

if TYPE_CHECKING:
    from inhouse.replay.rows import Rows

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


class _Row(Protocol):
    """What was found of one case in one arm."""

    @property
    def arm(self) -> str: ...

    @property
    def id(self) -> str: ...

    def json(self) -> Mapping[str, object]: ...


R = TypeVar("R", bound=_Row)


def all_rows(
    label: str,
    rows: Rows,
    arms: Sequence[str],
    ids: Iterable[str],
    parse: Callable[[dict[str, Any]], R],
    run: Callable[[set[tuple[str, str]], Callable[[R], None]], object],
) -> list[R]:
    """A row for each case in each arm, by the order of the arms: kept from an earlier run, or made by `run`.

    That gets the (arm, id) that are there already, and what takes a new row.
    """
    wanted = {(arm, one) for one in ids for arm in arms}
    known = [row for raw in rows.finished if ((row := parse(raw)).arm, row.id) in wanted]
    finished = {(row.arm, row.id) for row in known}
    with progress_bar() as bar:
        task = bar.add_task(label, total=len(wanted), completed=len(finished))

        def keep(row: R) -> None:
            rows.add(row.json())
            known.append(row)
            bar.advance(task)

        run(finished, keep)
    return sorted(known, key=lambda row: arms.index(row.arm))


def progress_bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)
