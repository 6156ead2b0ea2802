"""Which language a file is in, and the tree-sitter grammar and queries that read it.

Loads a grammar only when the first file of that language turns up; knows nothing about projects.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import import_module, resources
from pathlib import Path, PurePath
from typing import cast

from tree_sitter import Language as Grammar
from tree_sitter import Node, Parser, Query


@dataclass(frozen=True)
class Language:
    """One language: its endings, its grammar (module and function) and its folders of queries, read in order."""

    name: str
    suffixes: tuple[str, ...]
    module: str
    function: str = "language"
    queries: tuple[str, ...] = ()
    comment: str = "//"
    keywords: str = ""
    """Its commonest words that are never names: no search needs them, and they were a sixth of the search table."""

    @property
    def query_folders(self) -> tuple[str, ...]:
        """The language's own folder when none is named."""
        return self.queries or (self.name,)

    @cached_property
    def unsearched(self) -> frozenset[str]:
        """The keywords as a set."""
        return frozenset(self.keywords.split())


_PYTHON = "def return if elif else for in not is and or None True False import from class"
_GO = "func return if else for range nil true false package import struct type var defer case"
_RUST = "fn let mut pub return if else for in match use impl struct self Self true false mod where"
_LUA = "local function end return if then else elseif for in do not and or nil true false"
_RUBY = "def end return if else elsif unless do nil true false class module then and or not"
_SCRIPT = "const return if else for function import export new this null true false let var class typeof await"
_C = "return if else for while int char void const struct static unsigned sizeof break case switch long double float"
_CPP = f"{_C} class public private namespace template typename bool true false new this nullptr auto using"
_JAVA = (
    "return if else for while int void new this null true false public private static final class import throws boolean"
)
_CSHARP = "return if else int void new this null true false public private static class using var string bool"
_PHP = "return if else foreach function public private static new null true false class use namespace"


LANGUAGES: dict[str, Language] = {
    language.name: language
    for language in (
        Language("python", (".py", ".pyi", ".pyw"), "tree_sitter_python", comment="#", keywords=_PYTHON),
        Language(
            "javascript",
            (".js", ".jsx", ".mjs", ".cjs"),
            "tree_sitter_javascript",
            queries=("javascript", "javascript_only"),
            keywords=_SCRIPT,
        ),
        Language(
            "typescript",
            (".ts", ".mts", ".cts"),
            "tree_sitter_typescript",
            "language_typescript",
            ("javascript", "typescript"),
            keywords=_SCRIPT,
        ),
        Language(
            "tsx",
            (".tsx",),
            "tree_sitter_typescript",
            "language_tsx",
            ("javascript", "typescript", "tsx"),
            keywords=_SCRIPT,
        ),
        Language("go", (".go",), "tree_sitter_go", keywords=_GO),
        Language("rust", (".rs",), "tree_sitter_rust", keywords=_RUST),
        Language("java", (".java",), "tree_sitter_java", keywords=_JAVA),
        Language("c", (".c", ".h"), "tree_sitter_c", keywords=_C),
        Language(
            "cpp",
            (".cpp", ".cc", ".cxx", ".c++", ".hpp", ".hh", ".hxx", ".h++", ".ipp", ".tpp", ".inl", ".cu", ".cuh"),
            "tree_sitter_cpp",
            queries=("c", "cpp"),
            keywords=_CPP,
        ),
        Language("lua", (".lua",), "tree_sitter_lua", comment="--", keywords=_LUA),
        Language("csharp", (".cs",), "tree_sitter_c_sharp", keywords=_CSHARP),
        Language("ruby", (".rb", ".rake", ".gemspec"), "tree_sitter_ruby", comment="#", keywords=_RUBY),
        Language("php", (".php", ".phtml"), "tree_sitter_php", "language_php", keywords=_PHP),
    )
}

_BY_SUFFIX = {suffix: language.name for language in LANGUAGES.values() for suffix in language.suffixes}
_BY_INTERPRETER = {
    "python": "python",
    "node": "javascript",
    "deno": "typescript",
    "lua": "lua",
    "luajit": "lua",
    "ruby": "ruby",
    "php": "php",
}
_SHEBANG = re.compile(r"#!\s*\S*?(?:/env\s+(?:-\S+\s+)*)?([A-Za-z]+)[\d.]*(?:\s|$)")
_CPP_HEADER = re.compile(r"^[ \t]*(?:class|namespace|template|using|public:|private:|protected:)\b", re.MULTILINE)


def language_of(path: Path | PurePath, first_line: str = "") -> str | None:
    """The language by the file's ending, else by its first line's interpreter; None when it is no source file."""
    name = _BY_SUFFIX.get(path.suffix.lower())
    if name is not None:
        return name
    if not path.suffix and first_line.startswith("#!"):
        found = _SHEBANG.match(first_line)
        return _BY_INTERPRETER.get(found[1]) if found else None
    return None


def dialect_of(path: Path | PurePath, text: str) -> str | None:
    """Like language_of, but tells C++ headers from C headers by what stands in them."""
    name = language_of(path, text[:200].partition("\n")[0])
    if name == "c" and path.suffix.lower() == ".h" and _CPP_HEADER.search(text):
        return "cpp"
    return name


@cache
def grammar(name: str) -> Grammar:
    """The tree-sitter grammar of a language of the table."""
    language = LANGUAGES[name]
    load = cast("Callable[[], object]", getattr(import_module(language.module), language.function))
    return Grammar(load())


def parser(name: str) -> Parser:
    """A new parser: parsers keep state, so every thread makes its own."""
    return Parser(grammar(name))


@cache
def query(name: str, *kinds: str) -> Query:
    """The compiled query of some kinds ("outline", "imports" ...) for a language, from all its query folders."""
    return Query(grammar(name), "\n".join(query_source(name, kind) for kind in kinds))


def query_source(name: str, kind: str) -> str:
    """The text of a kind of query: the parts of every query folder, in order."""
    root = resources.files("inhouse.context").joinpath("queries")
    files = [root.joinpath(folder, f"{kind}.scm") for folder in LANGUAGES[name].query_folders]
    return "\n".join(file.read_text(encoding="utf-8") for file in files if file.is_file())


def text_of(node: Node) -> str:
    """What is written there."""
    return (node.text or b"").decode("utf-8", "replace")
