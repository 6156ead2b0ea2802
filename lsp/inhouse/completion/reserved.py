"""Words of a language behind a dot, where only a member's name can stand. It knows no project.

Elsewhere such words are free: no look-up could say anything about them.
"""

from __future__ import annotations

import keyword
import re
from functools import cache
from pathlib import Path

from inhouse.context import language_of

_SCRIPT = (
    "await break case debugger do else function if implements let new package protected switch this try typeof var "
    "while with"
)
"""JavaScript allows each of its words as a member: in ten repositories these were none, but `function` (23 in four)."""
_C = (
    "auto break case char const continue do double else enum extern float for goto if int long register return short "
    "signed sizeof static struct switch typedef union unsigned void volatile while"
)
_WORDS = {
    "python": " ".join(keyword.kwlist),
    "javascript": _SCRIPT,
    "typescript": _SCRIPT,
    "tsx": _SCRIPT,
    "go": "break case chan const continue default defer else fallthrough for func go goto if import interface map "
    "package range return select struct switch type var",
    # not await
    "rust": "as async break const continue crate dyn else enum extern false fn for if impl in let loop match mod move "
    "mut pub ref return self Self static struct super trait true type unsafe use where while",
    # not class, this, super, new
    "java": "abstract assert boolean break byte case catch char continue default do double else enum extends final "
    "finally float for if implements import instanceof int interface long native null package private protected "
    "public return short static switch synchronized throw throws transient true false try void volatile while",
    "c": _C,
    "cpp": f"{_C} bool catch class explicit false friend namespace private protected public this throw true try using",
    "lua": "and break do else elseif end false for function if in local nil not or repeat return then true until while",
    # not this and operator, as in members that stand for an interface's
    "csharp": "abstract as base bool break byte case catch char class const continue decimal default delegate do "
    "double else enum event explicit extern false finally fixed float for foreach goto if implicit in int interface "
    "internal is lock long namespace new null object out override params private protected public readonly ref return "
    "sbyte sealed short sizeof static string struct switch throw true try typeof uint ulong unchecked unsafe ushort "
    "using virtual void volatile while",
    # these two allow all as well
    "ruby": "case def elsif return self super unless until when while",
    "php": "abstract break case const continue declare do echo else elseif extends final fn function if implements "
    "instanceof interface isset or print protected public require return static switch trait try unset while yield",
}
_DOT = re.compile(r"(?:[\w)\]}\"'`?!>&]|^\s*)\.$")
"""A dot behind something or at the beginning of a line: no `...rest`, no range, no `from .`."""
_OTHERS = {
    "c": re.compile(r"->$|" + _DOT.pattern),
    "cpp": re.compile(r"(?<!\))->$|" + _DOT.pattern),  # "[]()->bool" is a type
    "php": re.compile(r"(?:->|::)$"),
}


class Reserved:
    """What holds in one file."""

    def __init__(self, path: Path, text: str) -> None:
        """`text`: what it calls members, by whatever name, may be members."""
        language = language_of(path) or ""
        self._words, self._text = _words(language), text
        self._access = _OTHERS.get(language, _DOT)

    def bars(self, before: str, word: str) -> bool:
        """Whether a word behind this part of its line can be no member's name, or hardly is meant as one."""
        return word in self._words and self._access.search(before) is not None and not self._is_spelled(word)

    def _is_spelled(self, word: str) -> bool:
        return re.search(rf"(?<![.])(?:\.|->|::){re.escape(word)}\b", self._text) is not None


@cache
def _words(language: str) -> frozenset[str]:
    return frozenset(_WORDS.get(language, "").split())
