"""What one file defines and imports, read with the language's outline query.

Works on one text alone: which file an import means is for modules.py to find out.
"""

from collections.abc import Iterable
from typing import NamedTuple

from tree_sitter import Node, QueryCursor, Tree

from inhouse.context.definitions import definition, mix_in, ordered, symbols
from inhouse.context.heads import SIGNATURE_CHARS, Found
from inhouse.context.imports import imported
from inhouse.context.languages import parser, query, text_of
from inhouse.context.patience import Check, never
from inhouse.context.symbols import MIXED_IN, Import, Outline, Symbol, tops

__all__ = [
    "MIXED_IN", "SIGNATURE_CHARS", "Import", "ImportMatch", "Outline", "Symbol", "distinct", "import_matches",
    "imports", "is_rubble", "outline", "parse", "tops",
]  # fmt: skip

_MATCH_LIMIT = 100_000
"""Bounds the memory of a query on generated monsters; a 1 MB hand-written file has about 20,000 matches."""


def parse(language: str, source: bytes) -> Tree:
    """The syntax tree of UTF-8 source."""
    return parser(language).parse(source)


def outline(language: str, source: bytes, tree: Tree | None = None, check: Check = never) -> Outline:
    """The outline of UTF-8 source; pass the tree when it is at hand. `check` is called between small steps."""
    root = (tree or parse(language, source)).root_node
    found: list[Found] = []
    mixed_in: list[Node] = []
    brought: list[Import] = []
    package = ""
    cursor = QueryCursor(query(language, "outline", "imports"), match_limit=_MATCH_LIMIT)
    for _, captures in () if is_rubble(root) else cursor.matches(root):
        check()
        if "import" in captures:
            brought.extend(imported(language, captures))
        elif "package" in captures:
            package = text_of(captures["module"][0])
        else:
            found.extend(definition(language, captures))
            mixed_in.extend(captures.get("mixin", ()))
    found = ordered(found)
    mix_in(found, mixed_in)
    lines = source.split(b"\n")
    taken = {(item.local, item.line) for item in brought}
    return Outline(tuple(symbols(language, found, source, lines, taken)), distinct(brought), package)


_IMPORT_DEPTH = 6
"""Imports inside of functions count when they are not nested deeper: the search need not visit every expression."""


def imports(language: str, tree: Tree) -> tuple[Import, ...]:
    """Only the imports of a text: 20 times faster than the whole outline."""
    return distinct(item for found in import_matches(language, tree) for item in found.brought)


class ImportMatch(NamedTuple):
    """One place of a text that imports, in bytes, and what it brings."""

    start: int
    end: int
    brought: tuple[Import, ...]


def import_matches(language: str, tree: Tree, start: int | None = None, end: int = 0) -> list[ImportMatch]:
    """The places of a text that import; with start, only those which touch that stretch of bytes."""
    cursor = QueryCursor(query(language, "imports"), match_limit=_MATCH_LIMIT)
    cursor.set_max_start_depth(_IMPORT_DEPTH)
    if start is not None:
        cursor.set_byte_range(start, end)
    found: list[ImportMatch] = []
    for _, captures in () if is_rubble(tree.root_node) else cursor.matches(tree.root_node):
        if "import" in captures:
            node = captures["import"][0]
            found.append(ImportMatch(node.start_byte, node.end_byte, tuple(imported(language, captures))))
    return found


_MOST_PIECES = 10_000
"""A query takes the square of the pieces that lie below an error: 0.1 s for so many, 2 s for 40,000."""


def is_rubble(root: Node) -> bool:
    """Whether a text is no code in its language at all, such as 100,000 opening brackets: it defines nothing."""
    return root.type == "ERROR" and root.child_count > _MOST_PIECES


def distinct(brought: Iterable[Import]) -> tuple[Import, ...]:
    """Without repetitions, and without the nameless twin of an import that has a name."""
    found = list(brought)
    named = {(item.module, item.line) for item in found if item.alias or item.name}
    return tuple(
        dict.fromkeys(item for item in found if item.alias or item.name or (item.module, item.line) not in named)
    )
