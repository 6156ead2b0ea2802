"""`inhouse model list`: which models there are, what is here and in use, and how each suits this machine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from inhouse.model.fit import Fit, Machine, Suits
    from inhouse.model.shelf import Held, Shelf
    from inhouse.model.speeds import Speeds


def list_models(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False) -> None:
    """List the models by name: what is here, what fits this machine, and how fast each was or should be."""
    from inhouse.model.catalogue import choices
    from inhouse.model.fit import fit, recommended, settings_for, this_machine
    from inhouse.model.shelf import Held, Shelf
    from inhouse.model.speeds import Speeds

    shelf, machine, speeds = Shelf(), this_machine(), Speeds()
    here, wanted = {held.name: held for held in shelf.held()}, _in_use(shelf)
    fits: list[Fit] = []
    for choice in choices():
        held = here.get(choice.name)
        fits.append(fit(choice, machine, speeds.of(held.path) if held else ()))
    best = recommended(fits)
    rows = [_embedded_row(machine, speeds, wanted, best)]
    rows += [_row(one, here.pop(one.choice.name, None), best, wanted) for one in fits]
    rows += [_own_row(held, machine, speeds, wanted) for held in here.values()]
    if not any(row["chosen"] for row in rows) and (file := Path(wanted).expanduser()).is_file():
        rows.append(_own_row(Held(wanted, file, file.stat().st_size), machine, speeds, wanted))
    advice = settings_for(best, machine) if best else None
    if as_json:
        told = {"models": rows, "chosen": shelf.chosen(), "recommended": advice}
        typer.echo(json.dumps({**told, "threads": machine.cores, "battery": machine.on_battery}))
        return
    _print(rows)
    if advice:
        words = ", ".join(f"{name} = {json.dumps(value)}" for name, value in advice.items())
        typer.echo(f"For this machine: inhouse model pull {advice['model']}; settings: {words}")
    else:
        typer.echo("For this machine: the embedded core; no larger one would answer in time")
    if not (advice and "threads" in advice):
        typer.echo(f"Threads: {machine.cores} by themselves, one fewer while others keep a core busy; leave them alone")
    if machine.on_battery:
        typer.echo(f"On battery: only what answers in {machine.budget_ms:.0f} ms fits; look again when plugged in")


def _in_use(shelf: Shelf) -> str:
    """The model that completes: a setting's, else what was chosen, else the embedded core; a name or a path."""
    from inhouse.completion.configuration import configured
    from inhouse.model.store import EMBEDDED

    wanted = configured(Path.cwd()).settings.model or shelf.chosen() or EMBEDDED
    held = shelf.get(wanted)
    return held.name if held else wanted


def _embedded_row(machine: Machine, speeds: Speeds, wanted: str, best: Fit | None) -> dict[str, Any]:
    """The core that travels with the program; damaged where its file is gone."""
    from inhouse.model import ModelError
    from inhouse.model.store import EMBEDDED, embedded_core

    row = {"name": EMBEDDED, "title": "the core that travels with inhouse", "licence": "Apache-2.0", "open": True}
    row |= {"chosen": wanted == EMBEDDED, "recommended": best is None}
    try:
        core = embedded_core()
        size = core.path.stat().st_size
    except (ModelError, OSError):
        return {**row, "bytes": 0, "sha256": None, "here": False, "damaged": True}
    facts = _file_facts(core.path, size, machine, speeds)
    return {**row, **facts, "sha256": core.sha256, "here": True, "damaged": False}


def _file_facts(path: Path, size: int, machine: Machine, speeds: Speeds) -> dict[str, Any]:
    """How a file outside of the catalogue suits the machine; its quantisation is known by its name alone."""
    from inhouse.model.catalogue import BITS_PER_WEIGHT
    from inhouse.model.fit import suits

    name = path.name.upper()
    quantisation = next((one for one in BITS_PER_WEIGHT if one in name), "")
    found = suits(size or 1, quantisation, machine, speeds.of(path))
    return {"bytes": size, "bytes_estimated": None, **_figures(found)}


def _figures(found: Suits) -> dict[str, Any]:
    return {
        "memory_bytes": found.memory_bytes,
        "fits": found.verdict,
        "tokens_per_s": round(found.tokens_per_s, 1),
        "answer_ms": round(found.answer_ms),
        "measured": found.measured,
    }


def _row(one: Fit, held: Held | None, best: Fit | None, wanted: str) -> dict[str, Any]:
    entry, file = one.choice.entry, one.choice.file
    size = held.bytes if held else file.bytes
    return {
        "name": one.choice.name,
        "title": entry.title,
        "parameters": entry.parameters,
        "quantisation": file.quantisation,
        "bytes": size,
        "bytes_estimated": None if size else one.choice.about_bytes,
        "licence": entry.licence,
        "open": entry.open,
        "family": entry.family,
        "repository": file.repository,
        "revision": held.revision if held else file.revision,
        "sha256": held.sha256 if held else file.sha256,
        "here": held is not None and held.is_whole,
        "damaged": held is not None and not held.is_whole,
        "chosen": wanted == one.choice.name,
        "recommended": one is best,
        **_figures(one),
    }


def _own_row(held: Held, machine: Machine, speeds: Speeds, wanted: str) -> dict[str, Any]:
    """A file that no catalogue knows."""
    return {
        "name": held.name,
        **_file_facts(held.path, held.bytes, machine, speeds),
        "sha256": held.sha256,
        "here": held.is_whole,
        "damaged": not held.is_whole,
        "chosen": wanted in (held.name, str(held.path)),
    }


def _print(rows: list[dict[str, Any]]) -> None:
    table = Table(title="Models (~ estimated; * recommended here; > in use)")
    for head in ("", "name", "size", "memory", "tokens/s", "answer", "fits", "here", "licence"):
        table.add_column(head, justify="right" if head in ("size", "memory", "tokens/s", "answer") else "left")
    for row in rows:
        known, mark = "fits" in row, ">" if row["chosen"] else "*" if row.get("recommended") else ""
        guess = "" if row.get("measured") else "~"
        size = row["bytes"] or row.get("bytes_estimated") or 0
        table.add_row(
            mark,
            row["name"],
            f"{'' if row['bytes'] else '~'}{size / 1e9:.{3 if size < 1e8 else 2}f} GB",
            f"~{row['memory_bytes'] / 1e9:.1f} GB" if known else "",
            f"{guess}{row['tokens_per_s']:.0f}" if known else "",
            f"{guess}{row['answer_ms']} ms" if known else "",
            row.get("fits", ""),
            "damaged" if row["damaged"] else "yes" if row["here"] else "",
            row.get("licence", "unknown"),
        )
    Console(width=150 if not Console().is_terminal else None).print(table)
