"""From the protocol's types to the completion's plain data and back, with the columns converted. Decides nothing
but what the host can draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lsprotocol import types

from inhouse.completion import Completion, CompletionRequest, Item
from inhouse.server.documents import Cursor, Document
from inhouse.server.positions import Encoding, to_units
from inhouse.server.visible import Place, is_visible

INVOKED_ALTERNATIVES = 3
"""Asked for by a key, the user chooses among several; while typing only one can be seen."""

NOT_VISIBLE = "not visible"
"""Reason for silence: the editor would not draw any of the items."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An item that the host will draw."""

    item: Item
    text: str
    """Its text with LF line ends; every host turns them into the document's own."""
    range: types.Range


def request_of(
    root: Path, path: Path, document: Document, cursor: Cursor, context: types.InlineCompletionContext
) -> CompletionRequest:
    """What the editor asks, as plain data."""
    invoked = context.trigger_kind == types.InlineCompletionTriggerKind.Invoked
    selected = context.selected_completion_info
    start = document.offset(cursor, selected.range.start) if selected else None
    return CompletionRequest(
        root=root,
        path=path,
        text=cursor.text,
        offset=cursor.offset,
        language=document.language or None,
        invoked=invoked,
        alternatives=INVOKED_ALTERNATIVES if invoked else 1,
        selected=selected.text if selected and start is not None else None,
        selected_start=start,
    )


def visible_items(request: CompletionRequest, cursor: Cursor, answer: Completion, encoding: Encoding) -> list[Shown]:
    """Those of the answer's items that the host will draw, each once, with their ranges."""
    column = cursor.offset - cursor.line_start
    selected_start = None if request.selected_start is None else request.selected_start - cursor.line_start
    place = Place(cursor.line_text, column, request.selected, selected_start)
    shown: dict[tuple[str, int, int], Shown] = {}
    for item in answer.items:
        text = item.text.replace("\r\n", "\n").replace("\r", "\n")
        start, end = item.start - cursor.line_start, item.end - cursor.line_start
        if is_visible(place, text, start, end):
            where = _range(cursor, start, end, encoding)
            shown.setdefault((text, start, end), Shown(item, text, where))
    return list(shown.values())


def _range(cursor: Cursor, start: int, end: int, encoding: Encoding) -> types.Range:
    first, last = (types.Position(cursor.line, to_units(cursor.line_text, column, encoding)) for column in (start, end))
    return types.Range(first, last)


def answer_json(answer: Completion, shown: Sequence[Shown]) -> dict[str, Any]:
    """The answer as `inhouse complete --json` and `inhouse.why` give it."""
    silent = answer.silent
    if not shown and silent is None:
        silent = NOT_VISIBLE
    return {
        "items": [_item_json(one) for one in shown],
        "silent": None if shown else silent,
        "notes": list(answer.notes),
        "timings_ms": {name: round(value, 3) for name, value in answer.timings_ms.items()},
        "tokens": {
            "prompt": answer.tokens.prompt,
            "reused": answer.tokens.reused,
            "decoded": answer.tokens.decoded,
            "drafted": answer.tokens.drafted,
            "accepted": answer.tokens.accepted,
        },
        "model": answer.model,
    }


def _item_json(shown: Shown) -> dict[str, Any]:
    start, end = shown.range.start, shown.range.end
    return {
        "text": shown.text,
        "range": {
            "start": {"line": start.line, "character": start.character},
            "end": {"line": end.line, "character": end.character},
        },
        "probability": round(shown.item.probability, 6),
        "source": shown.item.source,
        "provenance": [{"path": at.path, "line": at.line, "kind": at.kind} for at in shown.item.provenance],
    }
