"""Names in scope at a cursor: locals, parameters, the file's own, imports and builtins, the nearest first.

Reads one text; members of classes that stand elsewhere are for members.py to find.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from tree_sitter import Node, QueryCursor, Tree

from inhouse.context.languages import LANGUAGES, query
from inhouse.context.outline import is_rubble
from inhouse.context.patience import Check, never
from inhouse.context.uses import expand_use

_MODULE_DEPTH = 5
"""Bindings of the file's top level stand no deeper in the tree: statement, declaration, declarator, name."""

_WITHIN_BYTES = 200_000
"""The outermost function or class around the cursor is searched up to this size; larger ones are generated."""

_MATCH_LIMIT = 20_000
_BLOCKS = frozenset({"python", "lua"})


@dataclass(frozen=True, slots=True)
class ScopeName:
    """A name that may be written at the cursor; a lower rank is nearer."""

    name: str
    kind: str
    """local, parameter, function, class, import, member or builtin."""
    rank: int
    arity: int = -1
    """How many parameters a function takes, -1 when that is not known or it is none."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a text says about a cursor: names in scope, the class around it, and what its variables are."""

    names: tuple[ScopeName, ...] = ()
    owner: str = ""
    """The class whose body the cursor is in."""
    types: tuple[tuple[str, str], ...] = ()
    """Variables in scope and the classes they are objects of, as far as the text says so; the nearest first."""


def settled(language: str, text: str, offset: int) -> tuple[str, int]:
    """The text with the cursor's line made harmless: half-written code there would hide the scopes around it."""
    start = text.rfind("\n", 0, offset) + 1
    end = text.find("\n", offset)
    end = len(text) if end < 0 else end
    line = text[start:end]
    indent = line[: len(line) - len(line.lstrip())] if line.strip() else text[start:offset]
    closing = line.strip() if line.strip()[:1] in ("}", ")", "]") or line.strip() == "end" else ""
    stand_in = "_" if language == "python" else closing
    return f"{text[:start]}{indent}{stand_in}{text[end:]}", start + len(indent)


def scope(language: str, source: bytes, tree: Tree, byte: int, check: Check = never) -> Scope:
    """The scope at a byte of a settled text; `check` is called between small steps."""
    around = _ancestors(tree.root_node, byte)
    outermost = next((node for node in around if node.parent and node.parent.parent is None), None)
    root = tree.root_node
    found: list[tuple[int, str, str, Node]] = []
    types: list[tuple[int, str, str]] = []
    scopes: set[tuple[int, int]] = set()
    owners: list[Node] = []
    for captures in _matches(language, root, outermost):
        check()
        for node in captures.get("scope", ()):
            scopes.add((node.start_byte, node.end_byte))
        for node in captures.get("class_scope", ()):
            scopes.add((node.start_byte, node.end_byte))
            if _holds(node, byte):
                owners.append(node)
        for kind in ("parameter", "local", "function", "class", "import"):
            found.extend((node.start_byte, kind, _text(node), node) for node in captures.get(kind, ()))
        for node in captures.get("use", ()):
            found.extend((node.start_byte, "import", alias or name, node) for _, name, alias in expand_use(_text(node)))
        paths = captures.get("import_path", ())
        found.extend((node.start_byte, "import", _text(node).strip('"').rpartition("/")[2], node) for node in paths)
        if "typed" in captures and "type" in captures:
            types.append((captures["typed"][0].start_byte, _text(captures["typed"][0]), _text(captures["type"][0])))
    visible = list(_visible(found, scopes, byte, check))
    owner = max(owners, key=lambda node: node.start_byte, default=None)
    name = owner and (owner.child_by_field_name("name") or owner.child_by_field_name("type"))
    known = {item.name for item in visible}
    placed = sorted((item for item in types if item[1] in known), key=lambda item: _distance(item[0], byte))
    return Scope(
        (*visible, *_builtins(language, known, len(visible))),
        _text(name) if name else "",
        tuple(dict.fromkeys((variable, _class_name(written)) for _, variable, written in placed)),
    )


def _matches(language: str, root: Node, outermost: Node | None) -> Iterator[dict[str, list[Node]]]:
    """The bindings of the top level, then those of the outermost thing around the cursor."""
    if is_rubble(root):
        return
    cursor = QueryCursor(query(language, "scope"), match_limit=_MATCH_LIMIT)
    cursor.set_max_start_depth(_MODULE_DEPTH)
    yield from (captures for _, captures in cursor.matches(root))
    if outermost is not None and outermost.end_byte - outermost.start_byte <= _WITHIN_BYTES:
        inner = QueryCursor(query(language, "scope"), match_limit=_MATCH_LIMIT)
        yield from (captures for _, captures in inner.matches(outermost))


def _ancestors(root: Node, byte: int) -> list[Node]:
    """The nodes around a byte, the innermost first."""
    node = root.descendant_for_byte_range(byte, byte)
    found: list[Node] = []
    while node is not None:
        found.append(node)
        node = node.parent
    return found


def _visible(
    found: Iterable[tuple[int, str, str, Node]], scopes: set[tuple[int, int]], byte: int, check: Check
) -> Iterator[ScopeName]:
    """The bindings whose scope holds the cursor, the innermost and nearest first, each name once."""
    seen: set[str] = set()
    ranked: list[tuple[tuple[int, int, int], str, str, Node]] = []
    for start, kind, name, node in found:
        check()
        home = _home(node, kind, scopes)
        if home is not None and not (home[0] <= byte <= home[1]):
            continue
        later = start > byte and kind == "local" and home is not None
        size = home[1] - home[0] if home else 1 << 40
        ranked.append(((int(later), size, _distance(start, byte)), kind, name, node))
    ranked.sort(key=lambda item: item[0])
    for place, kind, name, node in ranked:
        if name in seen or not name or name == "_" or place[0]:
            continue
        seen.add(name)
        yield ScopeName(name, kind, len(seen) - 1, _arity(node) if kind == "function" else -1)


def _home(node: Node, kind: str, scopes: set[tuple[int, int]]) -> tuple[int, int] | None:
    """The stretch in which a binding holds; None for the whole file. A function's own name holds around it."""
    up = node.parent
    if kind in ("function", "class") and up is not None:
        while up is not None and (up.start_byte, up.end_byte) not in scopes:
            up = up.parent
        up = up.parent if up is not None else None
    while up is not None:
        if (up.start_byte, up.end_byte) in scopes and up.parent is not None:
            return up.start_byte, up.end_byte
        up = up.parent
    return None


def _holds(node: Node, byte: int) -> bool:
    return node.start_byte <= byte <= node.end_byte


def _distance(start: int, byte: int) -> int:
    """How far a binding is; one behind the cursor counts as far as the whole file."""
    return byte - start if start <= byte else (1 << 30) + start - byte


def _arity(name: Node) -> int:
    """The parameters of the function whose name this is."""
    up = name.parent
    parameters = up.child_by_field_name("parameters") if up is not None else None
    if parameters is None:
        return -1
    return sum(
        max(1, len(child.children_by_field_name("name")))
        for child in parameters.named_children
        if "comment" not in child.type and "separator" not in child.type
    )


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")


def _class_name(written: str) -> str:
    """The class in a written type or constructor: `store.Shelf | None` is Shelf, `list[Box]` is list."""
    written = written.strip("\"'&*() ").removeprefix("mut ").removeprefix("const ").removeprefix("struct ")
    first = written.split("|")[0].strip().removeprefix("Optional[")
    for opening in "[<(":
        first = first.partition(opening)[0]
    return first.replace("::", ".").replace("->", ".").strip("]*& ").rpartition(".")[2]


@cache
def builtin_names(language: str) -> tuple[str, ...]:
    """The names that need no definition, from the data beside this module."""
    for folder in reversed(LANGUAGES[language].query_folders):
        file = resources.files("inhouse.context").joinpath("builtins", f"{folder}.txt")
        if file.is_file():
            return tuple(file.read_text(encoding="utf-8").split())
    return ()


def _builtins(language: str, known: set[str], rank: int) -> Iterator[ScopeName]:
    for index, name in enumerate(name for name in builtin_names(language) if name not in known):
        yield ScopeName(name, "builtin", rank + index)
