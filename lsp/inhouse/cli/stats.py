"""`inhouse stats` and `inhouse forget`: what became of suggestions on this machine, and wiping what was learnt."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer

from inhouse.cli.errors import WrongUse
from inhouse.cli.say import say

Row = tuple[str, int, float, float, str, int]
"""Source, characters, probability, milliseconds, outcome, accepted characters: as the store gives them."""
Kept = dict[int, tuple[int, int]]
"""By seconds: characters kept, characters there were."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one project, or of all together."""

    root: str | None
    shown: int
    accepted: int
    """As a whole."""
    accepted_in_part: int
    deleted: int
    """Accepted, as a whole or in part, and nothing of it was left later; not among those above."""
    typed: int
    """By hand to their end."""
    typed_over: int
    ignored: int
    accepted_characters: int
    kept_after_s: dict[int, float]
    """Share of the accepted suggestions' characters, white space apart, that is still there; by seconds."""
    sources: dict[str, int]
    ms_p50: float | None
    """From request to answer, in milliseconds."""
    ms_p95: float | None
    offsets: dict[str, float]
    """Logits by which the project corrects the chances, by the model."""


def stats(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Say what was shown, accepted and kept on this machine; nothing of it ever leaves."""
    from inhouse.completion.learning import data_folder

    projects, total = _collect()
    if as_json:
        entry = {"folder": str(data_folder()), "total": asdict(total), "projects": [asdict(one) for one in projects]}
        say(json.dumps(entry))
        return
    say(describe(total))
    for one in projects:
        say(f"\n{one.root}")
        say(describe(one))
    say(f"\nkept in {data_folder()}; `inhouse forget` wipes it")


def forget(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="The project's folder; without it, all projects.")
    ] = None,
) -> None:
    """Wipe what was learnt in a project, or in all of them."""
    from inhouse.completion.learning import data_folder, database_of
    from inhouse.completion.learning import forget as wipe

    if folder is None:
        databases = sorted({path.with_suffix(".sqlite") for path in data_folder().glob("*.*")})
    else:
        database = database_of(folder.resolve())
        if not database.exists():
            raise WrongUse(f"{folder}: nothing was learnt there; `inhouse stats` lists the projects")
        databases = [database]
    for database in databases:
        wipe(database)
    say(f"forgotten: {len(databases)} project{'' if len(databases) == 1 else 's'}")


def describe(figures: Figures) -> str:
    """The figures for people."""
    if not figures.shown:
        return "shown      nothing yet"
    share = figures.accepted / figures.shown
    deleted = f", {figures.deleted:,} deleted again" if figures.deleted else ""
    lines = [
        f"shown      {figures.shown:,} ({', '.join(f'{name} {count:,}' for name, count in figures.sources.items())})",
        f"accepted   {figures.accepted:,} ({share:.0%}), {figures.accepted_in_part:,} more in part{deleted}; "
        f"{figures.accepted_characters:,} characters",
        f"not taken  {figures.typed_over:,} typed over, {figures.typed:,} typed by hand, {figures.ignored:,} left",
    ]
    if figures.kept_after_s:
        kept = ", ".join(f"{share:.0%} after {seconds} s" for seconds, share in figures.kept_after_s.items())
        lines.append(f"kept       {kept}")
    if figures.ms_p50 is not None:
        lines.append(f"latency    {figures.ms_p50:.0f} ms median, {figures.ms_p95:.0f} ms for one in twenty")
    return "\n".join(lines)


def _collect() -> tuple[list[Figures], Figures]:
    """(of each project, of all together)."""
    from inhouse.completion.learning import Store, stored_roots

    found: list[Figures] = []
    every: list[Row] = []
    kept: Counter[int] = Counter()
    sizes: Counter[int] = Counter()
    for root, _ in stored_roots():
        store = Store(root)
        rows, looks = store.shown(), store.kept()
        own = {at: (count, size) for at, (_, count, size) in looks.items()}
        found.append(
            _figures(str(root), rows, own, {name: round(one.offset, 4) for name, one in store.calibrations().items()})
        )
        store.close()
        every += rows
        kept.update({at: count for at, (_, count, _) in looks.items()})
        sizes.update({at: size for at, (_, _, size) in looks.items()})
    return found, _figures(None, every, {at: (kept[at], sizes[at]) for at in sorted(sizes)}, {})


def _figures(root: str | None, rows: Sequence[Row], kept: Kept, offsets: dict[str, float]) -> Figures:
    import numpy as np

    outcomes = Counter(row[4] for row in rows)
    times = [row[3] for row in rows]
    p50, p95 = np.percentile(times, [50, 95]) if times else (None, None)
    return Figures(
        root=root,
        shown=len(rows),
        accepted=outcomes["accepted"],
        accepted_in_part=outcomes["line"] + outcomes["word"],
        deleted=outcomes["deleted"],
        typed=outcomes["typed"],
        typed_over=outcomes["typed over"],
        ignored=outcomes["ignored"],
        accepted_characters=sum(row[5] for row in rows),
        kept_after_s={at: round(count / size, 4) for at, (count, size) in kept.items() if size},
        sources=dict(Counter(row[0] for row in rows)),
        ms_p50=round(float(p50), 1) if p50 is not None else None,
        ms_p95=round(float(p95), 1) if p95 is not None else None,
        offsets=offsets,
    )
