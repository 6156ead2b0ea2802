"""What is known at a cursor from the text around it and the project behind it: names in scope, members of a receiver.

Asks scope.py and members.py; keeps the answers while somebody types on one line.
"""

import threading
from collections import OrderedDict

from tree_sitter import Tree

from inhouse.context import callee as callees
from inhouse.context import meanings
from inhouse.context.arity import Arity
from inhouse.context.meanings import Behind
from inhouse.context.members import Members, members
from inhouse.context.outline import Outline, outline
from inhouse.context.patience import Check, Patience, never
from inhouse.context.scope import Scope, ScopeName, scope, settled
from inhouse.context.trees import PARSED_CHARS, Trees

_KEPT = 8
"""Settled texts whose scope is kept: the line being typed in each of some files."""

_OWN_RECEIVERS = frozenset({"self", "this", "cls", "super()", "super", "Self", "static"})


class Surroundings:
    """Scopes and members at cursors, with what was found for the last lines."""

    def __init__(self, texts: Trees | None = None) -> None:
        """texts: trees of the files as they are, from which those of their settled texts are made."""
        self.patience = Patience()
        """What may end an answer."""
        self._texts = texts
        self._trees = Trees()
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str, int], _Calm] = OrderedDict()

    def names(self, path: str, language: str, text: str, offset: int) -> list[ScopeName]:
        """The names in scope, the nearest first, builtins last."""
        return list(self._at(path, language, text, offset).scope(self.patience.check).names)

    def members(self, path: str, language: str, text: str, offset: int, receiver: str, behind: Behind) -> Members:
        """What may follow the receiver and a dot; nothing when its class is not known."""
        around, own = self._around(path, language, text, offset)
        where = self._follow(language, around, path, own, _parts(language, receiver), behind)
        if where is None:
            return meanings.of_table(language, behind, path, own, receiver)
        name, file, within = where
        if not name:
            return meanings.module(language, behind, file, within)
        return members(language, name, file, within, meanings.finder(language, behind), behind.lines_of)

    def arity(self, path: str, language: str, text: str, offset: int, callee: str, behind: Behind) -> Arity | None:
        """What a call of `callee` (`put`, `self.put`, `store.Shelf`) at the cursor must give, where that is sure."""
        around, own = self._around(path, language, text, offset)
        *receiver, name = _parts(language, callee)
        find = meanings.finder(language, behind)
        if receiver:
            found = self._method(language, around, path, own, receiver, name, behind)
        else:
            binding = next((item for item in around.names if item.name == name), None)
            if binding is not None and binding.kind not in ("function", "class", "import"):
                return None
            found = callees.top_level(own, path, name) or meanings.beyond(language, behind, path, own, name)
        return callees.arguments(language, found, find) if found is not None else None

    def _method(
        self, language: str, around: Scope, path: str, own: Outline, receiver: list[str], name: str, behind: Behind
    ) -> callees.Callee | None:
        where = self._follow(language, around, path, own, receiver, behind)
        if where is None:
            return None
        owner, file, within = where
        if not owner:
            return callees.top_level(within, file, name)
        found = next(meanings.find(language, behind, owner, file, within), None)
        if found is None or receiver[-1] == "cls":
            return None
        on_class = receiver[-1] == owner and dict(reversed(around.types)).get(owner) is None
        return callees.method(found, name, meanings.finder(language, behind), bound=not on_class)

    def _follow(
        self, language: str, around: Scope, path: str, own: Outline, receiver: list[str], behind: Behind
    ) -> tuple[str, str, Outline] | None:
        """What a receiver is: (class, or "" for a module, file, its outline)."""
        where = ("", path, own)
        for index, part in enumerate(receiver):
            step = self._step(language, around, where, part, index == 0, behind)
            if step is None:
                return None
            where = step
        return where

    def _step(
        self,
        language: str,
        around: Scope,
        where: tuple[str, str, Outline],
        part: str,
        first: bool,
        behind: Behind,
    ) -> tuple[str, str, Outline] | None:
        """From what is known of the receiver so far to what its next part is: (class, file, outline)."""
        owner, file, within = where
        if not first:
            return meanings.of_member(language, behind, owner, file, within, part)
        if part in _OWN_RECEIVERS or (language == "go" and dict(around.types).get(part) == around.owner != ""):
            return (around.owner, file, within) if around.owner else None
        name = dict(reversed(around.types)).get(part, part)
        found = next(meanings.find(language, behind, name, file, within), None)
        if found is not None:
            return name, file, within
        if (returned := meanings.returned(language, behind, name, file, within)) is not None:
            return returned
        module = meanings.as_module(language, behind, file, within, part)
        return ("", module.path, module.outline) if module is not None else None

    def _around(self, path: str, language: str, text: str, offset: int) -> tuple[Scope, Outline]:
        calm, check = self._at(path, language, text, offset), self.patience.check
        return calm.scope(check), calm.outline(check)

    def _at(self, path: str, language: str, text: str, offset: int) -> "_Calm":
        """The scope and the outline with the cursor's line left out: the same while somebody types on it."""
        check = self.patience.check
        check()
        if len(text) > PARSED_CHARS:
            return _Calm(language, b"", None, 0)
        calm, place = settled(language, text, offset)
        key = (path, calm, place)
        with self._lock:
            held = self._kept.get(key)
            if held is not None:
                self._kept.move_to_end(key)
                return held
        if self._texts is not None:
            self._trees.adopt(path, self._texts)
        source, tree = self._trees.parse(path, language, calm, check)
        found = _Calm(language, source, tree.copy(), len(calm[:place].encode()))
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return found


class _Calm:
    """A text without its cursor's line: names ask for its scope alone, and the outline takes as long again."""

    def __init__(self, language: str, source: bytes, tree: Tree | None, place: int) -> None:
        self._language, self._source, self._tree, self._place = language, source, tree, place
        self._scope: Scope | None = None if tree else Scope()
        self._outline: Outline | None = None if tree else Outline()

    def scope(self, check: Check = never) -> Scope:
        if self._scope is None and self._tree is not None:
            self._scope = scope(self._language, self._source, self._tree, self._place, check)
        return self._scope or Scope()

    def outline(self, check: Check = never) -> Outline:
        if self._outline is None and self._tree is not None:
            self._outline = outline(self._language, self._source, self._tree, check)
        return self._outline or Outline()


def _parts(language: str, receiver: str) -> list[str]:
    """The names of a path; PHP's variables without their sign, which is no part of a name there as in JavaScript."""
    parts = [part.strip() for part in receiver.replace("?.", ".").replace("->", ".").replace("::", ".").split(".")]
    return [part.removeprefix("$") for part in parts] if language == "php" else parts
