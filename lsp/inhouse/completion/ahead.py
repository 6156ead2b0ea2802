"""Where the user will be once a suggestion is accepted: right behind it, or in the next line. It asks nobody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from inhouse.completion.request import CompletionRequest, Item

_OPENS_BLOCK = (":", "{", "(", "[")
_DEFAULT_UNIT = "    "


def states_after(request: CompletionRequest, item: Item) -> Iterator[CompletionRequest]:
    """The requests to expect after the item was accepted, the likelier first.

    The second one, behind a line break, matters where the first one has no answer: a line is mostly complete then.
    """
    text = request.text[: item.start] + item.text + request.text[item.end :]
    offset = item.start + len(item.text)
    after = replace(
        request,
        text=text,
        offset=offset,
        invoked=False,
        after_accept=True,
        alternatives=1,
        selected=None,
        selected_start=None,
    )
    yield after
    tail = text[offset:].split("\n", 1)[0]
    if not tail.strip():
        added = ("\r\n" if "\r\n" in text else "\n") + _indent_after(text[:offset])
        yield replace(after, text=text[:offset] + added + text[offset:], offset=offset + len(added))


def _indent_after(before: str) -> str:
    """The indentation that editors give the line after this one."""
    line = before[before.rfind("\n") + 1 :]
    indent = line[: len(line) - len(line.lstrip(" \t"))]
    if not line.rstrip().endswith(_OPENS_BLOCK):
        return indent
    return indent + _unit(before)


def _unit(text: str) -> str:
    """One step of the indentation, as the file's first indented line has it."""
    for line in text.split("\n"):
        blanks = line[: len(line) - len(line.lstrip(" \t"))]
        if blanks and line.strip():
            return "\t" if blanks[0] == "\t" else blanks
    return _DEFAULT_UNIT
