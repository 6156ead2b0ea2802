"""`inhouse tour`: completions at several cursors of a real project, shown as an editor would draw them.

Everything shown is computed while it is shown; where nothing is suggested, the reason stands in its place.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from inhouse.cli.errors import Failed, WrongUse

if TYPE_CHECKING:
    from inhouse.cli.spots import Spot
    from inhouse.completion import Assistant, Completion

PACKAGE = "pygls"
"""Toured by default: a third party's code that is installed wherever inhouse is."""

SPOTS = 8
BEFORE, AFTER = 5, 2
"""Lines of the file shown around a cursor."""

LIMIT_S = 40.0
"""No further cursor is begun after this: the whole tour is to take less than a minute, on a slow machine too."""

SHOW_ABOVE = 0.25
"""The default of the setting show_above."""

SHOWN_PLACES = 4
"""Of the places looked up; the others are counted."""

EDITORS = """\
Neovim 0.12 and newer, in init.lua:

    vim.lsp.config("inhouse", { cmd = { "inhouse", "serve", "--stdio" }, root_markers = { ".git" } })
    vim.lsp.enable("inhouse")
    vim.lsp.inline_completion.enable(true)
    vim.keymap.set("i", "<C-l>", function() vim.lsp.inline_completion.get() end)

VS Code: build and install the extension from a clone of the repository:

    cd editor-plugins/vscode && npm ci --ignore-scripts && npm run package
    code --install-extension dist/inhouse.vsix

Any other editor that speaks LSP 3.18 starts `inhouse serve --stdio`.
docs/editors.md tells more; `inhouse doctor` says what is missing on this machine."""


def tour(
    folder: Annotated[Path | None, typer.Argument(metavar="[DIR]", help="A project; else the package pygls.")] = None,
) -> None:
    """See completions in a real project, here in the terminal."""
    from inhouse.cli.reading import REFRESH_S, prepare, use_spare
    from inhouse.cli.settings import settings_for
    from inhouse.cli.spots import choose
    from inhouse.completion import Assistant

    root = toured(folder)
    use_spare()
    out = Console(highlight=False, soft_wrap=True)
    assistant = Assistant(settings_for(root))
    try:
        assistant.load()
        figures = prepare(assistant, root, REFRESH_S)
        out.print(Text(f"{root}: {figures.files} files, {figures.lines:,} lines, read in {figures.seconds:.1f} s"))
        out.print(Text(f"model: {assistant.model_name}"))
        seen = _show_all(out, assistant, root, list(choose(root, SPOTS)))
    finally:
        assistant.close()
    if not seen:
        raise Failed(f"{root}: no source file to show a completion in; name another folder")
    out.print(Text(f"\n{summary(seen)}\n", style="bold"))
    out.print(Text(EDITORS))


def toured(folder: Path | None) -> Path:
    """The folder to show."""
    if folder is not None:
        if not folder.is_dir():
            raise WrongUse(f"{folder}: is not a directory; name a project's folder, or none")
        return folder.resolve()
    found = find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise Failed(f"{PACKAGE} is not installed; name a project's folder: inhouse tour DIR")
    return Path(found.origin).parent.resolve()


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of one cursor."""

    suggested: bool
    unasked: bool
    """Whether an editor would show it while typing."""
    as_in_file: bool
    elapsed_ms: float


def summary(seen: list[Seen]) -> str:
    """One line over all cursors."""
    suggested, right = sum(one.suggested for one in seen), sum(one.as_in_file for one in seen)
    middle_ms = median(one.elapsed_ms for one in seen)
    unasked = sum(one.unasked for one in seen)
    return (
        f"{len(seen)} cursors: {suggested} suggestions, {unasked} sure enough to be shown unasked, "
        f"{right} just as in the file, median {middle_ms:.0f} ms."
    )


def _show_all(out: Console, assistant: Assistant, root: Path, spots: list[Spot]) -> list[Seen]:
    """Show one after the other."""
    started, seen = time.monotonic(), list[Seen]()
    for number, spot in enumerate(spots):
        if time.monotonic() - started > LIMIT_S:
            out.print(Text(f"\n({len(spots) - number} more left out: this machine is slow today)"))
            break
        asked = time.perf_counter()
        answer = _ask(assistant, root, spot)
        elapsed_ms = (time.perf_counter() - asked) * 1000
        right = bool(answer.items) and answer.items[0].text.strip() == spot.truth.strip()
        seen.append(Seen(bool(answer.items), _is_shown_unasked(answer), right, elapsed_ms))
        out.print(picture(root, spot, answer, elapsed_ms))
    return seen


def _is_shown_unasked(answer: Completion) -> bool:
    """Whether an editor would show the first item while typing."""
    from inhouse.completion.display import would_show

    return any(would_show(item.probability, item.features, SHOW_ABOVE) for item in answer.items[:1])


def _ask(assistant: Assistant, root: Path, spot: Spot) -> Completion:
    from inhouse.completion import CompletionRequest
    from inhouse.model import CancelFlag

    # Invoked: the tour also shows what an editor would hold back while typing, and says so.
    request = CompletionRequest(root, spot.path, spot.text, spot.offset, invoked=True)
    return assistant.complete(request, CancelFlag())


def picture(root: Path, spot: Spot, answer: Completion, elapsed_ms: float) -> Text:
    """The lines around the cursor with the ghost text, and below what it came from."""
    from inhouse.server.printable import printable

    suggestion = printable(answer.items[0].text) if answer.items else ""
    picture = Text().append(f"\n{printable(str(spot.path.relative_to(root)))}:{spot.line}\n", style="bold")
    head = printable(spot.text[: spot.offset]).split("\n")
    tail = printable(spot.text[spot.offset :]).split("\n")
    first = spot.line - len(head[-1 - BEFORE : -1])
    for number, line in enumerate(head[-1 - BEFORE : -1], first):
        picture.append(f"{number:6} | {line}\n")
    picture.append(f"{spot.line:6} | {head[-1]}").append(suggestion or "_", style="dim italic").append(f"{tail[0]}\n")
    for number, line in enumerate(tail[1 : 1 + AFTER], spot.line + 1):
        picture.append(f"{number:6} | {line}\n")
    return picture.append(printable(_notes(spot, answer, suggestion, elapsed_ms)))


def _notes(spot: Spot, answer: Completion, suggestion: str, elapsed_ms: float) -> str:
    shown = suggestion.strip() or f"nothing: {answer.silent}"
    lines = [f"  suggested  {shown}", f"  the file   {spot.truth.strip()}"]
    places = answer.items[0].provenance if answer.items else ()
    looked_up = ", ".join(f"{place.path}:{place.line} ({place.kind})" for place in places[:SHOWN_PLACES])
    if places:
        more = f" and {len(places) - SHOWN_PLACES} more" if len(places) > SHOWN_PLACES else ""
        lines.append(f"  looked up  {looked_up}{more}")
    if answer.items:
        chance = answer.items[0].probability
        held = (
            ""
            if _is_shown_unasked(answer)
            else " (held back while typing, or a part of it shown; asked for, all of it)"
        )
        lines.append(f"  took       {elapsed_ms:.0f} ms, chance of being kept {chance:.2f}{held}")
    else:
        lines.append(f"  took       {elapsed_ms:.0f} ms")
    return "\n".join(lines)
