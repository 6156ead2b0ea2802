"""What installed libraries define: names and how many arguments they take, read from the project's own environment,
lazily.

Only text is read, nothing of it is run; a library that is not found, or has no sources, simply has no names.
"""

import os
import re
import sysconfig
import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from inhouse.context import files
from inhouse.context.declarations import declarations, declared_types, package_and_part
from inhouse.context.files import inside
from inhouse.context.languages import dialect_of
from inhouse.context.outline import Import, Outline, Symbol, outline
from inhouse.context.patience import Check, never
from inhouse.context.scope import ScopeName

_KEPT_MODULES = 128
"""Outlines of library files kept in memory: those that the files being edited import."""

_MOST_STARS = 30
"""`from .x import *` is followed into so many files: packages gather their names that way."""

_VOCABULARY_MODULES = 200
"""Modules of one library that are read for its vocabulary: about two seconds, aside."""

_ENVIRONMENTS = (".venv", "venv", "env")
_SCRIPTS = frozenset({"javascript", "typescript", "tsx"})

_WHOLE = re.compile(r"^[ \t]*export\s*=\s*(\w+)\s*;?\s*$", re.MULTILINE)
"""`export = React`: the module is that namespace."""


_DEFAULT = re.compile(r"^export\s+default\s+(\w+)\s*;?\s*$", re.MULTILINE)
"""What `import axios from "axios"` brings."""


@dataclass(frozen=True, slots=True)
class Module:
    """A library's file."""

    path: Path
    outline: Outline
    whole: str = ""
    """The scope whose names are the module's own."""
    default: str = ""
    """The name of what it exports by default."""

    def tops(self) -> Iterator[Symbol]:
        """The definitions that an import can name."""
        return (symbol for symbol in self.outline.symbols if symbol.scope in ("", self.whole))


class Libraries:
    """The libraries that a project's files can import; safe from several threads."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lock = threading.Lock()
        self._kept: OrderedDict[Path, Module] = OrderedDict()
        self._python: list[Path] | None = None

    def names(self, language: str, own: str, module: str) -> list[ScopeName]:
        """What a library module offers: its definitions, then what it imports for others."""
        found: dict[str, ScopeName] = {}
        for name, arity in self._offered(language, own, module, set()):
            if not name.startswith("_"):
                found.setdefault(name, ScopeName(name, "member", len(found), arity))
        return list(found.values())

    def vocabulary(self, language: str, own: str, module: str) -> frozenset[str]:
        """Every name that a library module and what it gathers its names from define: seconds for a large library."""
        found: set[str] = set()
        pending: list[tuple[str, str]] = [(own, module)]
        read: set[Path] = set()
        while pending and len(read) < _VOCABULARY_MODULES:
            place, name = pending.pop(0)
            path = self._find(language, place, name)
            if path is None or path in read:
                continue
            read.add(path)
            outline_ = self._read(path).outline
            found.update(symbol.name for symbol in outline_.symbols)
            for item in outline_.imports:
                found.add(item.local)
                if item.module.startswith("."):
                    inner = self.within(language, name, path, item)
                    pending.append((str(path), inner))
                    if language == "python" and item.name:
                        pending.append((str(path), f"{inner}.{item.name}"))
        return frozenset(found)

    def module(self, language: str, own: str, module: str, check: Check = never) -> Module | None:
        """The file of a module as another file imports it; None when it is not installed or has no source."""
        path = self._find(language, own, module)
        return self._read(path, check) if path is not None else None

    def _offered(self, language: str, own: str, module: str, seen: set[Path]) -> Iterator[tuple[str, int]]:
        path = self._find(language, own, module) if len(seen) < _MOST_STARS else None
        if path is None or path in seen:
            return
        seen.add(path)
        found = self._read(path)
        for symbol in found.tops():
            yield symbol.name, symbol.arity
        for item in found.outline.imports:
            if item.name == "*":
                yield from self._offered(language, str(path), self.within(language, module, path, item), seen)
            elif item.name or item.alias:
                yield item.local, -1

    def within(self, language: str, module: str, path: Path, item: Import) -> str:
        """The module that an import in a library's file means."""
        return _absolute(module, item, path.stem == "__init__") if language == "python" else item.module

    def _read(self, path: Path, check: Check = never) -> Module:
        with self._lock:
            held = self._kept.get(path)
            if held is not None:
                self._kept.move_to_end(path)
                return held
        text = files.read(path) or ""
        language = dialect_of(path, text)
        found = outline(language, text.encode("utf-8", "replace"), check=check) if text and language else Outline()
        whole, default = (how.search(text) if language in _SCRIPTS else None for how in (_WHOLE, _DEFAULT))
        read = Module(path, found, whole[1] if whole else "", default[1] if default else "")
        with self._lock:
            self._kept[path] = read
            while len(self._kept) > _KEPT_MODULES:
                self._kept.popitem(last=False)
        return read

    def label(self, path: Path) -> str:
        """A library's file as its users know it: `requests/api.py`, `react/index.d.ts`."""
        for folder in self._python or ():
            if path.is_relative_to(folder):
                return path.relative_to(folder).as_posix()
        return path.as_posix().rpartition("/node_modules/")[2]

    def _find(self, language: str, own: str, module: str) -> Path | None:
        """The file of a library module, type stubs before sources."""
        if language == "python":
            found = self._python_files(module)
        elif language in _SCRIPTS and module.startswith("."):
            found = declarations(Path(os.path.normpath((self._root / own).parent / module)))
        elif language in _SCRIPTS and module and not module.startswith("/"):
            found = self._script_files(own, module)
        else:
            return None
        scripts = language in _SCRIPTS  # their manifests say which file; Python's modules are names below a folder
        return next((path for path in found if path.is_file() and (not scripts or inside(self._root, path))), None)

    def _python_files(self, module: str) -> Iterator[Path]:
        parts = [part for part in module.split(".") if part]
        if not parts or module.startswith("."):
            return
        if self._python is None:
            self._python = list(python_folders(self._root))
        for folder in self._python:
            for place in (folder.joinpath(f"{parts[0]}-stubs", *parts[1:]), folder.joinpath(*parts)):
                for ending in (".pyi", ".py"):
                    yield place.with_name(place.name + ending)
                    yield place / f"__init__{ending}"

    def _script_files(self, own: str, module: str) -> Iterator[Path]:
        """The type declarations of a package or of a part of it, in the nearest node_modules upwards."""
        package, part = package_and_part(module.removeprefix("node:"))
        typed = package.removeprefix("@").replace("/", "__")
        folder = (self._root / own).parent
        while folder == self._root or self._root in folder.parents:
            base = folder / "node_modules"
            for place in (base / package, base / "@types" / typed):
                if place.is_dir():
                    yield from declared_types(place, part)
            yield base / "@types" / "node" / f"{'/'.join((package, *part))}.d.ts"
            folder = folder.parent


def python_folders(root: Path) -> Iterator[Path]:
    """Where the project's Python finds modules: its environment's packages, then the standard library."""
    chosen = os.environ.get("VIRTUAL_ENV")
    for environment in (*(root / name for name in _ENVIRONMENTS), *([Path(chosen)] if chosen else [])):
        yield from sorted(environment.glob("lib/python*/site-packages"))
        if (windows := environment / "Lib" / "site-packages").is_dir():
            yield windows
    yield Path(sysconfig.get_path("stdlib"))


def _absolute(module: str, item: Import, package: bool) -> str:
    """A relative import inside of a library as a full module name."""
    rest = item.module.lstrip(".")
    level = len(item.module) - len(rest)
    if not level:
        return item.module
    parts = module.split(".") if package else module.split(".")[:-1]
    kept = parts[: len(parts) - (level - 1)] if level > 1 else parts
    return ".".join((*kept, rest)) if rest else ".".join(kept)
