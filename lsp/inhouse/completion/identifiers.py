"""Where names stand in a line of code, and in which role. One rule for all languages: no grammar, no look-up."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

from inhouse.completion.cursor import Cursor
from inhouse.completion.reserved import Reserved
from inhouse.context import language_of
from inhouse.context.languages import LANGUAGES

NAME = re.compile(r"[^\W\d][\w$]*")

Role = Literal["value", "first", "argument", "member", "reserved"]
"""What a name is: any value, the first thing on its line, the first thing in an argument, or what follows a dot;
reserved: a word of the language behind a dot, where no member has such a name.

The first name of a line may be a new variable, and the first of an argument a keyword of the callee's.
"""

_DEFINES = re.compile(
    r"^\s*(?:@|\w+\s+)?(?:async\s+|pub(?:\(\w+\))?\s+|export\s+|static\s+|public\s+|private\s+|protected\s+)*"
    r"(?:def|class|function|fn|func|struct|enum|trait|interface|type|namespace|package|module|macro_rules!)\b"
    r"|^\s*(?:from|import|use|using|require|#include)\b|\b(?:lambda|fn)\b[^:]*$|\bfor\s+(?!.*\b(?:in|of)\s)[\w, ()]*$"
    r"|\b(?:as|let|const|var|global|nonlocal|val|mut|local|catch|except)\s+[\w, (\[{]*$"
)
"""The text before a name that is being defined here, or that an import brings in."""
_RECEIVER = re.compile(r"((?:[\w$]+(?:\(\))?(?:\.|\?\.|->|::))*[\w$]+(?:\(\))?)\s*(?:\.|\?\.|->|::)\s*$")
_AFTER_DOT = re.compile(r"(?:(?<!\.)\.|->|::)\s*$")
"""Not behind two and more: what is spread, and ends of ranges."""
_LINE_READ = 1000
"""Characters before a name that are looked at: some of the patterns take the square of it."""
_STRING_PREFIX = re.compile(r"^[rRbBuUfF]{1,2}$")
_QUOTES = "\"'`"

_OTHER_WORDS = """
this super new null undefined true false nil void int char bool float double string byte long short unsigned const
let var val mut function fn func struct enum trait impl interface type package module namespace public private
protected static final abstract override extends implements throws throw catch switch case default do until end then
elsif elseif local self Self cls typeof instanceof delete export require use using mod pub crate ref match loop
defer go chan select range map make sizeof typedef template typename virtual operator inline extern auto echo
foreach unless begin rescue ensure yield async await unsafe where dyn move
"""
WORDS = frozenset(keyword.kwlist) | frozenset(keyword.softkwlist) | frozenset(_OTHER_WORDS.split())
"""Words of the languages themselves: never to be looked up."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A name in a line."""

    name: str
    start: int
    whole: bool
    """Something follows that ends the name; otherwise it may go on."""
    role: Role
    receiver: str = ""
    """What stands before the dot, as far as it is a plain path; "" otherwise."""


def spots(
    line: str, start: int, comment: str, *, touching: bool = False, reserved: Reserved | None = None
) -> Iterator[Spot]:
    """The names of a line that reach beyond `start`, but for strings, comments, definitions and imports.

    `comment`: what begins a comment in this language. `touching`: a name that ends right at `start`, too. `reserved`:
    words of the language behind a dot as well.
    """
    texts = [found.span() for found in _texts(comment).finditer(line)]
    for found in NAME.finditer(line, _word_start(line, start)):
        begin, end = found.span()
        if end < start or (end == start and not touching):
            continue
        before = line[max(0, begin - _LINE_READ) : begin]
        barred = reserved is not None and reserved.bars(before, found[0])
        if line[begin - 1 : begin].isdigit() or (found[0] in WORDS and not barred):
            continue
        if any(first <= begin < last for first, last in texts):
            continue
        if line[end : end + 1] in ('"', "'") and _STRING_PREFIX.match(found[0]):
            continue
        place = _place(before)
        if place is not None:
            yield Spot(found[0], begin, end < len(line), "reserved" if barred else place[0], place[1])


def ends_in_name(line: str) -> bool:
    """Whether a name may reach up to the end of the line."""
    last = line[-1:]
    return last.isalnum() or last in ("_", "$")


def comment_of(path: Path) -> str:
    """What begins a comment in the file's language."""
    language = language_of(path)
    return LANGUAGES[language].comment if language else "#"


def in_text(cursor: Cursor, comment: str) -> bool:
    """Whether the cursor stands in a docstring or block comment that began on an earlier line.

    `comment`: what begins a comment; where that is "#", "/*" is a pattern of paths and begins nothing.
    """
    before = cursor.prefix
    if any(before.count(mark) % 2 for mark in ('"""', "'''")):
        return True
    return comment != "#" and before.rfind("/*") > before.rfind("*/")


@lru_cache(maxsize=256)
def _place(before: str) -> tuple[Role, str] | None:
    """The role of a name behind this text, and its receiver; None where names are defined.

    Remembered: two dozen tokens that may come next are looked at behind the same text.
    """
    if _AFTER_DOT.search(before):
        receiver = _RECEIVER.search(before)
        return "member", receiver[1] if receiver else ""
    return None if _DEFINES.search(before) else (_role(before), "")


def _role(before: str) -> Role:
    bare = before.rstrip()
    if not bare:
        return "first"
    return "argument" if bare[-1] in "(," else "value"


def _word_start(line: str, at: int) -> int:
    """Where the run of letters, digits and dollars around a place begins."""
    while at and (line[at - 1].isalnum() or line[at - 1] in "_$"):
        at -= 1
    return at


@cache
def _texts(comment: str) -> re.Pattern[str]:
    """Strings, also such as do not end, and comments."""
    strings = "|".join(rf"{quote}(?:\\.|[^{quote}\\])*(?:{quote}|\\?\Z)" for quote in _QUOTES)
    return re.compile(rf"{strings}|{re.escape(comment)}.*", re.DOTALL)
