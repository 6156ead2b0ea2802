"""The names in a suggestion: those that exist nowhere, and those of others where the project has its own.

A reading of text by patterns: names that the suggestion itself binds, and those in strings and comments, do not count.
"""

from __future__ import annotations

import keyword
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from inhouse.context import Conventions, Project, language_of

_LITERAL = re.compile(
    r"""("{3}|'{3}).*?(?:\1|$)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?|`(?:\\.|[^`\\])*`?""", re.DOTALL
)
_HASH_COMMENT = re.compile(r"#[^\n]*")
_SLASH_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_NAME = re.compile(r"(?<![\w$])[A-Za-z_$][\w$]*")
_BINDS_BEFORE = re.compile(
    r"(?:\b(?:def|class|as|for|lambda|let|const|var|function|fn|func|type|struct|enum|interface))\s+$"
)
_BINDS_AFTER = re.compile(r"\s*(?::[^=\n]+)?=(?!=)|\s*:=|\s*=>")
_WORDS = """
abstract any async await bool boolean break byte case catch char class const continue debugger default defer delete do
double else elseif end enum export extends extern final finally float fn for func function go goto if impl implements
import in instanceof int interface let local long loop map match mod module mut namespace never new nil null number
object of package private protected pub public range readonly return self short static str string struct super switch
template then this throw throws trait true false try type typeof undefined unknown unless unsafe until use using var
void volatile when where while with yield cls args kwargs
"""
_KEYWORDS = frozenset([*keyword.kwlist, *keyword.softkwlist, *_WORDS.split()])
"""Words of some language: a name that is one elsewhere is rarely made up."""
_IMPORT = re.compile(r"^\s*(?:from|import|use|#include|export)\b")
_PATIENCE_S = 3.0
"""How long a library's first reading is waited for."""


def names_of(text: str, language: str = "python") -> list[str]:
    """The names that a suggestion uses and does not bind, each once, in order."""
    comment = _HASH_COMMENT if language in ("python", "ruby") else _SLASH_COMMENT
    code = comment.sub(" ", _LITERAL.sub('""', text))
    bound: set[str] = set()
    used: dict[str, None] = {}
    for found in _NAME.finditer(code):
        name = found.group()
        if name in _KEYWORDS:
            continue
        if _BINDS_BEFORE.search(code[: found.start()]) or _BINDS_AFTER.match(code, found.end()):
            bound.add(name)
        else:
            used[name] = None
    return [name for name in used if name not in bound]


@dataclass(frozen=True, slots=True)
class Names:
    """Asks a project about the names of suggestions in it."""

    project: Project
    pairs: Sequence[tuple[str, str]] = ()
    """(house name, foreign name), the last parts of both."""

    def invented(self, path: str, prefix: str, suffix: str, text: str) -> tuple[int, int]:
        """(names that resolve nowhere, all names) of a suggestion between prefix and suffix."""
        line = prefix[prefix.rfind("\n") + 1 :] + text
        language = language_of(Path(path))
        if _IMPORT.match(line) or language is None:
            return 0, 0
        head = re.search(r"[\w$]*$", prefix)
        typed = head.group() if head else ""
        names = names_of(typed + text, language)
        before = prefix[: len(prefix) - len(typed)]
        unknown = [name for name in names if not self._where(path, before + suffix, len(before), name)]
        return len(unknown), len(names)

    def _where(self, path: str, document: str, offset: int, name: str) -> str:
        until = time.monotonic() + _PATIENCE_S
        while True:
            found = self.project.where(self.project.root / path, document, offset, name)
            if found != "unread" or time.monotonic() > until:
                return found
            time.sleep(0.02)

    def house_pair(self, target: str) -> tuple[str, str] | None:
        """The pair whose house name the truth uses, if any."""
        names = set(_NAME.findall(target))
        return next((pair for pair in self.pairs if pair[0] in names), None)


def pairs_of(conventions: Conventions) -> list[tuple[str, str]]:
    """The mined pairs whose two names differ, the most used first."""
    return list(dict.fromkeys(_pairs(conventions)))


def _pairs(conventions: Conventions) -> Iterator[tuple[str, str]]:
    for wrapper in conventions.wrappers:
        house, foreign = wrapper.house.rpartition(".")[2], wrapper.foreign.rpartition(".")[2]
        if house and foreign and house != foreign:
            yield house, foreign


def intrudes(text: str, pair: tuple[str, str]) -> bool:
    """Whether a suggestion has the foreign name and not the house's."""
    names = set(_NAME.findall(text))
    return pair[1] in names and pair[0] not in names
