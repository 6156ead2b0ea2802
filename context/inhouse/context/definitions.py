"""Definitions from the matches of an outline query, each knowing the definitions around it."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from inhouse.context.heads import Found, arity, doc, signature, with_marks
from inhouse.context.languages import text_of
from inhouse.context.symbols import MIXED_IN, Symbol

_KINDS = ("class", "function", "interface", "enum", "type", "constant", "field", "member", "macro", "prototype")
_OWNERS = frozenset({"class", "interface", "enum", "implementation"})
_SPACES = frozenset({"module_definition", "scope"})
_NESTING = ("module_definition", "scope", "implementation", *_KINDS)
_ASSIGNED = frozenset({"constant", "field"})
_HOLDERS = _OWNERS | _SPACES | {"function"}
_VARIABLES = _ASSIGNED | {"member"}
"""What may be assigned again: its first place defines it."""

_FUNCTION_VALUES = frozenset({"arrow_function", "function_expression", "function", "function_definition"})
_CLASS_VALUES = frozenset({"class", "class_expression"})


def definition(language: str, captures: dict[str, list[Node]]) -> Iterator[Found]:
    """The match as a definition, its head ending where the body begins."""
    kind = next((kind for kind in _NESTING if kind in captures), None)
    if kind is None or "name" not in captures:
        return
    node, name = captures[kind][0], captures["name"][0]
    body = captures["body"][0] if "body" in captures else None
    parameters = captures["parameters"][0] if "parameters" in captures else None
    if "value" in captures:
        value = captures["value"][0]
        if value.type in _FUNCTION_VALUES or value.type in _CLASS_VALUES:
            kind = "function" if value.type in _FUNCTION_VALUES else "class"
            body, parameters = value.child_by_field_name("body"), value.child_by_field_name("parameters")
    outer = node.parent
    start = (
        outer.start_byte if outer and outer.type in ("decorated_definition", "export_statement") else node.start_byte
    )
    bases = text_of(captures["bases"][0]) if "bases" in captures else ""
    receiver = text_of(captures["receiver"][0]) if "receiver" in captures else ""
    head_end = body.start_byte if body else node.end_byte
    holds = kind == "constant" and "value" in captures and captures["value"][0].type == "object"
    if node.type == "module" and body is not None and language == "ruby":
        holds = any(child.type in ("method", "singleton_method") for child in body.named_children)
    end = outer.end_byte if outer and node.type == "file_scoped_namespace_declaration" else node.end_byte
    yield Found(kind, node, name, start, end, head_end, parameters, bases, receiver, holds)


def ordered(found: list[Found]) -> list[Found]:
    """In the order of the text, what holds others first; Ruby's `Point = Struct.new` as a class only."""
    classes = {item.name.start_byte for item in found if item.kind == "class"}
    kept = [item for item in found if item.kind != "constant" or item.name.start_byte not in classes]
    return sorted(kept, key=lambda item: (item.node.start_byte, -item.end))


def mix_in(found: list[Found], mixed_in: list[Node]) -> None:
    """Gives each class what it mixes in or embeds as further bases; found is in order."""
    stack: list[Found] = []
    waiting = iter(item for item in found if item.kind in _OWNERS)
    following = next(waiting, None)
    for node in sorted(mixed_in, key=lambda node: node.start_byte):
        while following is not None and following.node.start_byte < node.start_byte:
            stack.append(following)
            following = next(waiting, None)
        while stack and stack[-1].end <= node.start_byte:
            stack.pop()
        if stack:
            name = text_of(node).replace("::", ".").replace("\\", ".")
            inner = stack[-1]
            inner.bases = f"{inner.bases},{name}" if inner.bases else f"{MIXED_IN}{name}"


def symbols(
    language: str, found: list[Found], source: bytes, lines: list[bytes], taken: set[tuple[str, int]]
) -> Iterator[Symbol]:
    """The definitions in order, each knowing the definitions around it; taken are the imported names by line."""
    stack: list[tuple[int, str, str]] = []
    seen: set[str] = set()
    for item in found:
        while stack and stack[-1][0] <= item.node.start_byte:
            stack.pop()
        written = text_of(item.name)
        prefix, name = _split_name(written)
        scope = ".".join(part for _, part, _ in stack if part)
        within = stack[-1][2] if stack else ""
        if item.kind in _HOLDERS or item.holds:
            stack.append((item.end, _as_scope(item.name, written), item.kind))
        if item.kind in _SPACES or item.kind == "implementation":
            if not item.holds:
                continue
            item.kind = "class"
        if item.kind == "member":
            scope = ".".join(part for _, part, kind in stack if kind == "class")
        line = item.name.start_point[0] + 1
        key = f"{scope}.{name}" if item.kind in _VARIABLES else str(item.name.start_byte)
        if key in seen or (name, line) in taken or not name or (within == "function" and item.kind in _ASSIGNED):
            continue
        seen.add(key)
        receiver = item.receiver.lstrip("*").partition("[")[0] or prefix
        top = with_marks(language, item, lines)
        yield Symbol(
            name,
            _kind(item.kind, within, receiver),
            ".".join(part for part in (scope, receiver) if part),
            line,
            item.node.end_point[0] + 1,
            signature(item, source),
            doc(language, item, top, lines),
            item.bases,
            arity(item.parameters),
        )


def _as_scope(node: Node, written: str) -> str:
    """What the names within are said to be in: nothing for `declare module "x"` and `exports`, which are the file."""
    if node.type == "string" or written == "exports":
        return ""
    return re.sub(r"<.*", "", written.replace("::", "."), flags=re.DOTALL)


def _split_name(written: str) -> tuple[str, str]:
    """The owner before the last `::`, `.` or `:` of the defined name, and the name itself."""
    head, _, name = re.sub(r"::|:", ".", written.replace(" ", "")).rpartition(".")
    return head, name.strip("\"'@").removesuffix("=")


def _kind(kind: str, within: str, receiver: str) -> str:
    if kind in ("function", "prototype"):
        return "method" if within in _OWNERS or receiver else "function"
    return "field" if kind == "member" else kind
