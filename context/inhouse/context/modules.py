"""Which project files an import means, by paths alone: nothing is run, no build tool is asked.

Works per language on the list of indexed paths; what lies outside of the project resolves to nothing. Python, scripts,
C and Go stand here, the others in crates.py and namespaces.py.
"""

import posixpath
from collections.abc import Callable, Iterable, Iterator

from inhouse.context import namespaces
from inhouse.context.crates import rust
from inhouse.context.folders import Folders
from inhouse.context.outline import Import

_MOST_FILES = 24
"""An import of a whole package can mean hundreds of files; a prompt has room for a few."""

_SCRIPT_ENDINGS = (".ts", ".tsx", ".d.ts", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts")
_SCRIPTS = frozenset({"javascript", "typescript", "tsx"})

_ELSEWHERE: dict[str, Callable[[Folders, str, Import], Iterator[str]]] = {
    "rust": rust, "java": namespaces.java, "lua": namespaces.lua, "csharp": namespaces.csharp,
    "ruby": namespaces.ruby, "php": namespaces.php,
}  # fmt: skip


class Modules:
    """The project's files as modules. read_text gives a project file's text (for go.mod, package.json), or None."""

    def __init__(self, paths: Iterable[str], read_text: Callable[[str], str | None], root_name: str = "") -> None:
        self._read_text = read_text
        self._root_name = root_name
        self._files = Folders(paths)
        self._go_modules: list[tuple[str, str]] | None = None
        self._aliases: list[tuple[str, str]] | None = None

    def resolve(self, language: str, own: str, item: Import) -> list[str]:
        """The files that an import in the file `own` brings in, best first; never the file itself."""
        if language in _SCRIPTS:
            found = self._script(own, item.module)
        elif language in ("c", "cpp"):
            found = self._include(own, item.module)
        elif language == "python":
            found = self._python(own, item)
        elif language == "go":
            found = self._go(item)
        else:
            find = _ELSEWHERE.get(language)
            found = find(self._files, own, item) if find else iter(())
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
        return self._files.by_folder.get(folder, [])

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
                for path in self._files.tail(tail + ending, own):
                    above = path[: len(path) - len(tail + ending)].rstrip("/")
                    if f"{above}/__init__.py".lstrip("/") not in self._files.paths or _beside(above, own, len(suffix)):
                        yield path
        if len(parts) > 1 and parts[0] == self._root_name and "__init__.py" in self._files.paths:
            yield from self._python_at("/".join(parts[1:]), name)

    def _python_at(self, base: str, name: str) -> Iterator[str]:
        for stem in (posixpath.join(base, name), base) if name else (base,):
            for ending in (".py", ".pyi", "/__init__.py"):
                if (path := (stem + ending).lstrip("/")) in self._files.paths:
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
        if stem in self._files.paths:
            yield stem
        if ending in (".js", ".jsx", ".mjs", ".cjs"):
            for other in (".ts", ".tsx", ".mts", ".cts"):
                if bare + other in self._files.paths:
                    yield bare + other
        for other in (*_SCRIPT_ENDINGS, *(f"/index{ending}" for ending in _SCRIPT_ENDINGS)):
            if stem + other in self._files.paths:
                yield stem + other

    def _script_aliases(self) -> list[tuple[str, str]]:
        """What tsconfig paths and workspace packages call folders: (prefix, folder) pairs."""
        if self._aliases is None:
            from inhouse.context.manifests import script_aliases

            folders = {
                folder for folder, paths in self._files.by_folder.items() if any(_is_script(path) for path in paths)
            }
            self._aliases = script_aliases(folders, self._read_text)
        return self._aliases

    # ---- C and C++

    def _include(self, own: str, module: str) -> Iterator[str]:
        beside = posixpath.normpath(posixpath.join(posixpath.dirname(own), module))
        if beside in self._files.paths:
            yield beside
        yield from self._files.tail(module.removeprefix("./").lstrip("/").replace("../", ""), own)

    # ---- Go

    def _go(self, item: Import) -> Iterator[str]:
        if self._go_modules is None:
            from inhouse.context.manifests import go_modules

            self._go_modules = go_modules(self._files.by_folder, self._read_text)
        for name, folder in self._go_modules:
            if item.module == name or item.module.startswith(name + "/"):
                inner = posixpath.join(folder, item.module[len(name) + 1 :]).rstrip("/")
                for path in self.in_folder(inner):
                    if path.endswith(".go") and not path.endswith("_test.go"):
                        yield path
                return


def _is_script(path: str) -> bool:
    return path.endswith(_SCRIPT_ENDINGS)


def _beside(above: str, own: str, parts: int) -> bool:
    """Python scripts may import the modules of their own folder."""
    return parts >= 1 and above == posixpath.dirname(own)
