"""`inhouse complete`: one completion at a place in a file, for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from inhouse.cli.errors import WrongUse
from inhouse.cli.say import say
from inhouse.cli.start import loading

if TYPE_CHECKING:
    from inhouse.cli.target import Target
    from inhouse.completion import Settings


def complete(
    target: Annotated[str, typer.Argument(metavar="FILE:LINE:COL", help="Lines and columns count from 1.")],
    root: Annotated[Path | None, typer.Option(metavar="DIR", help="The project; else found from the file.")] = None,
    model: Annotated[str | None, typer.Option(metavar="M", help="A GGUF file; else the embedded core.")] = None,
    alternatives: Annotated[int, typer.Option(metavar="N", min=1, max=10, help="At most so many answers.")] = 1,
    invoked: Annotated[bool, typer.Option("--invoked", help="As if asked for by a key.")] = False,
    stdin: Annotated[bool, typer.Option("--stdin", help="Read the document from standard input.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    why: Annotated[bool, typer.Option("--why", help="Say on stderr what shaped the answer.")] = False,
) -> None:
    """Complete the code at a place in a file."""
    with loading():
        from inhouse.cli.settings import settings_for
        from inhouse.cli.target import parse_target
        from inhouse.context import find_root

    if root is not None and not root.is_dir():
        raise WrongUse(f"{root}: is not a directory; --root names the project's folder")
    place = parse_target(target, root)
    settings = settings_for(root or find_root(place.path), model=model)
    answer = answer_at(place, root, settings, alternatives, invoked, stdin)
    if as_json:
        say(json.dumps(answer))
        return
    _print(answer)
    if why:
        _explain(answer)


def answer_at(
    place: Target, root: Path | None, settings: Settings, alternatives: int, invoked: bool, stdin: bool
) -> dict[str, Any]:
    """The answer in the form of `--json`. Raises WrongUse, ModelError or ContextError."""
    # Imported here: with the model's library they take half a second, which `--help` need not pay.
    from inhouse.cli.reading import REFRESH_S, prepare, use_spare
    from inhouse.cli.target import cursor_at, read_text
    from inhouse.completion import Assistant, CompletionRequest
    from inhouse.context import find_root
    from inhouse.model import CancelFlag
    from inhouse.server import wire

    document, cursor = cursor_at(place, read_text(place.path, stdin))
    request = CompletionRequest(
        root=(root or find_root(place.path)).resolve(),
        path=place.path.resolve(),
        text=cursor.text,
        offset=cursor.offset,
        invoked=invoked,
        alternatives=alternatives,
    )
    use_spare()
    assistant = Assistant(settings)
    try:
        assistant.load()
        prepare(assistant, request.root, REFRESH_S)
        answer = assistant.complete(request, CancelFlag())
    finally:
        assistant.close()
    return wire.answer_json(answer, wire.visible_items(request, cursor, answer, document.encoding))


def _print(answer: dict[str, Any]) -> None:
    """The suggestions alone on standard output, so that they can be used as they are."""
    for number, item in enumerate(answer["items"]):
        if number:
            say(f"--- alternative {number + 1}", err=True)
        say(item["text"])
    if not answer["items"]:
        say(f"nothing suggested: {answer['silent']}", err=True)


def _explain(answer: dict[str, Any]) -> None:
    for item in answer["items"]:
        say(f"probability {item['probability']:.3f}, from the {item['source']}", err=True)
        for place in item["provenance"]:
            told = "stands alike in" if place["kind"] == "copied" else "looked up"
            say(f"  {told} {place['path']}:{place['line']} ({place['kind']})", err=True)
    for note in answer["notes"]:
        say(note, err=True)
    times = ", ".join(f"{name} {value:.0f} ms" for name, value in answer["timings_ms"].items())
    counts = ", ".join(f"{count} {name}" for name, count in answer["tokens"].items())
    say(f"model {answer['model']}; {times or 'no model run'}; tokens: {counts}", err=True)
