"""`inhouse conventions`: what the project does its own way, with the places that show it."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from inhouse.cli.errors import WrongUse
from inhouse.cli.say import say


def conventions(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The project's folder.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show the conventions of a project, with evidence. Pin or deny some in its inhouse.toml."""
    from inhouse.cli.reading import refresh, use_spare
    from inhouse.context import Project

    if not folder.is_dir():
        raise WrongUse(f"{folder}: is not a directory; name the project's folder")
    use_spare()
    with closing(Project(folder.resolve())) as project:
        refresh(project)
        found = project.conventions()
    say(json.dumps(found.to_json()) if as_json else found.render())
