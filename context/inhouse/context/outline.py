"""What one file defines and imports, read with the language's outline query.

Works on one text alone: which file an import means is for imports.py to find out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node, QueryCursor, Tree

from inhouse.context.languages import LANGUAGES, parser, query
from inhouse.context.uses import expand_use

SIGNATURE_CHARS = 300
"""A longer head (huge parameter lists, C tables) is cut: a prompt has room for about 30 signatures."""

_DOC_CHARS = 120
"""Only a doc comment's first line is kept."""

_MATCH_LIMIT = 100_000
"""Bounds the memory of a query on generated monsters; a 1 MB hand-written file has about 20,000 matches."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """One definition: lines count from 1; the signature is on one line, without body."""

    name: str
    kind: str
    scope: str
    line: int
    end_line: int
    signature: str
    doc: str = ""
    bases: str = ""
    arity: int = -1

    @property
    def qualified(self) -> str:
        """Scope and name with dots between."""
        return f"{self.scope}.{self.name}" if self.scope else self.name


@dataclass(frozen=True, slots=True)
class Import:
    """One imported name: `from module import name as alias`; name is "" for the module itself, "*" for all."""

    module: str
    name: str = ""
    alias: str = ""
    line: int = 0
    exported: bool = False
    """Passed on to others: `export {name} from` (not seen in the file itself), `pub use`."""

    @property
    def local(self) -> str:
        """The name that the importing file sees."""
        return self.alias or self.name or _last_part(self.module)


_VERSION = re.compile(r"/v\d+$|\.v\d+$")


def _last_part(module: str) -> str:
    """What a module is called where it is imported as a whole: `yaml` for Go's gopkg.in/yaml.v3."""
    if "/" in module:
        return _VERSION.sub("", module).rpartition("/")[2]
    return module.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Outline:
    """A file's definitions and imports, both in the order of the text."""

    symbols: tuple[Symbol, ...] = ()
    imports: tuple[Import, ...] = ()
    package: str = ""


def tops(found: Outline) -> list[Symbol]:
    """The definitions that stand in no class, function or table of the file: on their own or in a namespace."""
    holders = {symbol.qualified for symbol in found.symbols}
    return [symbol for symbol in found.symbols if not symbol.scope or symbol.scope not in holders]


MIXED_IN = "+"
"""Begins the bases of a class that are not all: those in its head count as well."""

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


@dataclass(slots=True)
class _Found:
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


def parse(language: str, source: bytes) -> Tree:
    """The syntax tree of UTF-8 source."""
    return parser(language).parse(source)


def outline(language: str, source: bytes, tree: Tree | None = None) -> Outline:
    """The outline of UTF-8 source; pass the tree when it is at hand."""
    root = (tree or parse(language, source)).root_node
    found: list[_Found] = []
    mixed_in: list[Node] = []
    imported: list[Import] = []
    package = ""
    cursor = QueryCursor(query(language, "outline", "imports"), match_limit=_MATCH_LIMIT)
    for _, captures in () if is_rubble(root) else cursor.matches(root):
        if "import" in captures:
            imported.extend(_imports(language, captures))
        elif "package" in captures:
            package = _text(captures["module"][0])
        else:
            found.extend(_definition(language, captures))
            mixed_in.extend(captures.get("mixin", ()))
    found = _ordered(found)
    _mix_in(found, mixed_in)
    lines = source.split(b"\n")
    taken = {(item.local, item.line) for item in imported}
    return Outline(tuple(_symbols(language, found, source, lines, taken)), _distinct(imported), package)


_IMPORT_DEPTH = 6
"""Imports inside of functions count when they are not nested deeper: the search need not visit every expression."""


def imports(language: str, tree: Tree) -> tuple[Import, ...]:
    """Only the imports of a text, for every keystroke: 20 times faster than the whole outline."""
    cursor = QueryCursor(query(language, "imports"), match_limit=_MATCH_LIMIT)
    cursor.set_max_start_depth(_IMPORT_DEPTH)
    found: list[Import] = []
    for _, captures in () if is_rubble(tree.root_node) else cursor.matches(tree.root_node):
        if "import" in captures:
            found.extend(_imports(language, captures))
    return _distinct(found)


_MOST_PIECES = 10_000
"""A query takes the square of the pieces that lie below an error: 0.1 s for so many, 2 s for 40,000."""


def is_rubble(root: Node) -> bool:
    """Whether a text is no code in its language at all, such as 100,000 opening brackets: it defines nothing."""
    return root.type == "ERROR" and root.child_count > _MOST_PIECES


def _distinct(found: list[Import]) -> tuple[Import, ...]:
    """Without repetitions, and without the nameless twin of an import that has a name."""
    named = {(item.module, item.line) for item in found if item.alias or item.name}
    return tuple(
        dict.fromkeys(item for item in found if item.alias or item.name or (item.module, item.line) not in named)
    )


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")


def _squeeze(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _definition(language: str, captures: dict[str, list[Node]]) -> Iterator[_Found]:
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
    bases = _text(captures["bases"][0]) if "bases" in captures else ""
    receiver = _text(captures["receiver"][0]) if "receiver" in captures else ""
    head_end = body.start_byte if body else node.end_byte
    holds = kind == "constant" and "value" in captures and captures["value"][0].type == "object"
    if node.type == "module" and body is not None and language == "ruby":
        holds = any(child.type in ("method", "singleton_method") for child in body.named_children)
    end = outer.end_byte if outer and node.type == "file_scoped_namespace_declaration" else node.end_byte
    yield _Found(kind, node, name, start, end, head_end, parameters, bases, receiver, holds)


def _ordered(found: list[_Found]) -> list[_Found]:
    """In the order of the text, what holds others first; Ruby's `Point = Struct.new` as a class only."""
    classes = {item.name.start_byte for item in found if item.kind == "class"}
    kept = [item for item in found if item.kind != "constant" or item.name.start_byte not in classes]
    return sorted(kept, key=lambda item: (item.node.start_byte, -item.end))


def _mix_in(found: list[_Found], mixed_in: list[Node]) -> None:
    """Gives each class what it mixes in or embeds as further bases; found is in order."""
    stack: list[_Found] = []
    waiting = iter(item for item in found if item.kind in _OWNERS)
    following = next(waiting, None)
    for node in sorted(mixed_in, key=lambda node: node.start_byte):
        while following is not None and following.node.start_byte < node.start_byte:
            stack.append(following)
            following = next(waiting, None)
        while stack and stack[-1].end <= node.start_byte:
            stack.pop()
        if stack:
            name = _text(node).replace("::", ".").replace("\\", ".")
            inner = stack[-1]
            inner.bases = f"{inner.bases},{name}" if inner.bases else f"{MIXED_IN}{name}"


def _symbols(
    language: str, found: list[_Found], source: bytes, lines: list[bytes], taken: set[tuple[str, int]]
) -> Iterator[Symbol]:
    """The definitions in order, each knowing the definitions around it; taken are the imported names by line."""
    stack: list[tuple[int, str, str]] = []
    seen: set[str] = set()
    for item in found:
        while stack and stack[-1][0] <= item.node.start_byte:
            stack.pop()
        written = _text(item.name)
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
        top = _with_marks(language, item, lines)
        yield Symbol(
            name,
            _kind(item.kind, within, receiver),
            ".".join(part for part in (scope, receiver) if part),
            line,
            item.node.end_point[0] + 1,
            _signature(item, source),
            _doc(language, item, top, lines),
            item.bases,
            _arity(item.parameters),
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


_ONE_LINE = frozenset({"constant", "field", "member", "macro"})
"""Without a body, their first line says enough."""

_MARKS = {"rust": b"#[", "javascript": b"@", "typescript": b"@", "tsx": b"@"}
"""How the lines above a definition begin that mark it, where its node does not hold them; elsewhere it does."""


def _with_marks(language: str, item: _Found, lines: list[bytes]) -> int:
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


def _signature(item: _Found, source: bytes) -> str:
    """The head of the definition on one line, cut at the limit."""
    end = min(item.head_end, item.start + 4 * SIGNATURE_CHARS)
    text = source[item.start : end].decode("utf-8", "replace")
    if item.kind in _ONE_LINE and item.head_end == item.end:
        text = text.partition("\n")[0]
    text = _squeeze(text).rstrip("{ ").removesuffix("=>").rstrip()
    return text[:SIGNATURE_CHARS]


def _arity(parameters: Node | None) -> int:
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


def _doc(language: str, item: _Found, top: int, lines: list[bytes]) -> str:
    """The first line of the docstring (Python) or of the comment right above the definition, which begins at `top`."""
    if item.kind in ("constant", "field", "member"):
        return ""
    if language == "python":
        head = _first_body_line(item, lines)
        found = re.match(rb'\s*[rRuU]?("""|\'\'\'|"|\')(.*)', head)
        text = found[2].split(found[1])[0] if found else b""
        return _clean_doc(text)
    return _comment_above(language, top, lines)


def _first_body_line(item: _Found, lines: list[bytes]) -> bytes:
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


def _imports(language: str, captures: dict[str, list[Node]]) -> Iterator[Import]:
    """The imported names of one match."""
    if "module" not in captures:
        return
    node = captures["module"][0]
    module = _text(node).strip("\"'`<>")
    line = node.start_point[0] + 1
    alias = _text(captures["alias"][0]) if "alias" in captures else ""
    name = _text(captures["imported"][0]) if "imported" in captures else ""
    if language == "rust":
        declared = captures["import"][0].type == "mod_item"
        passed = captures["import"][0].children[0].type == "visibility_modifier"
        yield from (
            [Import(f"self::{module}", line=line)]
            if declared
            else [Import(path, last, other, line, passed) for path, last, other in expand_use(module)]
        )
    elif language == "php":
        yield Import(module, module.rpartition("\\")[2] if "\\" in module else "", alias, line)
    elif language == "csharp":
        yield Import(module, "" if alias else "*", alias, line)
    elif language == "java":
        if module != "*":
            yield from _java(module, name, line)
    else:
        exported = captures["import"][0].type == "export_statement"
        name = "*" if name.startswith("*") else "" if name == "default" and alias else name
        yield Import(module, name, "" if alias in (".", "_") else alias, line, exported)


def _java(module: str, name: str, line: int) -> Iterator[Import]:
    if name == "*":
        yield Import(module, "*", line=line)
    else:
        package, _, last = module.rpartition(".")
        yield Import(package, last, line=line)
