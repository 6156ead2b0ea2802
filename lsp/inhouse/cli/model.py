"""`inhouse model`: what is known of a model without loading it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from inhouse.cli import shelf
from inhouse.cli.say import say

if TYPE_CHECKING:
    from inhouse.model.gguf import Header, Value

app = typer.Typer(help="Models: which there are, fetch one, use it, and what is known of it.", no_args_is_help=True)
shelf.register(app)

SHOWN_CHARACTERS = 80
"""Of a metadata value: tokenizers hold lists of 100,000 entries and chat templates of many lines."""


@app.command()
def info(
    model: Annotated[str | None, typer.Argument(metavar="MODEL", help="A name or a file; else the one in use.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show a model's card and what its file says of itself."""
    from inhouse.model.gguf import read_header
    from inhouse.model.shelf import Shelf
    from inhouse.model.store import embedded_core, resolve

    header = read_header(resolve(model))
    core = embedded_core()
    card = core.card if header.path == core.path and model is None else None
    held = next((one for one in Shelf().held() if one.path == header.path), None)
    note = {key: str(value) if key == "path" else value for key, value in asdict(held).items()} if held else None
    if as_json:
        say(json.dumps({**facts(header), "metadata": shortened(header), "card": card, "pulled": note}))
        return
    for name, value in (note or {}).items():
        say(f"{name:<40} {value}")
    if card:
        say(card.strip() + "\n")
    for name, value in {**facts(header), **shortened(header)}.items():
        say(f"{name:<40} {value}")


def facts(header: Header) -> dict[str, Any]:
    """What a user wants to know first."""
    return {
        "path": str(header.path),
        "bytes": header.file_bytes,
        "architecture": header.architecture,
        "parameters": header.parameters,
        "tensors": len(header.tensors),
        "context_tokens": header.context_tokens,
        "name": header.text("general.name") or Path(header.path).stem,
    }


def shortened(header: Header) -> dict[str, Any]:
    """The metadata, with long texts cut and long lists counted."""
    return {name: _short(value) for name, value in header.metadata.items()}


def _short(value: Value) -> Any:
    if isinstance(value, list) and len(value) > 8:
        return f"({len(value):,} entries)"
    if isinstance(value, str) and len(value) > SHOWN_CHARACTERS:
        return " ".join(value.split())[: SHOWN_CHARACTERS - 3] + "..."
    return value
