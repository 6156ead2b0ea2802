"""Which names a file calls or inherits from, and on which lines: what the index keeps of it, in few bytes.

Works on one file; where a name is used in a project is for referrers.py to find out.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from itertools import accumulate

from tree_sitter import Node, QueryCursor, Tree

from inhouse.context.languages import query
from inhouse.context.packing import DAMAGE

_MATCH_LIMIT = 100_000

_BASE = ":"
"""Stands in the packed form before the name of a base."""

Uses = dict[str, list[int]]
"""Lines (from 1, ascending) by name."""


def uses_in(language: str, tree: Tree) -> tuple[Uses, Uses]:
    """The names that a file calls, and those that its classes inherit from."""
    captures = QueryCursor(query(language, "references"), match_limit=_MATCH_LIMIT).captures(tree.root_node)
    calls = _lines(captures.get("call", ()))
    for name, lines in _lines(captures.get("element", ())).items():
        if name[0].isupper():  # others are HTML
            calls[name] = sorted({*calls.get(name, ()), *lines})
    return calls, _lines(captures.get("base", ()))


def _lines(nodes: Iterable[Node]) -> Uses:
    found: dict[str, set[int]] = {}
    for node in nodes:
        name = (node.text or b"").decode("utf-8", "replace")
        if name:
            found.setdefault(name, set()).add(node.start_point[0] + 1)
    return {name: sorted(lines) for name, lines in found.items()}


def pack(calls: Uses, bases: Uses) -> bytes:
    """Both as text: a name a line, behind it how far each line is from the one before."""
    rows = [_row(name, lines) for name, lines in sorted(calls.items())]
    rows += [_row(_BASE + name, lines) for name, lines in sorted(bases.items())]
    return "\n".join(rows).encode("utf-8", "replace")


def _row(name: str, lines: Sequence[int]) -> str:
    steps = (line - before for line, before in zip(lines, [0, *lines], strict=False))
    return f"{name} {' '.join(map(str, steps))}"


def unpack(data: bytes) -> tuple[Uses, Uses]:
    """What pack() was given; raises sqlite3.DatabaseError for anything else, which is a damaged index."""
    try:
        return _unpack(data)
    except DAMAGE as error:
        raise sqlite3.DatabaseError(f"the index is damaged: {error}") from error


def _unpack(data: bytes) -> tuple[Uses, Uses]:
    calls: Uses = {}
    bases: Uses = {}
    for row in data.decode("utf-8", "replace").split("\n") if data else ():
        name, *steps = row.split(" ")
        into, name = (bases, name[1:]) if name.startswith(_BASE) else (calls, name)
        into[name] = list(accumulate(map(int, steps)))
    return calls, bases
