"""Outlines as text for the database: columns of JSON.

Columns, and signatures without their names, take a fifth less than rows of symbols once they are compressed.
"""

import json
import lzma
import sqlite3
import zlib
from collections.abc import Iterator
from itertools import accumulate
from operator import add
from typing import Any

from inhouse.context.outline import Import, Outline, Symbol

_NAME = "\x01"
"""Stands in a packed signature for the symbol's name."""


def pack(outline: Outline) -> bytes:
    """An outline as text, to be compressed by squeezing.py."""
    symbols = outline.symbols
    kinds = _distinct(symbol.kind for symbol in symbols)
    scopes = _distinct(symbol.scope for symbol in symbols)
    lines = [symbol.line for symbol in symbols]
    data = [
        kinds,
        scopes,
        [symbol.name for symbol in symbols],
        [kinds.index(symbol.kind) for symbol in symbols],
        [scopes.index(symbol.scope) for symbol in symbols],
        [line - before for line, before in zip(lines, [0, *lines], strict=False)],
        [symbol.end_line - symbol.line for symbol in symbols],
        [symbol.arity for symbol in symbols],
        [symbol.signature.replace(symbol.name, _NAME, 1) for symbol in symbols],
        [symbol.doc for symbol in symbols],
        [symbol.bases for symbol in symbols],
        [[item.module, item.name, item.alias, item.line] + [1] * item.exported for item in outline.imports],
        outline.package,
    ]
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def unpack(data: bytes) -> Outline:
    """The outline that pack() was given; raises sqlite3.DatabaseError for anything else, which is a damaged index."""
    try:
        return _unpack(data)
    except DAMAGE as error:
        raise sqlite3.DatabaseError(f"the index is damaged: {error}") from error


DAMAGE = (zlib.error, lzma.LZMAError, ValueError, TypeError, KeyError, IndexError, AttributeError)
"""What bytes lead to that nobody packed."""


def _unpack(data: bytes) -> Outline:
    columns: list[Any] = json.loads(data)
    kinds, scopes, names, kind, scope, steps, heights, arities, signatures, docs, bases, imports, package = columns
    starts: list[int] = list(accumulate(steps))
    rows: Iterator[tuple[Any, ...]] = zip(
        names,
        (kinds[which] for which in kind),
        (scopes[where] for where in scope),
        starts,
        map(add, starts, heights),
        (head.replace(_NAME, name, 1) for name, head in zip(names, signatures, strict=True)),
        docs,
        bases,
        arities,
        strict=True,
    )
    symbols = map(Symbol._make, rows)
    return Outline(tuple(symbols), tuple(_import(*item) for item in imports), package)


def _import(module: str, name: str, alias: str, line: int, exported: object = False) -> Import:
    return Import(module, name, alias, line, bool(exported))


def _distinct(values: Any) -> list[str]:
    return list(dict.fromkeys(values))
