"""`inhouse index`: build or refresh a project's index, and say what it holds."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inhouse.cli.errors import WrongUse
from inhouse.cli.say import say

if TYPE_CHECKING:
    from inhouse.context import IndexFigures


def index(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The project's folder.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Build or refresh a project's index."""
    from inhouse.cli.reading import refresh
    from inhouse.context import Project

    if not folder.is_dir():
        raise WrongUse(f"{folder}: is not a directory; name the project's folder")
    project = Project(folder.resolve())
    try:
        figures = refresh(project)
    finally:
        project.close()
    if as_json:
        say(json.dumps({"root": str(project.root), "index": str(project.database), **asdict(figures)}))
    else:
        say(describe(figures))
        say(f"index      {project.database}")


def describe(figures: IndexFigures) -> str:
    """The figures for people."""
    from inhouse.context.files import MOST_FILES

    languages = ", ".join(f"{language} {files:,}" for language, files in figures.languages.items())
    lines = [
        f"files      {figures.files:,} ({languages or 'no source files found'})",
        f"lines      {figures.lines:,}",
        f"symbols    {figures.symbols:,}",
        f"windows    {figures.windows:,}",
        f"left out   {figures.skipped:,} (binary, generated, secret or too large)",
        f"size       {figures.index_bytes / 1e6:.1f} MB for {figures.source_bytes / 1e6:.1f} MB of source",
        f"took       {figures.seconds:.1f} s",
    ]
    if figures.beyond:
        lines.append(
            f"beyond     {figures.beyond:,} files: the first {MOST_FILES:,} of a project are read; "
            "name folders to leave out in .inhouseignore"
        )
    return "\n".join(lines)
