"""What is asked at a cursor and what is answered: plain data without LSP types. Nothing here decides anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Source = Literal["model", "project", "ngram", "cache"]
"""Who said it: the model, a line or name of the project that the model judged, the n-gram alone, an earlier answer."""


@dataclass(frozen=True, slots=True)
class CompletionRequest:
    """A cursor in a document."""

    root: Path
    """Folder of the project."""
    path: Path
    """The document's file; it need not exist on disk."""
    text: str
    """The whole document as the editor has it, line ends as they are."""
    offset: int
    """The cursor, in characters into text."""
    language: str | None = None
    """The editor's language id, if it told one; otherwise the file's name decides."""
    invoked: bool = False
    """The user asked by a key, rather than by typing."""
    after_accept: bool = False
    """The text before the cursor was just accepted: what comes next may be several lines."""
    lines: int | None = None
    """Lines wanted at most; None: as the place and the settings allow."""
    alternatives: int = 1
    """How many different answers are wanted in all."""
    selected: str | None = None
    """Text of the entry selected in the editor's completion list, which every item must then begin with..."""
    selected_start: int | None = None
    """...counted from this offset in characters."""
    exclude: tuple[str, ...] = ()
    """Paths relative to the root that must not be looked up, besides the document's own. For measuring."""

    @property
    def own_path(self) -> str:
        """The document as the model and people see it: relative to the root, with slashes; else the name alone."""
        return relative(self.path, self.root)


@dataclass(frozen=True, slots=True)
class Provenance:
    """A place in the project that was looked up for an item."""

    path: str
    line: int
    """From 1."""
    kind: str


@dataclass(frozen=True, slots=True)
class Item:
    """One suggestion: `text` replaces the characters from `start` to `end` of the document."""

    text: str
    start: int
    end: int
    probability: float
    source: Source
    provenance: tuple[Provenance, ...] = ()
    features: Mapping[str, float] = field(default_factory=dict[str, float])
    """What the probability was computed from; see gate.py."""


@dataclass(frozen=True, slots=True)
class TokenCounts:
    prompt: int = 0
    reused: int = 0
    decoded: int = 0
    drafted: int = 0
    accepted: int = 0


@dataclass(frozen=True, slots=True)
class Completion:
    """The answer. Either items, or `silent` says in one or two words why there are none."""

    items: tuple[Item, ...]
    silent: str | None
    model: str
    tokens: TokenCounts = TokenCounts()
    timings_ms: dict[str, float] = field(default_factory=dict[str, float])
    notes: tuple[str, ...] = ()
    """What else shaped the answer, in sentences for people: names that were avoided, what was held back."""


def relative(path: Path, root: Path) -> str:
    """A path with forward slashes, relative to the root; the name alone elsewhere."""
    try:
        return path.relative_to(root).as_posix()
    except ValueError:
        return path.name
