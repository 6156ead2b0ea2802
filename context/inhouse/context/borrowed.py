"""What the text around a cursor uses, or is about to use, of installed libraries, as a chunk with their signatures.

A query takes what is known already; what is not, is read aside and known at the next one.
"""

import re
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from inhouse.context.catalogue import Catalogue
from inhouse.context.chunk import Chunk
from inhouse.context.cursor import COMPARED_CHARS, Cursor
from inhouse.context.languages import LANGUAGES
from inhouse.context.libraries import Libraries
from inhouse.context.library_heads import Head, LibraryHeads
from inhouse.context.outline import Import
from inhouse.context.patience import Check
from inhouse.context.terms import words

_READ = frozenset({"python", "javascript", "typescript", "tsx"})
"""Languages whose libraries stand in the project's environment with sources or declarations."""

_KEPT = 20_000
"""Heads of all names together, and names that have none: some 10 MB."""

_KEPT_FILES = 32

_OFFERED = 12
"""Members shown behind a dot that was just written, as of a module of the project."""

_READ_AHEAD = 200
"""Names of a file that was just opened that are looked up aside, the first ones: most take a millisecond or two."""

_SIGNED = 0.6
"""Of the budget for signatures; the rest for lists of names."""

_PATH_CHARS = 8
_CHAIN = re.compile(r"(?<![\w$.])[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*\.?")
_OPEN = re.compile(r"(?<![\w$.)\]])((?:[A-Za-z_$][\w$]*\.)+)([\w$]*)$")
"""A receiver and a dot right before the cursor, and what is written of the name behind it."""

_MADE = re.compile(r"[=:][ \t]*(?:await[ \t]+|new[ \t]+)*([A-Za-z_$][\w.$]*)")
_VARIABLE = re.compile(r"((?:(?:self|this|cls)\.)?[A-Za-z_$][\w$]*)[ \t]*(?::[^=\n]*)?$")
_WITH = re.compile(r"with[ \t]+([A-Za-z_$][\w.$]*)\([^\n]*\)[ \t]+as[ \t]+(\w+)")
"""What says of a variable which class it is of: `x = Class(...)`, `x: Class`, `with make() as x`."""


@dataclass(frozen=True, slots=True)
class _Name:
    """A library's name as a file asks for it; `parts` are behind the module."""

    language: str
    own: str
    module: str
    parts: tuple[str, ...]

    def around(self) -> "_Name":
        """The module or object that it was asked of."""
        return _Name(self.language, self.own, self.module, self.parts[:-1])


class Borrowed:
    """Signatures of libraries for one project's cursors, with those that were looked up; safe from several threads."""

    def __init__(self, libraries: Libraries) -> None:
        self._heads = LibraryHeads(libraries)
        self._lock = threading.Lock()
        self._kept: OrderedDict[_Name, tuple[Head, ...]] = OrderedDict()
        self._total = 0
        self._foreign: OrderedDict[str, tuple[tuple[Import, ...], int, dict[str, Import]]] = OrderedDict()

    def chunks(self, cursor: Cursor, catalogue: Catalogue, budget: int) -> list[Chunk]:
        """The signatures that are known of what stands around the cursor, one chunk a file, within the budget; then
        what else the modules and objects offer that are used there, as a list of names.
        """
        asking = self._asking(cursor, catalogue)
        open_, near = asking.open(), asking.near()
        taken: dict[str, list[Head]] = {}
        left = int(budget * _SIGNED)
        for head in self._wanted(asking, open_, near):
            cost = len(head.text) + 1 + (0 if head.label in taken else len(head.label) + _PATH_CHARS)
            if cost <= left and head not in taken.get(head.label, ()):
                left -= cost
                taken.setdefault(head.label, []).append(head)
        chunks = [_chunk(label, heads) for label, heads in taken.items()]
        left = budget - sum(len(chunk.text) + len(chunk.path) + _PATH_CHARS for chunk in chunks)
        shown = frozenset(head.name for heads in taken.values() for head in heads)
        around = dict.fromkeys((*open_, *(name.around() for name in near)))
        return chunks + list(self._named(asking, around, shown, left))

    def read(self, cursor: Cursor, catalogue: Catalogue, check: Check) -> None:
        """Looks up what chunks() would ask for and is not known; `check` is called between small steps."""
        asking = self._asking(cursor, catalogue)
        near = asking.near()
        self._look_up((*asking.open(), *near, *(name.around() for name in near)), check)

    def read_all(self, cursor: Cursor, catalogue: Catalogue, check: Check) -> None:
        """Looks up what the whole file uses, as far as that is bounded."""
        names = self._asking(cursor, catalogue).all()[:_READ_AHEAD]
        self._look_up(dict.fromkeys((*names, *(name.around() for name in names if name.parts))), check)

    def _asking(self, cursor: Cursor, catalogue: Catalogue) -> "_Asking":
        """The cursor with the imports that are no files of the project, by the names that they bring."""
        with self._lock:
            held = self._foreign.get(cursor.path)
        if held is not None and held[0] == cursor.imports and held[1] == catalogue.generation:
            return _Asking(cursor, held[2])
        listed = cursor.imports if cursor.language in _READ else ()
        brought = {
            _first(cursor.language, item): item
            for item in listed
            if item.name != "*"
            and not item.module.startswith(".")
            and not catalogue.modules.resolve(cursor.language, cursor.path, item)
        }
        with self._lock:
            self._foreign[cursor.path] = (cursor.imports, catalogue.generation, brought)
            while len(self._foreign) > _KEPT_FILES:
                self._foreign.popitem(last=False)
        return _Asking(cursor, brought)

    def _wanted(self, asking: "_Asking", open_: list[_Name], near: list[_Name]) -> Iterator[Head]:
        """The heads for a cursor, the most wanted first."""
        for name in open_:
            used = asking.used
            members = [head for head in self._known(name) if head.member and head.name.startswith(asking.begun)]
            members.sort(key=lambda head: head.name not in used)
            yield from members[:_OFFERED]
        for name in near:
            yield from (head for head in self._known(name) if not head.member)

    def _named(self, asking: "_Asking", names: Iterable[_Name], shown: frozenset[str], budget: int) -> Iterator[Chunk]:
        """The names that some modules and objects offer and the text above does not have, one line each."""
        said_before = shown | asking.used
        for name in names:
            heads = self._known(name)
            said = f"{LANGUAGES[name.language].comment} {'.'.join((name.module, *name.parts))}:"
            left = budget - len(said) - (len(heads[0].label) if heads else 0) - _PATH_CHARS
            found: list[str] = []
            for head in heads:
                if head.member and head.name.startswith(asking.begun) and head.name not in said_before:
                    left -= len(head.name) + 2
                    if left < 0:
                        break
                    found.append(head.name)
            if found:
                text = f"{said} {', '.join(found)}"
                chunk = Chunk(
                    heads[0].label, heads[0].line, heads[0].line, text, "library", 0.5, False, heads[0].source
                )
                budget -= len(text) + len(chunk.path) + _PATH_CHARS
                yield chunk

    def _known(self, name: _Name) -> tuple[Head, ...]:
        with self._lock:
            held = self._kept.get(name)
            if held is not None:
                self._kept.move_to_end(name)
            return held or ()

    def _look_up(self, names: Iterable[_Name], check: Check) -> None:
        for name in names:
            with self._lock:
                known = name in self._kept
            if known:
                continue
            check()
            found = self._heads.of(name.language, name.own, name.module, name.parts, check)
            with self._lock:
                self._kept[name] = found
                self._total += len(found) + 1
                while self._total > _KEPT:
                    self._total -= len(self._kept.popitem(last=False)[1]) + 1


class _Asking:
    """A cursor's text as library names are looked for in it."""

    def __init__(self, cursor: Cursor, brought: dict[str, Import]) -> None:
        self._cursor = cursor
        self._own = cursor.path if cursor.language != "python" else ""
        self._brought = brought
        start = max(0, cursor.text.rfind("\n", 0, cursor.offset) + 1)
        self._above = cursor.text[max(0, start - COMPARED_CHARS // 2) : start]
        self._written = _OPEN.search(cursor.lines_before()[-1])
        self.begun = self._written[2] if self._written else ""
        """What is written of the name at the cursor, behind a dot."""

    @property
    def used(self) -> frozenset[str]:
        """The words above the cursor."""
        return _words_of(self._above)

    def open(self) -> list[_Name]:
        """The receiver right before the cursor, if it is a library's."""
        return self._named([self._written[1]]) if self._written else []

    def near(self) -> list[_Name]:
        """What the lines around the cursor use, the nearest first."""
        before, after = self._cursor.lines_before(), self._cursor.lines_after()
        lines = [before[-1] + after[0], *reversed(before[:-1]), *after[1:]]
        return [name for name in self._named(chain for line in lines for chain in _CHAIN.findall(line)) if name.parts]

    def all(self) -> list[_Name]:
        """What the file uses, and the modules and classes that it imports whole."""
        text = self._cursor.text[:COMPARED_CHARS]
        return self._named((*_CHAIN.findall(text), *self._brought))

    def _named(self, chains: Iterable[str]) -> list[_Name]:
        """The chains that begin with what is imported, or with a variable that is said to be of such a class."""
        found: dict[_Name, None] = {}
        if not self._brought:
            return []
        for chain in dict.fromkeys(chains):
            parts = tuple(part for part in chain.split(".") if part)
            if parts and (name := self._name(parts)) is not None:
                found[name] = None
        return list(found)

    def _name(self, parts: tuple[str, ...]) -> _Name | None:
        item = self._brought.get(parts[0])
        if item is None:
            size = 2 if parts[0] in ("self", "this", "cls") else 1
            made = _variables(self._above).get(".".join(parts[:size]))
            made_parts = tuple(made.split(".")) if made else ()
            if not made_parts or made_parts[0] not in self._brought:
                return None
            item, parts = self._brought[made_parts[0]], (*made_parts, *parts[size:])
        module = item.module
        if self._cursor.language == "python" and not item.name and not item.alias:
            module = module.partition(".")[0]
        behind = (item.name, *parts[1:]) if item.name else parts[1:]
        return _Name(self._cursor.language, self._own, module, behind)


def _first(language: str, item: Import) -> str:
    """The name by which a file calls what an import brings; of `import a.b` in Python that is `a`."""
    return item.module.partition(".")[0] if language == "python" and not item.name and not item.alias else item.local


@lru_cache(maxsize=8)
def _variables(text: str) -> dict[str, str]:
    """Variables and what the text says that they are made with; the last time counts."""
    found: dict[str, str] = {}
    for made in _MADE.finditer(text):
        at = made.start()
        if text[at] == ":" or text.startswith("(", made.end()):
            start = max(text.rfind("\n", 0, at) + 1, at - _BEFORE)
            if (variable := _VARIABLE.search(text, start, at)) is not None:
                found[variable[1]] = made[1]
    return found | {made[2]: made[1] for made in _WITH.finditer(text)}


_BEFORE = 60
"""Characters of a line that are looked at for a variable and what is written of its type."""


@lru_cache(maxsize=8)
def _words_of(text: str) -> frozenset[str]:
    return frozenset(words(text))


def _chunk(label: str, heads: list[Head]) -> Chunk:
    ordered = sorted(heads, key=lambda head: head.line)
    text = "\n".join(dict.fromkeys(head.text for head in ordered))
    return Chunk(label, ordered[0].line, ordered[-1].line, text, "library", 0.5, False, ordered[0].source)
