"""Remembers suggestions, so that typing along one of them, or accepting it, is answered without the model.

An entry answers for one state of the document and for those that typing its text leads to; for no other. Few entries
are kept, and all of them are compared: a radix tree's answers in a few lines. It runs no model and knows no project.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace

from inhouse.completion.cursor import Cursor
from inhouse.completion.request import Completion, Item, TokenCounts

MAX_ENTRIES = 64
"""A suggestion that was not typed along for so many others is not waited for any more."""
MAX_CHARACTERS = 4_000_000
"""Of the texts around the cursors, which entries of one file share only in part: 8 MB at most."""

_QUOTES = "\"'`"
_CLOSERS = ")]}" + _QUOTES
_CLOSER_OF = {"(": ")", "[": "]", "{": "}", **{quote: quote for quote in _QUOTES}}


@dataclass(frozen=True, slots=True)
class State:
    """What must be the same for an answer to hold, besides the text around the cursor."""

    path: str
    version: Hashable
    """Changes with the settings and with what is known of the rest of the project."""
    alternatives: int = 1
    """Answers that were asked for; one computed for more serves for fewer."""
    invoked: bool = False
    """Asked for by a key: then nothing is too unsure. While typing, only what is sure enough serves of it."""


@dataclass(slots=True)
class _Entry:
    state: State
    prefix: str
    suffix: str
    answer: Completion
    texts: list[str]
    """The items' texts from the cursor on, with LF line ends."""
    replaced: list[int]
    """Characters right of the cursor that each item replaces."""
    reached: int
    """Characters of the text that were typed when it was last answered with; -1: not answered with yet."""

    @property
    def characters(self) -> int:
        return len(self.prefix) + len(self.suffix)


class Suggestions:
    """The last suggestions of all documents, newest last. Used from one thread."""

    def __init__(self) -> None:
        self._entries: list[_Entry] = []
        self._characters = 0

    def __len__(self) -> int:
        return len(self._entries)

    def put(self, cursor: Cursor, state: State, answer: Completion, *, ahead: bool = False) -> None:
        """Remember an answer; `ahead`: it was computed before anybody asked, and then silence is worth remembering."""
        if not answer.items and not ahead:
            return
        texts = [_lf(item.text)[len(cursor.lead) :] for item in answer.items]
        replaced = [item.end - cursor.offset for item in answer.items]
        known = next((entry for entry in self._entries if _same_place(entry, cursor, state)), None)
        if known is not None:
            self._drop(known)
        entry = _Entry(state, cursor.prefix, cursor.suffix, answer, texts, replaced, -1 if ahead else 0)
        self._entries.append(entry)
        self._characters += entry.characters
        while len(self._entries) > MAX_ENTRIES or self._characters > MAX_CHARACTERS:
            self._drop(self._entries[0])

    def find(self, cursor: Cursor, state: State, is_sure: Callable[[Item], bool] = bool) -> Completion | None:
        """What is still to come of a suggestion that was typed along; None if the model must be asked.

        `is_sure`: whether an item would be shown while typing. Entries that the user has typed over or taken back are
        dropped.
        """
        found: Completion | None = None
        for entry in reversed(list(self._entries)):
            if entry.state.path != state.path:
                continue
            if entry.state.version != state.version:
                self._drop(entry)
            elif cursor.prefix.startswith(entry.prefix):
                answer = self._typed_along(entry, cursor, state, is_sure)
                found = found or answer
            elif entry.reached >= 0 and entry.suffix == cursor.suffix and entry.prefix.startswith(cursor.prefix):
                self._drop(entry)  # taken back to before where it began
        return found

    def held(self, cursor: Cursor, state: State) -> Completion | None:
        """What is remembered for exactly this, if anything; nothing is dropped."""
        same = (entry.answer for entry in self._entries if entry.state == state and _same_place(entry, cursor, state))
        return next(same, None)

    def clear(self) -> None:
        """Forget all of them."""
        self._entries.clear()
        self._characters = 0

    def _typed_along(
        self, entry: _Entry, cursor: Cursor, state: State, is_sure: Callable[[Item], bool]
    ) -> Completion | None:
        typed = cursor.prefix[len(entry.prefix) :]
        added = _added_behind(entry, cursor)
        if added is None:
            return None  # the text after the cursor is another one: perhaps it comes back
        if not typed and not entry.answer.items:
            # Asked for by a key, more is wanted: what was too unsure for one answer is shown then.
            return _from_cache(entry.answer, ()) if _serves(entry.state, state) else None
        alive = [number for number, text in enumerate(entry.texts) if _goes_on(text, typed, added)]
        if not alive or len(typed) < entry.reached:
            self._drop(entry)  # typed over, all typed, or taken back
            return None
        if entry.state.invoked and not state.invoked:
            alive = [number for number in alive if is_sure(entry.answer.items[number])]
        if not alive or state.alternatives > entry.state.alternatives:
            return None
        entry.reached = len(typed)
        return _from_cache(entry.answer, [_rest(entry, number, len(typed), added, cursor) for number in alive])

    def _drop(self, entry: _Entry) -> None:
        self._entries.remove(entry)
        self._characters -= entry.characters


def _serves(silent: State, asked: State) -> bool:
    """Whether silence in one state says that there is nothing in the other."""
    return asked.alternatives <= silent.alternatives and (silent.invoked or not asked.invoked)


def _same_place(entry: _Entry, cursor: Cursor, state: State) -> bool:
    return entry.state.path == state.path and entry.prefix == cursor.prefix and entry.suffix == cursor.suffix


def _added_behind(entry: _Entry, cursor: Cursor) -> str | None:
    """What stands between the cursor and the text that followed it before: brackets that the editor closed.

    None if the text after the cursor is not the same otherwise.
    """
    here, before = cursor.suffix, entry.suffix
    if here.endswith(before):
        return here[: len(here) - len(before)]
    if not cursor.cut:
        return None
    closers = len(here) - len(here.lstrip(_CLOSERS))  # as much as they push out of reach at the end is not compared
    return next((here[:count] for count in range(1, closers + 1) if before.startswith(here[count:])), None)


def _goes_on(text: str, typed: str, added: str) -> bool:
    """Whether more of the text is to come, and closes all that the editor closed ahead of it."""
    if not text.startswith(typed) or len(text) == len(typed):
        return False
    if not added:
        return True
    return left_open(typed) == added and left_open(text) == "" and text[len(typed) :].rstrip().endswith(added)


def _rest(entry: _Entry, number: int, typed: int, added: str, cursor: Cursor) -> Item:
    item, text = entry.answer.items[number], cursor.lead + entry.texts[number][typed:]
    end = cursor.offset + len(added) + entry.replaced[number]
    return replace(item, text=text.replace("\n", cursor.newline), start=cursor.start, end=end, source="cache")


def _from_cache(answer: Completion, items: Sequence[Item]) -> Completion:
    return replace(answer, items=tuple(items), tokens=TokenCounts(), timings_ms={})


def left_open(text: str) -> str:
    """The closers that an editor would put behind this text, nearest first."""
    expected: list[str] = []
    escaped = False
    for letter in text:
        if escaped:
            escaped = False
        elif letter == "\\":
            escaped = True
        elif expected and letter == expected[-1]:
            expected.pop()
        elif expected and expected[-1] in _QUOTES:
            continue
        elif letter in _CLOSER_OF:
            expected.append(_CLOSER_OF[letter])
    return "".join(reversed(expected))


def _lf(text: str) -> str:
    return text.replace("\r\n", "\n")
