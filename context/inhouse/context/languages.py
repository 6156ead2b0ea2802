"""Which language a file is in, and the tree-sitter grammar and queries that read it.

Loads a grammar only when the first file of that language turns up; knows nothing about projects.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module, resources
from pathlib import Path, PurePath
from typing import cast

from tree_sitter import Language as Grammar
from tree_sitter import Parser, Query


@dataclass(frozen=True, slots=True)
class Language:
    """One language: its endings, its grammar (module and function) and its folders of queries, read in order."""

    name: str
    suffixes: tuple[str, ...]
    module: str
    function: str = "language"
    queries: tuple[str, ...] = ()
    comment: str = "//"

    @property
    def query_folders(self) -> tuple[str, ...]:
        """The language's own folder when none is named."""
        return self.queries or (self.name,)


LANGUAGES: dict[str, Language] = {
    language.name: language
    for language in (
        Language("python", (".py", ".pyi", ".pyw"), "tree_sitter_python", comment="#"),
        Language(
            "javascript",
            (".js", ".jsx", ".mjs", ".cjs"),
            "tree_sitter_javascript",
            queries=("javascript", "javascript_only"),
        ),
        Language(
            "typescript",
            (".ts", ".mts", ".cts"),
            "tree_sitter_typescript",
            "language_typescript",
            ("javascript", "typescript"),
        ),
        Language("tsx", (".tsx",), "tree_sitter_typescript", "language_tsx", ("javascript", "typescript", "tsx")),
        Language("go", (".go",), "tree_sitter_go"),
        Language("rust", (".rs",), "tree_sitter_rust"),
        Language("java", (".java",), "tree_sitter_java"),
        Language("c", (".c", ".h"), "tree_sitter_c"),
        Language(
            "cpp",
            (".cpp", ".cc", ".cxx", ".c++", ".hpp", ".hh", ".hxx", ".h++", ".ipp", ".tpp", ".inl", ".cu", ".cuh"),
            "tree_sitter_cpp",
            queries=("c", "cpp"),
        ),
        Language("lua", (".lua",), "tree_sitter_lua", comment="--"),
        Language("csharp", (".cs",), "tree_sitter_c_sharp"),
        Language("ruby", (".rb", ".rake", ".gemspec"), "tree_sitter_ruby", comment="#"),
        Language("php", (".php", ".phtml"), "tree_sitter_php", "language_php"),
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
