"""Which project files an import means, by paths alone: nothing is run, no build tool is asked.

Works per language on the list of indexed paths; what lies outside of the project resolves to nothing.
"""

import posixpath
from collections.abc import Callable, Iterable, Iterator

from inhouse.context.outline import Import

_MOST_FILES = 24
"""An import of a whole package can mean hundreds of files; a prompt has room for a few."""

_SCRIPT_ENDINGS = (".ts", ".tsx", ".d.ts", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts")
_SCRIPTS = frozenset({"javascript", "typescript", "tsx"})


class Modules:
    """The project's files as modules. read_text gives a project file's text (for go.mod, package.json), or None."""

    def __init__(self, paths: Iterable[str], read_text: Callable[[str], str | None], root_name: str = "") -> None:
        self._read_text = read_text
        self._root_name = root_name
        self._paths = frozenset(paths)
        self._by_name: dict[str, list[str]] = {}
        self._by_folder: dict[str, list[str]] = {}
        for path in sorted(self._paths):
            folder, _, name = path.rpartition("/")
            self._by_name.setdefault(name, []).append(path)
            if folder:  # thousands of files are called __init__.py, few of them in a folder of one name
                self._by_name.setdefault(f"{folder.rpartition('/')[2]}/{name}", []).append(path)
            self._by_folder.setdefault(folder, []).append(path)
        self._go_modules: list[tuple[str, str]] | None = None
        self._aliases: list[tuple[str, str]] | None = None

    def resolve(self, language: str, own: str, item: Import) -> list[str]:
        """The files that an import in the file `own` brings in, best first; never the file itself."""
        if language in _SCRIPTS:
            found = self._script(own, item.module)
        elif language in ("c", "cpp"):
            found = self._include(own, item.module)
        else:
            find = {
                "python": self._python,
                "go": self._go,
                "rust": self._rust,
                "java": self._java,
                "lua": self._lua,
                "csharp": self._csharp,
                "ruby": self._ruby,
                "php": self._php,
            }.get(language)
            found = find(own, item) if find else iter(())
        distinct = dict.fromkeys(path for path in found if path != own)
        return list(distinct)[:_MOST_FILES]

    def neighbours(self, language: str, own: str) -> list[str]:
        """The files whose names are visible without an import: the same package or namespace."""
        if language not in ("go", "java", "csharp", "php"):
            return []
        suffix = posixpath.splitext(own)[1]
        return [path for path in self.in_folder(posixpath.dirname(own)) if path.endswith(suffix) and path != own]

    def in_folder(self, folder: str) -> list[str]:
        """The files right in a folder."""
        return self._by_folder.get(folder, [])

    def _tail(self, tail: str, own: str) -> list[str]:
        """The files whose path ends with these parts, nearest to the own file first."""
        name = "/".join(tail.rsplit("/", 2)[-2:])
        found = [path for path in self._by_name.get(name, []) if path == tail or path.endswith("/" + tail)]
        return sorted(found, key=lambda path: (-_shared(path, own), path.count("/"), path))

    # ---- Python

    def _python(self, own: str, item: Import) -> Iterator[str]:
        rest = item.module.lstrip(".")
        level = len(item.module) - len(rest)
        parts = [part for part in rest.replace(" ", "").split(".") if part]
        name = item.name if item.name != "*" else ""
        if level:
            folder = posixpath.dirname(own)
            for _ in range(level - 1):
                folder = posixpath.dirname(folder)
            base = posixpath.join(folder, *parts)
            yield from self._python_at(base, name)
            return
        for suffix in ((*parts, name), parts) if name else (parts,):
            tail = "/".join(suffix)
            for ending in (".py", ".pyi", "/__init__.py"):
                for path in self._tail(tail + ending, own):
                    above = path[: len(path) - len(tail + ending)].rstrip("/")
                    if f"{above}/__init__.py".lstrip("/") not in self._paths or _beside(above, own, len(suffix)):
                        yield path
        if len(parts) > 1 and parts[0] == self._root_name and "__init__.py" in self._paths:
            yield from self._python_at("/".join(parts[1:]), name)

    def _python_at(self, base: str, name: str) -> Iterator[str]:
        for stem in (posixpath.join(base, name), base) if name else (base,):
            for ending in (".py", ".pyi", "/__init__.py"):
                if (path := (stem + ending).lstrip("/")) in self._paths:
                    yield path

    # ---- JavaScript and TypeScript

    def _script(self, own: str, module: str) -> Iterator[str]:
        if module.startswith("."):
            yield from self._script_at(posixpath.normpath(posixpath.join(posixpath.dirname(own), module)))
            return
        for prefix, folder in self._script_aliases():
            if module == prefix.rstrip("/") or module.startswith(prefix):
                yield from self._script_at(posixpath.normpath(posixpath.join(folder, module[len(prefix) :])))
        tail = module.partition("/")[2] if module.startswith(("@/", "~/", "#/")) else ""
        if tail:
            for folder in ("src", "app", "lib", ""):
                yield from self._script_at(posixpath.join(folder, tail))

    def _script_at(self, stem: str) -> Iterator[str]:
        bare, ending = posixpath.splitext(stem)
        if stem in self._paths:
            yield stem
        if ending in (".js", ".jsx", ".mjs", ".cjs"):
            for other in (".ts", ".tsx", ".mts", ".cts"):
                if bare + other in self._paths:
                    yield bare + other
        for other in (*_SCRIPT_ENDINGS, *(f"/index{ending}" for ending in _SCRIPT_ENDINGS)):
            if stem + other in self._paths:
                yield stem + other

    def _script_aliases(self) -> list[tuple[str, str]]:
        """What tsconfig paths and workspace packages call folders: (prefix, folder) pairs."""
        if self._aliases is None:
            from inhouse.context.manifests import script_aliases

            folders = {folder for folder, paths in self._by_folder.items() if any(_is_script(path) for path in paths)}
            self._aliases = script_aliases(folders, self._read_text)
        return self._aliases

    # ---- C and C++

    def _include(self, own: str, module: str) -> Iterator[str]:
        beside = posixpath.normpath(posixpath.join(posixpath.dirname(own), module))
        if beside in self._paths:
            yield beside
        yield from self._tail(module.removeprefix("./").lstrip("/").replace("../", ""), own)

    # ---- Go

    def _go(self, own: str, item: Import) -> Iterator[str]:
        if self._go_modules is None:
            from inhouse.context.manifests import go_modules

            self._go_modules = go_modules(self._by_folder, self._read_text)
        for name, folder in self._go_modules:
            if item.module == name or item.module.startswith(name + "/"):
                inner = posixpath.join(folder, item.module[len(name) + 1 :]).rstrip("/")
                for path in self.in_folder(inner):
                    if path.endswith(".go") and not path.endswith("_test.go"):
                        yield path
                return

    # ---- Rust

    def _rust(self, own: str, item: Import) -> Iterator[str]:
        parts = [part for part in item.module.split("::") if part]
        full = [*parts, item.name] if item.name and item.name != "*" else parts
        if not full:
            return
        folder, stem = posixpath.dirname(own), posixpath.splitext(posixpath.basename(own))[0]
        module_folder = folder if stem in ("mod", "lib", "main") else posixpath.join(folder, stem)
        head, rest = full[0], full[1:]
        if head == "crate":
            base = self._crate(own)
        elif head == "self":
            base = module_folder
        elif head == "super":
            base = posixpath.dirname(module_folder)
            while rest and rest[0] == "super":
                base, rest = posixpath.dirname(base), rest[1:]
        else:
            yield from self._rust_at(module_folder, full)
            other = self._crate_named(head)
            if other is None:
                return
            base = other
        yield from self._rust_at(base, rest)

    def _rust_at(self, base: str, parts: list[str]) -> Iterator[str]:
        """The longest run of parts that is a file; at last the crate's or the folder's own file."""
        for count in range(len(parts), 0, -1):
            stem = posixpath.join(base, *parts[:count])
            for path in (f"{stem}.rs", f"{stem}/mod.rs"):
                if path in self._paths:
                    yield path
                    return
        for name in ("lib.rs", "mod.rs", "main.rs"):
            if (path := posixpath.join(base, name)) in self._paths:
                yield path
                return
        if f"{base}.rs" in self._paths:
            yield f"{base}.rs"

    def _crate(self, own: str) -> str:
        """The folder of the crate's root file, upwards."""
        folder = posixpath.dirname(own)
        while folder:
            if any(posixpath.join(folder, name) in self._paths for name in ("lib.rs", "main.rs")):
                return folder
            folder = posixpath.dirname(folder)
        return folder

    def _crate_named(self, name: str) -> str | None:
        """The source folder of another crate of the workspace, by its folder's name."""
        for path in self._by_name.get("lib.rs", []):
            folder = posixpath.dirname(path)
            crate = posixpath.basename(posixpath.dirname(folder) if folder.endswith("src") else folder)
            if crate.replace("-", "_") == name:
                return folder
        return None

    # ---- Java, Lua

    def _java(self, own: str, item: Import) -> Iterator[str]:
        tail = item.module.replace(".", "/")
        if item.name == "*":
            for folder in sorted(self._by_folder):
                if folder == tail or folder.endswith("/" + tail):
                    yield from (path for path in self._by_folder[folder] if path.endswith(".java"))
        else:
            yield from self._tail(f"{tail}/{item.name}.java", own)
        yield from self._tail(f"{tail}.java", own)

    def _lua(self, own: str, item: Import) -> Iterator[str]:
        tail = item.module.replace(".", "/").lstrip("/")
        yield from self._tail(f"{tail}.lua", own)
        yield from self._tail(f"{tail}/init.lua", own)

    # ---- C#, Ruby, PHP

    def _csharp(self, own: str, item: Import) -> Iterator[str]:
        """Folders are named after namespaces by custom; the first parts may be the project's own name."""
        parts = item.module.split(".")
        for skipped in range(len(parts)):
            tail = "/".join(parts[skipped:])
            for folder in sorted(self._by_folder):
                if folder == tail or folder.endswith("/" + tail):
                    yield from (path for path in self._by_folder[folder] if path.endswith(".cs"))

    def _ruby(self, own: str, item: Import) -> Iterator[str]:
        tail = item.module.removesuffix(".rb")
        if item.name == "require_relative":
            beside = posixpath.normpath(posixpath.join(posixpath.dirname(own), tail)) + ".rb"
            if beside in self._paths:
                yield beside
            return
        yield from self._tail(f"{tail}.rb", own)

    def _php(self, own: str, item: Import) -> Iterator[str]:
        """A class stands in a file of its name; the first part of its namespace is the source folder's."""
        parts = item.module.strip("\\/").replace("\\", "/").split("/")
        for skipped in range(len(parts)):
            tail = "/".join(parts[skipped:])
            yield from self._tail(tail if tail.endswith(".php") else f"{tail}.php", own)


def _is_script(path: str) -> bool:
    return path.endswith(_SCRIPT_ENDINGS)


def _shared(path: str, own: str) -> int:
    """How many leading folders two paths share."""
    count = 0
    for one, other in zip(path.split("/")[:-1], own.split("/")[:-1], strict=False):
        if one != other:
            break
        count += 1
    return count


def _beside(above: str, own: str, parts: int) -> bool:
    """Python scripts may import the modules of their own folder."""
    return parts >= 1 and above == posixpath.dirname(own)
