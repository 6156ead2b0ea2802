"""Makes a renamed twin of a Python project: its own names replaced by others, the same everywhere, so that what a model
remembers of the project cannot help it.

Usage: twin.py SRC OUT [--seed S]. The last line printed is one JSON object with what was done.

Names are replaced word by word (`get_user`, `UserError`): the words of the project's own names change places with each
other, long ones with long ones, so that a twin has as many tokens and looks as natural. Left alone: keywords, builtins,
`__dunder__`, what is imported from elsewhere and its attributes, names of methods that override those of foreign
classes, arguments named in calls of foreign functions, attributes of the language's own types, strings, comments,
single letters. Each file of the twin parses, or it is left out.
"""

from __future__ import annotations

import argparse
import ast
import builtins
import contextlib
import importlib
import io
import json
import keyword
import random
import re
import sys
import tokenize
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_MIN_WORD = 3
_TYPES = (str, bytes, list, dict, set, tuple, int, float, object, BaseException, io.TextIOWrapper, io.BytesIO, type)
_NOT_IMPORTED = frozenset({"antigravity", "this", "idlelib", "turtledemo", "__main__"})
"""Modules of the standard library that do something when they are imported."""
_IN_BRACES = re.compile(r"(?<!\{)\{([^{}!:]*)")
_NAME = re.compile(r"(?<![\w.\"'])([A-Za-z_]\w*)|(?<=\.)([A-Za-z_]\w*)")
_SKIPPED = frozenset({".git", ".tox", ".venv", "node_modules", "__pycache__", "build", "dist"})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.out.exists() and any(options.out.iterdir()):
        sys.exit(f"{options.out}: is there already; name another folder or remove it")
    files = dict(read(options.source))
    if not files:
        sys.exit(f"{options.source}: no Python file that parses; name a project's folder")
    names = new_names(files, random.Random(options.seed))
    written = left_out = 0
    for path, text in files.items():
        twin = renamed(text, names)
        try:
            ast.parse(twin)
        except SyntaxError:
            left_out += 1
            continue
        place = options.out / "/".join(names.get(part, part) for part in path.removesuffix(".py").split("/"))
        place.parent.mkdir(parents=True, exist_ok=True)
        place.with_name(place.name + ".py").write_text(twin, encoding="utf-8")
        written += 1
    print(json.dumps({"files": written, "left_out": left_out, "names": len(names)}))


def read(source: Path) -> Iterator[tuple[str, str]]:
    """(path, text) of the files that parse."""
    for path in sorted(source.rglob("*.py")):
        relative = path.relative_to(source)
        if _SKIPPED.isdisjoint(relative.parts):
            try:
                text = path.read_text(encoding="utf-8")
                ast.parse(text)
            except (OSError, UnicodeDecodeError, SyntaxError, ValueError):
                continue
            yield relative.as_posix(), text


def new_names(files: dict[str, str], rng: random.Random) -> dict[str, str]:
    """What each of the project's own names becomes; never a name that means something else already."""
    own, foreign, every = set[str](), set[str](builtin_names()), set[str]()
    modules = {part for path in files for part in path.removesuffix(".py").split("/")}
    own |= modules
    for text in files.values():
        look = Look(modules)
        look.visit(ast.parse(text))
        own |= look.own
        foreign |= look.foreign
        every |= look.every
    renameable = {name for name in own - foreign if not name.startswith("__") and name not in ("self", "cls", "setup")}
    words = exchanged({part.lower() for name in renameable for part in _WORD.findall(name)}, rng)
    taken = every | foreign | own
    found: dict[str, str] = {}
    for name in sorted(renameable):
        new = _WORD.sub(lambda part: like(part.group(), words), name)
        while new != name and (new in taken or keyword.iskeyword(new)):
            new += "_too" if new.islower() else "Too"
        if new != name:
            found[name] = new
            taken.add(new)
    return found


def exchanged(words: Iterable[str], rng: random.Random) -> dict[str, str]:
    """Words change places with others of about the same length, none with itself where there are two."""
    by_length: dict[int, list[str]] = defaultdict(list)
    for word in sorted(words):
        if len(word) >= _MIN_WORD and word.isalpha():
            by_length[min(len(word), 9) // 2].append(word)
    found: dict[str, str] = {}
    for group in by_length.values():
        rng.shuffle(group)
        found |= dict(zip(group, [*group[1:], *group[:1]], strict=True))
    return found


def like(part: str, words: dict[str, str]) -> str:
    """The word that takes this one's place, in the same letter case."""
    new = words.get(part.lower(), part.lower())
    return new.upper() if part.isupper() and len(part) > 1 else new.capitalize() if part[0].isupper() else new


def builtin_names() -> set[str]:
    names = set(dir(builtins)) | set(keyword.kwlist) | set(keyword.softkwlist)
    return names | {name for kind in _TYPES for name in dir(kind)}


class Look(ast.NodeVisitor):
    """Which names a file defines, and which belong to others."""

    def __init__(self, modules: set[str]) -> None:
        self._modules = modules
        self._imported: set[str] = set()
        self._classes: dict[str, set[str]] = {}
        self.own: set[str] = set()
        self.foreign: set[str] = set()
        self.every: set[str] = set()

    def visit_Import(self, node: ast.Import) -> None:
        for entry in node.names:
            self._import(entry.name, None, entry.asname)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for entry in node.names:
            if node.level or (node.module or "").split(".")[0] in self._modules:
                self.own |= {entry.asname} if entry.asname else set()
            else:
                self._import(node.module or "", entry.name, entry.asname)

    def _import(self, module: str, name: str | None, alias: str | None) -> None:
        parts = module.split(".")
        if parts[0] in self._modules:
            return
        self.foreign |= {*parts, *([name] if name else [])}
        self._imported.add(alias or name or parts[0])
        self.foreign.add(alias or name or parts[0])
        if parts[0] in sys.stdlib_module_names and parts[0] not in _NOT_IMPORTED:
            with contextlib.suppress(ImportError):  # of another system or version: its names stay unknown
                found = importlib.import_module(module)
                self.foreign |= set(dir(found))
                if name is not None and isinstance(known := getattr(found, name, None), type):
                    self._classes[alias or name] = set(dir(known))

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.own.add(node.name)
        self.generic_visit(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self.visit_FunctionDef(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.own.add(node.name)
        methods = {one.name for one in node.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}
        for base in map(self._root, node.bases):
            if base in self._imported:  # what cannot be looked into may have all of these methods
                self.foreign |= methods & self._classes.get(base, methods)
        self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> None:
        self.own.add(node.arg)
        self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        self.every.add(node.id)
        if isinstance(node.ctx, ast.Store):
            self.own.add(node.id)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self.every.add(node.attr)
        root = self._root(node)
        if root in self._imported:
            self.foreign.add(node.attr)
        elif isinstance(node.ctx, ast.Store) and root == "self":
            self.own.add(node.attr)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        named = {one.arg for one in node.keywords if one.arg}
        self.every |= named
        root = self._root(node.func)
        known = isinstance(node.func, ast.Attribute) and any(hasattr(kind, node.func.attr) for kind in _TYPES)
        if known or root in self._imported or hasattr(builtins, root):
            self.foreign |= named
        self.generic_visit(node)

    @staticmethod
    def _root(node: ast.AST) -> str:
        """The first name of a chain of attributes and calls; empty if there is none."""
        while isinstance(node, ast.Attribute | ast.Call | ast.Subscript):
            node = node.func if isinstance(node, ast.Call) else node.value
        return node.id if isinstance(node, ast.Name) else ""


def renamed(text: str, names: dict[str, str]) -> str:
    """The text with the names replaced, also within the braces of f-strings."""
    lines = text.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    parts: list[str] = []
    done = 0
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        new = _replacement(token, names)
        if new is not None:
            begin, end = (starts[row - 1] + column for row, column in (token.start, token.end))
            parts += [text[done:begin], new]
            done = end
    return "".join([*parts, text[done:]])


def _replacement(token: tokenize.TokenInfo, names: dict[str, str]) -> str | None:
    if token.type == tokenize.NAME:
        return names.get(token.string)
    if token.type == tokenize.STRING and "f" in token.string[: re.search(r"['\"]", token.string).start()].lower():  # type: ignore[union-attr]
        return _IN_BRACES.sub(lambda part: "{" + _NAME.sub(lambda name: _swap(name, names), part[1]), token.string)
    return None


def _swap(name: re.Match[str], names: dict[str, str]) -> str:
    return names.get(name.group(), name.group())


if __name__ == "__main__":
    main()
