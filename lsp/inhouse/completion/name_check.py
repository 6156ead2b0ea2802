"""Whether every name in a suggestion exists, and whether project calls get as many arguments as they take.

A name resolves in scope, in the file, in the project, in libraries, or in the suggestion itself. What no member is of a
class whose bases are all known does not. It changes no text: it says where the first doubt stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from inhouse.completion.arguments import calls
from inhouse.completion.cursor import Cursor
from inhouse.completion.identifiers import Spot, comment_of, in_text, spots
from inhouse.completion.known import OWN_RECEIVERS
from inhouse.completion.request import CompletionRequest
from inhouse.completion.reserved import Reserved
from inhouse.context import Arity, Members, language_of

_BOUND = (
    re.compile(r"([^\W\d][\w$]*)\s*(?::[^=\n(]*)?(?::=|=(?!=))"),
    re.compile(r"^[ \t]*\(?([^\W\d][\w$]*(?:\s*,\s*\*?[^\W\d][\w$]*)+)\)?\s*=(?!=)", re.MULTILINE),
    re.compile(r"\bfor\s+(.*?)\s+(?:in|of)\b"),
    re.compile(r"\b(?:as|def|class|function|fn|func|let|const|var|catch)\s+([^=:;\n]*)"),
    re.compile(r"\blambda\s+([^:\n]*)"),
    re.compile(r"\(?([\w$, ]*)\)?\s*=>"),
)
"""What a suggestion binds itself: assigned names and keyword arguments, targets of loops, definitions, parameters."""
_LINE_READ = 1000
"""Characters before the cursor in which bindings are looked for: the patterns take the square of it, and one line of
200,000 spaces stopped the server for minutes."""
_NAME = re.compile(r"[^\W\d][\w$]*")
_SPECIAL = re.compile(r"__\w+__")
"""Members that every object has, or that the language asks for."""
_QUOTES = ('"', "'", "`")
_NEW_MEMBER = re.compile(r"^\s*(?:self|this|cls)\.[\w$]+\s*(?::[^=]*)?=(?!=)")


@dataclass(frozen=True, slots=True)
class Doubt:
    """The first thing in a text that is not known."""

    at: int
    """Characters of the text before it."""
    why: str
    """For people, such as `no shelf.puut here`."""


class Resolver(Protocol):
    """What is asked of a project."""

    def where(self, path: Path, text: str, offset: int, name: str) -> str: ...

    def members(self, path: Path, text: str, offset: int, receiver: str) -> Members: ...

    def arity(self, path: Path, text: str, offset: int, callee: str) -> Arity | None: ...


class NameCheck:
    """Judges suggestions at one cursor."""

    def __init__(self, project: Resolver, request: CompletionRequest, cursor: Cursor) -> None:
        self._project, self._request, self._cursor = project, request, cursor
        self._comment = comment_of(request.path)
        self._language = language_of(request.path)
        self._reserved = Reserved(request.path, request.text)
        self._members: dict[str, Members] = {}
        self._places: dict[str, str] = {}
        """Where names are known: several answers for one cursor have many in common."""
        bound_by_name = self._language == "python" and "import *" not in request.text
        self._not_bare = frozenset({"", "library", "unread"}) if bound_by_name else frozenset({""})
        """Where a name without a dot cannot come from: what Python imports from libraries is in scope by name."""

    def doubt(self, text: str, *, cut_off: bool = False) -> Doubt | None:
        """The first doubtful name or call in a text for the cursor; `cut_off`: its last name may go on."""
        if in_text(self._cursor, self._comment):
            return None
        if self._is_text_behind_dot(text):
            return Doubt(0, "no text can stand behind a dot")
        bound = self._bound(text)
        found = [*self._names(text, bound, cut_off), *self._calls(text)]
        return min(found, key=lambda doubt: doubt.at, default=None)

    def _is_text_behind_dot(self, text: str) -> bool:
        """Whether a string would stand where a member's name must; what was copied from a docstring may begin so."""
        head = self._cursor.line_head
        if not (head.endswith(".") and text.startswith(_QUOTES)) or self._language == "php":  # there a dot joins texts
            return False
        spot = next(spots(head + "x", len(head), self._comment), None)  # x: any name at all
        return spot is not None and spot.role == "member"

    def _bound(self, text: str) -> frozenset[str]:
        """Names that the completed lines bind."""
        told = self._cursor.line_head[-_LINE_READ:] + text
        groups = [match[1] for pattern in _BOUND for match in pattern.finditer(told)]
        return frozenset(name for group in groups for name in _NAME.findall(group))

    def _names(self, text: str, bound: frozenset[str], cut_off: bool) -> Iterator[Doubt]:
        at = 0
        head = self._cursor.line_head
        lines = text.split("\n")
        for number, line in enumerate(lines):
            whole = head + line + ("" if cut_off and number == len(lines) - 1 else "\n")
            for spot in spots(whole, len(head), self._comment, reserved=self._reserved):
                if spot.whole and not self._resolves(spot, bound, whole):
                    name = f"{spot.receiver}.{spot.name}" if spot.receiver else spot.name
                    yield Doubt(at + max(0, spot.start - len(head)), f"no {name} here")
            at += len(line) + 1
            head = ""

    def _resolves(self, spot: Spot, bound: frozenset[str], line: str) -> bool:
        if spot.role not in ("member", "reserved"):
            return spot.name in bound or self._where(spot.name) not in self._not_bare
        members = self._of(spot.receiver)
        if any(item.name == spot.name for item in members.names):
            return True
        if spot.role == "reserved":
            return False
        if members.closed and spot.receiver in OWN_RECEIVERS:
            if spot.name in members.spelled or _SPECIAL.fullmatch(spot.name) or _NEW_MEMBER.match(line):
                return True
            text = self._request.text
            return spot.name in text and re.search(rf"\b{re.escape(spot.name)}\b", text) is not None
        return self._where(spot.name) != ""

    def _where(self, name: str) -> str:
        if name not in self._places:
            request = self._request
            self._places[name] = self._project.where(request.path, request.text, request.offset, name)
        return self._places[name]

    def _of(self, receiver: str) -> Members:
        if not receiver:
            return Members()
        if receiver not in self._members:
            request = self._request
            self._members[receiver] = self._project.members(request.path, request.text, request.offset, receiver)
        return self._members[receiver]

    def _calls(self, text: str) -> Iterator[Doubt]:
        """Calls that begin and end in the text, with too few or too many arguments."""
        request, head = self._request, self._cursor.line_head
        for call in calls(head + text):
            if call.end <= len(head) or call.spread:
                continue
            arity = self._project.arity(request.path, request.text, request.offset, call.callee)
            if arity is None:
                continue
            given = len(call.by_place) + len(call.keywords)
            strange = [] if arity.any_keyword else [name for name in call.keywords if name not in arity.keywords]
            many = arity.most is not None and len(call.by_place) > arity.most
            if given < arity.least or many or (strange and arity.keywords):
                why = f"no argument {strange[0]} in" if strange else f"{given} arguments are not for"
                yield Doubt(max(0, call.open + 1 - len(head)), f"{why} {call.callee}")
