"""Prompts for a server: laid out in characters in place of tokens, since the tokenizer is elsewhere.

A character is its code point, a control token a number beyond all of them; so a layout made for tokens serves.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import floor

from inhouse.model.families import FimTokens, Taught
from inhouse.model.fill import FillRequest
from inhouse.model.layout import Layout

CHARACTERS_PER_TOKEN = 3.6
"""In the middle for code (3.0 to 4.2), for files of which nobody has counted the tokens."""
_SHRINK = 0.9
_LEAST, _MOST = 0.8, 6.0
"""Characters that a token has on average in any file: below it is no text, above it is mostly blanks."""
_MAX_FILES = 256
"""Files whose average is remembered; an entry is one number."""
_MAX_LAYOUTS = 8
"""Layouts kept for different lengths; each remembers its windows in the files."""
_FIRST_CONTROL = 0x110000
_CONTROL_LIKE = re.compile(
    r"<(?=[|｜][^|｜>\n]{1,40}[|｜]>|(?:fim_\w+|file_sep|filename|repo_name|reponame|endoftext|PRE|SUF|MID|EOT|/?s)>)"
    r"|\[(?=(?:PREFIX|SUFFIX|MIDDLE)\])"
)
"""What servers read as a control token when it stands in a text."""
_AT_CURSOR = re.compile(r"(?:[ \t]+|[ \t]?\w+|[^\w\s])\Z")
_JOINED = re.compile(r"(?:[ \t]+|[^\w\n]?\w+|[^\w\s])\Z")
"""With the dot or bracket before a name, which tokenizers join with it."""
_MOST_HEALED = 40
"""Characters; what is longer is no name typed halfway."""

Part = str | int
"""A text, or the number of a control token in TextLayout.controls."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A prompt in parts, less the text at the cursor that must be said again."""

    parts: tuple[Part, ...]
    healed: str
    characters: int


class TextLayout:
    """Lays prompts out for one family of models."""

    def __init__(self, taught: Taught, context_tokens: int) -> None:
        self.context_tokens = context_tokens
        spelled = (taught.prefix, taught.suffix, taught.middle, taught.separator, taught.repository)
        self.controls = tuple(text or "" for text in spelled)
        numbers = [_FIRST_CONTROL + place if text else None for place, text in enumerate(spelled)]
        prefix, suffix, middle, separator, repository = numbers
        assert prefix is not None, "every family has a prefix token"
        assert suffix is not None, "every family has a suffix token"
        self._tokens = FimTokens(prefix, suffix, -1 if middle is None else middle, repository, separator)
        self._family = taught.family
        self._layouts: OrderedDict[tuple[int, float], Layout] = OrderedDict()
        self._ratios: OrderedDict[str, float] = OrderedDict()

    def ask(self, request: FillRequest, *, heal: bool = True, joined: bool = False) -> Asked:
        """The prompt for a hole. `joined`: what stands before a name at the cursor is to be said again with it."""
        prompt = self._layout(request).prompt(request)
        kept, healed = len(prompt.ids), ""
        if heal and prompt.tail:
            tail = "".join(map(chr, prompt.ids[-min(prompt.tail, _MOST_HEALED) :]))
            found = (_JOINED if joined else _AT_CURSOR).search(tail)
            if found and len(found[0]) < len(tail):
                healed, kept = found[0], kept - len(found[0])
        return Asked(tuple(_parts([*prompt.ids[:kept], *prompt.closing])), healed, len(prompt.ids))

    def is_counted(self, key: str) -> bool:
        """Whether it is known how many characters a token has in a file."""
        return key in self._ratios

    def count(self, key: str, characters: int, tokens: int) -> None:
        """So many characters of a file are so many of the server's tokens."""
        average = characters / tokens if tokens else CHARACTERS_PER_TOKEN
        self._note(key, floor(10 * average) / 10)

    def shrink(self, key: str) -> bool:
        """Lay out less in a file from now on, since its tokens are shorter; False when it is little enough."""
        average = self._ratios.get(key, CHARACTERS_PER_TOKEN)
        if average <= _LEAST:
            return False
        self._note(key, average * _SHRINK)
        return True

    def _note(self, key: str, average: float) -> None:
        self._ratios[key] = min(_MOST, max(_LEAST, average))
        self._ratios.move_to_end(key)
        if len(self._ratios) > _MAX_FILES:
            self._ratios.popitem(last=False)

    def _layout(self, request: FillRequest) -> Layout:
        """The room for the answer is in tokens, that for the prompt in characters."""
        length, average = request.max_tokens, self._ratios.get(request.key, CHARACTERS_PER_TOKEN)
        if (length, average) not in self._layouts:
            room = int((self.context_tokens - length - 16) * average)
            self._layouts[length, average] = Layout(self._tokens, self._family, _code_points, room + length + 8)
            if len(self._layouts) > _MAX_LAYOUTS:
                self._layouts.popitem(last=False)
        self._layouts.move_to_end((length, average))
        return self._layouts[length, average]


def harmless(text: str) -> str:
    """The text with a space inside whatever a server would read as a control token."""
    return _CONTROL_LIKE.sub(lambda found: found[0] + " ", text)


def _code_points(text: str) -> list[int]:
    return list(map(ord, text.encode("utf-8", errors="replace").decode("utf-8")))


def _parts(ids: Sequence[int]) -> list[Part]:
    found: list[Part] = []
    for control, run in groupby(ids, lambda number: number >= _FIRST_CONTROL):
        if control:
            found += [number - _FIRST_CONTROL for number in run]
        else:
            found.append(harmless("".join(map(chr, run))))
    return found
