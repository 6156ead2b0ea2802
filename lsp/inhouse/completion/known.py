"""How near a name is at one cursor: in scope, in the file, in the project, in the libraries it imports, or unknown.

Asks the project lazily and once; it changes no text and no probability.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import IntEnum
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Protocol

from inhouse.completion.cursor import Cursor
from inhouse.completion.identifiers import Spot
from inhouse.completion.request import CompletionRequest
from inhouse.completion.reserved import Reserved
from inhouse.completion.words import SortedNames, Words, names_of
from inhouse.context import Members, ScopeName, language_of

_KEPT = 4
"""Places whose names are remembered."""

OWN_RECEIVERS = frozenset({"self", "this", "cls", "super()", "super", "$this"})


class Near(IntEnum):
    """Where a name is known, the nearest first."""

    SCOPE = 0
    """A binding in scope, or a member of the receiver's known class."""
    FILE = 1
    PROJECT = 2
    LIBRARY = 3
    """In an imported library, or while one of them is being read for the first time."""
    NOWHERE = 4
    OUTSIDE = 5
    """No member of a closed class, and spelled nowhere in the file; or a word of the language behind a dot."""


class Knows(Protocol):
    """What is asked of a project."""

    def names(self, path: Path, text: str, offset: int) -> list[ScopeName]: ...

    def members(self, path: Path, text: str, offset: int, receiver: str) -> Members: ...

    def library_has(self, path: Path, text: str, name: str, *, whole: bool) -> bool | None: ...


class OwnWords:
    """The names of the file in use besides the cursor's line, read again only when the cursor leaves the line.

    The last places are remembered: an idle moment looks ahead into the next line and comes back.
    """

    def __init__(self) -> None:
        self._read = lru_cache(maxsize=_KEPT)(_names_in)

    def of(self, cursor: Cursor) -> SortedNames:
        return self._read(cursor.prefix[: cursor.prefix.rfind("\n") + 1], cursor.suffix[len(cursor.line_tail) :])


class Known:
    """The names around one cursor."""

    def __init__(
        self, project: Knows, words: Words, own: SortedNames, request: CompletionRequest, line_head: str
    ) -> None:
        self._project = project
        self.reserved = Reserved(request.path, request.text)
        self._words = words
        self._own = own
        self._request = request
        self._without: Collection[str] = (request.own_path, *request.exclude)
        self._line = names_of(line_head)
        self._members: dict[str, tuple[SortedNames, bool, SortedNames]] = {}
        self._of_libraries: dict[tuple[str, bool], bool] = {}
        bound_by_name = language_of(request.path) == "python" and "import *" not in request.text
        self._bare_of_libraries = not bound_by_name
        """Whether a name without a dot can come from a library without standing among the file's imports."""

    def near(self, spot: Spot) -> Near:
        """How near the name is; where it is not whole, the nearest that it can still become."""
        if spot.role == "reserved":
            can_be = self._of_receiver(spot.receiver)[0].has(spot.name, spot.whole) or self._becomes(spot)
            return Near.PROJECT if can_be else Near.OUTSIDE
        if spot.role == "member":
            return self._member(spot)
        if self._scope.has(spot.name, spot.whole):
            return Near.SCOPE
        return self._elsewhere(spot)

    def goes_on(self, spot: Spot) -> bool:
        """Whether a longer name that is known begins with this one."""
        behind_dot = spot.role in ("member", "reserved")
        near = self._of_receiver(spot.receiver)[0] if behind_dot else self._scope
        name = spot.name
        return near.goes_on(name) or self._own.goes_on(name) or self._words.goes_on(name, self._without)

    def _becomes(self, spot: Spot) -> bool:
        return not spot.whole and self.goes_on(spot)

    def has_members(self, receiver: str) -> bool:
        """Whether this is `self`, `this` or the like, in a class whose members are known."""
        return receiver in OWN_RECEIVERS and len(self._of_receiver(receiver)[0]) > 0

    @cached_property
    def _scope(self) -> SortedNames:
        request = self._request
        names = self._project.names(request.path, request.text, request.offset)
        return SortedNames([*(item.name for item in names), *self._line])

    def _member(self, spot: Spot) -> Near:
        names, closed, spelled = self._of_receiver(spot.receiver)
        if len(names) and names.has(spot.name, spot.whole):
            return Near.SCOPE
        found = self._elsewhere(spot)
        if found <= Near.FILE or not closed or spot.name.startswith("__") or spelled.has(spot.name, spot.whole):
            return found
        return Near.OUTSIDE

    def _elsewhere(self, spot: Spot) -> Near:
        if self._own.has(spot.name, spot.whole):
            return Near.FILE
        if self._words.has(spot.name, spot.whole, self._without):
            return Near.PROJECT
        return Near.LIBRARY if self._in_library(spot) else Near.NOWHERE

    def _in_library(self, spot: Spot) -> bool:
        if spot.role != "member" and not self._bare_of_libraries:
            return False
        key = spot.name, spot.whole
        if key not in self._of_libraries:
            request = self._request
            found = self._project.library_has(request.path, request.text, spot.name, whole=spot.whole)
            self._of_libraries[key] = found is not False
        return self._of_libraries[key]

    def _of_receiver(self, receiver: str) -> tuple[SortedNames, bool, SortedNames]:
        """(members, whether nothing else can be one, but what); nothing where the receiver is not known."""
        if not receiver:
            return SortedNames(()), False, SortedNames(())
        if receiver not in self._members:
            request = self._request
            found = self._project.members(request.path, request.text, request.offset, receiver)
            closed = found.closed and receiver in OWN_RECEIVERS
            names = SortedNames([item.name for item in found.names])
            self._members[receiver] = names, closed, SortedNames(found.spelled if closed else ())
        return self._members[receiver]


def _names_in(above: str, below: str) -> SortedNames:
    return SortedNames(names_of(above) | names_of(below))
