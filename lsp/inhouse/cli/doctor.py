"""`inhouse doctor`: what is wrong on this machine, and how to mend it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

MARKS = {"ok": "ok  ", "note": "note", "bad": "BAD "}


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    bundle: Annotated[
        Path | None, typer.Option(metavar="FILE.zip", help="Write a support file: no source text in it.")
    ] = None,
) -> None:
    """Look for what is wrong on this machine, and say how to mend it."""
    from inhouse.cli.checks import all_findings

    findings = list(all_findings())
    if bundle is not None:
        from inhouse.cli.bundle import write_bundle

        write_bundle(bundle, findings)
    well = all(finding.state != "bad" for finding in findings)
    if as_json:
        typer.echo(json.dumps({"ok": well, "findings": [asdict(finding) for finding in findings]}))
    else:
        for finding in findings:
            typer.echo(f"{MARKS[finding.state]} {finding.name:<10} {finding.detail}")
            if finding.mend:
                typer.echo(f"{'':16}-> {finding.mend}")
        if bundle is not None:
            typer.echo(f"written: {bundle}; look into it before you send it")
    if not well:
        raise typer.Exit(1)
