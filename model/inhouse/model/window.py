"""Which part of a long file the model sees before and after the hole.

Windows begin and end at lines. The start of the prefix moves in big steps only, never with each keystroke: a start that
slides re-reads the whole prefix (2.8 s instead of 35 ms a keystroke at 0.5B on two cores).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

_CHARACTERS_PER_TOKEN = 5
"""More than any code tokenizer reaches on average (3.0 to 4.2): bounds the text that is tokenised at a keystroke."""
_FULL_SHARE = 0.7
"""When the window overflows it is cut to this share, which leaves room for many lines of typing before the next cut."""
_LOW_SHARE = 0.35
"""A window that fell below this share although the file has more before it (the cursor moved up) is cut anew."""
_CLOSERS = ")]}>\"'`"
_MAX_CLOSERS = 4
"""Three quotes and a bracket: what editors add at one place."""
_MAX_FILES = 64
"""Files whose window start is remembered; an entry is one number."""

Encode = Callable[[str], list[int]]


class PrefixWindows:
    """Remembers for each file the line where its prefix window began."""

    def __init__(self, encode: Encode) -> None:
        self._encode = encode
        self._starts: OrderedDict[str, int] = OrderedDict()

    def cut(self, key: str, prefix: str, room: int) -> list[int]:
        """Token ids of the prefix's tail, at most `room`, starting at a line unless that line alone is longer."""
        if not prefix or room <= 0:
            return []
        lines = prefix.splitlines(keepends=True)
        ids = self._kept(key, lines, room)
        if ids is None:
            start, ids = self._anew(lines, room)
            self._remember(key, start)
        return ids

    def _kept(self, key: str, lines: list[str], room: int) -> list[int] | None:
        """The window from the remembered start, if it still fits and has not become needlessly short."""
        start = self._starts.get(key, 0)
        if start >= len(lines):
            return None
        text = "".join(lines[start:])
        if len(text) > room * _CHARACTERS_PER_TOKEN:
            return None
        ids = self._encode(text)
        if len(ids) > room or (start > 0 and len(ids) < room * _LOW_SHARE):
            return None
        return ids

    def _anew(self, lines: list[str], room: int) -> tuple[int, list[int]]:
        """(first line, ids) of a window that fills _FULL_SHARE of the room, by whole lines from the end."""
        wanted, start = room * _FULL_SHARE, len(lines)
        count = 0
        while start > 0:
            cost = len(self._encode(lines[start - 1]))
            if count + cost > wanted and start < len(lines):
                break
            count += cost
            start -= 1
        return start, self._encode("".join(lines[start:])[-room * _CHARACTERS_PER_TOKEN :])[-room:]

    def _remember(self, key: str, start: int) -> None:
        self._starts[key] = start
        self._starts.move_to_end(key)
        if len(self._starts) > _MAX_FILES:
            self._starts.popitem(last=False)


class SuffixWindows:
    """Remembers each file's suffix window, and keeps it while the suffix is nearly the same.

    Editors add a closing bracket or quote behind the cursor as one is opened. For the model nothing is lost when the
    suffix stays as it was before, and all that stands behind a changed suffix in the prompt would be read again. Only
    closers that came, never ones that went: a closer that the model still sees and that is typed already misleads it.
    """

    def __init__(self, encode: Encode) -> None:
        self._encode = encode
        self._kept: OrderedDict[str, tuple[int, str, list[int]]] = OrderedDict()

    def cut(self, key: str, suffix: str, room: int) -> list[int]:
        """Token ids of the suffix's head, at most `room`; the last time's if only closers came before it."""
        text = suffix[: room * _CHARACTERS_PER_TOKEN]
        kept_room, kept, ids = self._kept.get(key, (0, "", []))
        if kept_room != room or not (text == kept or closers_came(kept, text)):
            ids = suffix_window(suffix, self._encode, room)
            self._kept[key] = (room, text, ids)
            if len(self._kept) > _MAX_FILES:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return ids


def closers_came(before: str, now: str) -> bool:
    """Whether `now` is the text before with nothing but closing brackets and quotes in front of it.

    Both may be cut at the same length, so that the end of `now` lacks as much as came in front.
    """
    for count in range(1, min(_MAX_CLOSERS, len(now)) + 1):
        if now[count - 1] not in _CLOSERS:
            return False
        if before.startswith(now[count:]) and len(before) - (len(now) - count) <= count:
            return True
    return False


def suffix_window(suffix: str, encode: Encode, room: int) -> list[int]:
    """Token ids of the suffix's head, at most `room`, ending at a line unless the first line alone is longer."""
    if not suffix or room <= 0:
        return []
    text = suffix[: room * _CHARACTERS_PER_TOKEN]
    ids = encode(text)
    while len(ids) > room or (len(text) < len(suffix) and not text.endswith("\n")):
        cut = text.rstrip("\n").rfind("\n") + 1
        if cut == 0:
            return ids[:room]
        text = text[:cut]
        ids = encode(text)
    return ids
