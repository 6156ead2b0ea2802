"""What is said of a definition at its head: signature with decorators, documentation's first line, parameters."""

import re
from dataclasses import dataclass

from tree_sitter import Node

from inhouse.context.languages import LANGUAGES

SIGNATURE_CHARS = 300
"""A longer head (huge parameter lists, C tables) is cut: a prompt has room for about 30 signatures."""

_DOC_CHARS = 120
"""Only a doc comment's first line is kept."""


@dataclass(slots=True)
class Found:
    """A match on its way to a symbol; offsets in bytes."""

    kind: str
    node: Node
    name: Node
    start: int
    end: int
    head_end: int
    parameters: Node | None
    bases: str
    receiver: str
    holds: bool = False
    """An object, whose keys are in its scope; a Ruby module with methods, which is a class as well."""


_ONE_LINE = frozenset({"constant", "field", "member", "macro"})
"""Without a body, their first line says enough."""

_MARKS = {"rust": b"#[", "javascript": b"@", "typescript": b"@", "tsx": b"@"}
"""How the lines above a definition begin that mark it, where its node does not hold them; elsewhere it does."""


def with_marks(language: str, item: Found, lines: list[bytes]) -> int:
    """The row (from 0) where a definition begins with its attributes or decorators, which its head takes in."""
    row = item.node.start_point[0]
    mark = _MARKS.get(language)
    if mark is None or item.kind in _ONE_LINE or item.start != item.node.start_byte:
        return row
    column = item.node.start_point[1]
    while row and not lines[row][:column].strip() and lines[row - 1].strip().startswith(mark):
        row -= 1
        item.start -= column + len(lines[row]) + 1
        column = 0
    return row


def signature(item: Found, source: bytes) -> str:
    """The head of the definition on one line, cut at the limit."""
    end = min(item.head_end, item.start + 4 * SIGNATURE_CHARS)
    text = source[item.start : end].decode("utf-8", "replace")
    if item.kind in _ONE_LINE and item.head_end == item.end:
        text = text.partition("\n")[0]
    text = re.sub(r"\s+", " ", text).strip().rstrip("{ ").removesuffix("=>").rstrip()
    return text[:SIGNATURE_CHARS]


def arity(parameters: Node | None) -> int:
    """How many parameters are written; -1 when it is no function."""
    if parameters is None:
        return -1
    if parameters.type == "identifier":
        return 1
    return sum(
        max(1, len(child.children_by_field_name("name")))
        for child in parameters.named_children
        if "comment" not in child.type and "separator" not in child.type
    )


def doc(language: str, item: Found, top: int, lines: list[bytes]) -> str:
    """The first line of the docstring (Python) or of the comment right above the definition, which begins at `top`."""
    if item.kind in ("constant", "field", "member"):
        return ""
    if language == "python":
        head = _first_body_line(item, lines)
        found = re.match(rb'\s*[rRuU]?("""|\'\'\'|"|\')(.*)', head)
        text = found[2].split(found[1])[0] if found else b""
        return _clean_doc(text)
    return _comment_above(language, top, lines)


def _first_body_line(item: Found, lines: list[bytes]) -> bytes:
    """The line on which the body begins (for Python, where the docstring stands)."""
    body = item.node.child_by_field_name("body")
    if body is None:
        return b""
    row, column = body.start_point
    head = lines[row][column:]
    if head.strip() in (b'"""', b"'''", b'r"""') and row + 1 < len(lines):
        return head.strip() + lines[row + 1].strip()
    return head


_COMMENT_ROWS = 40
"""How far up a doc comment's first line is looked for: longer ones are licences."""


def _comment_above(language: str, row: int, lines: list[bytes]) -> str:
    prefix = LANGUAGES[language].comment.encode()
    first = row - 1
    if first < 0:
        return ""
    above = lines[first].strip()
    if above.endswith(b"*/"):
        while first > max(0, row - _COMMENT_ROWS) and b"/*" not in lines[first]:
            first -= 1
        opening = lines[first].strip().lstrip(b"/*!").removesuffix(b"*/").strip()
        return _clean_doc(opening or (_below(lines[first + 1]) if first + 1 < row else b""))
    while first >= max(0, row - _COMMENT_ROWS) and lines[first].strip().startswith(prefix):
        first -= 1
    return _clean_doc(lines[first + 1].strip().lstrip(b"/#-!*").strip()) if first + 1 < row else ""


def _below(line: bytes) -> bytes:
    """What the second line of a block comment says."""
    return line.strip().removesuffix(b"*/").lstrip(b"*").strip()


def _clean_doc(text: bytes) -> str:
    return text.decode("utf-8", "replace").strip()[:_DOC_CHARS]
