"""Fill-in-the-middle layouts: turns a hole into token ids in the order that the model was trained on.

Text always becomes plain tokens; only the layout itself places control tokens. It does not run the model.
Layouts: Bavarian et al. 2022 (https://arxiv.org/abs/2207.14255) for PSM and SPM; see families.py for who uses which.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from inhouse.model.families import Family, FimTokens
from inhouse.model.fill import Block, FillRequest, ModelError
from inhouse.model.window import PrefixWindows, SuffixWindows

Encode = Callable[[str], list[int]]

_SUFFIX_SHARE = 0.2
_BLOCKS_SHARE = 0.45
"""Of the prompt, at most. The rest, at least 35 %, is the prefix: in-file text carries most of the signal."""
_MIN_PROMPT = 64
"""A prompt smaller than this is not worth asking for."""
_REMEMBERED_BLOCKS = 256
"""The same blocks come back at each keystroke: tokenising 800 tokens of them again takes 3 ms."""
_COMMENT = {"py": "#", "rb": "#", "sh": "#", "lua": "--", "sql": "--"}
"""How a line of comment begins, by the file's ending; // in all others."""


@dataclass(frozen=True, slots=True)
class Prompt:
    ids: list[int]
    tail: int
    """How many of the last ids are plain text right before the cursor: what healing may take back."""
    suffix: range | None = None
    """Where the suffix stands, if something that typing changes stands before it."""
    closing: tuple[int, ...] = ()
    """Control tokens behind the text before the cursor, which are not among the ids."""


class Layout:
    """Builds prompts for one model. Keeps where each file's prefix window began, so that windows stay anchored."""

    def __init__(
        self, tokens: FimTokens, family: Family, encode: Encode, context_tokens: int, begin: Sequence[int] = ()
    ) -> None:
        """`begin`: what every prompt begins with: the beginning-of-text token of DeepSeek-Coder and CodeGemma."""
        self.tokens = tokens
        self.family = family
        self._begin = begin
        self._encode = encode
        self._context_tokens = context_tokens
        self._windows = PrefixWindows(encode)
        self._suffixes = SuffixWindows(encode)
        self._block_ids = lru_cache(maxsize=_REMEMBERED_BLOCKS)(self._encode_block)

    def prompt(self, request: FillRequest) -> Prompt:
        """The whole prompt, short enough to leave room for the tokens to generate."""
        room = self._context_tokens - request.max_tokens - 8
        if room < _MIN_PROMPT:
            raise ModelError(f"context_tokens = {self._context_tokens} leaves no room for a prompt; set at least 256")
        opening = self._opening(request, int(room * _BLOCKS_SHARE))
        suffix = self._suffixes.cut(request.key, request.suffix, int(room * _SUFFIX_SHARE))
        left = room - len(self._begin) - len(opening) - len(suffix) - 3
        if self.family.order == "psm":
            return self._prefix_first(request, opening, suffix, left)
        prefix = self._windows.cut(request.key, request.prefix, left)
        return self._suffix_first(opening, suffix, prefix)

    def _suffix_first(self, opening: list[int], suffix: list[int], prefix: list[int]) -> Prompt:
        """Typing only appends; Mellum's middle token moves behind it."""
        tokens = self.tokens
        if self.family.order == "spm":
            ids = [*self._begin, *opening, tokens.prefix, tokens.suffix, *suffix, tokens.middle, *prefix]
        else:
            ids = [*self._begin, *opening, tokens.suffix, *suffix, tokens.prefix, *prefix]
        if self.family.order == "mellum":
            return Prompt(ids, len(prefix), closing=(tokens.middle,))
        return Prompt(ids, len(prefix))

    def _prefix_first(self, request: FillRequest, opening: list[int], suffix: list[int], left: int) -> Prompt:
        """The head of the current line comes after the middle token: typing within a line only appends."""
        body, head = _split_last_line(request.prefix)
        head_ids = self._encode(head)[-left // 2 :] if head else []
        prefix = self._windows.cut(request.key, body, left - len(head_ids))
        before = self._before_prefix(opening, prefix)
        ids = [*before, self.tokens.suffix, *suffix, self.tokens.middle, *head_ids]
        return Prompt(ids, len(head_ids), range(len(before), len(before) + 1 + len(suffix)))

    def _before_prefix(self, opening: list[int], prefix: list[int]) -> list[int]:
        """Other files stand before the prefix token, or, as commented text, within the prefix."""
        if self.tokens.separator is None:
            return [*self._begin, self.tokens.prefix, *opening, *prefix]
        return [*self._begin, *opening, self.tokens.prefix, *prefix]

    def _opening(self, request: FillRequest, room: int) -> list[int]:
        """Repository name, other files' blocks as far as they fit, and the current file's name."""
        current = self._file_head(request.path)
        if len(current) >= room:
            return []
        ids = self._repository(request)
        for block in request.blocks:
            piece = self._block_ids(block)
            if len(ids) + len(piece) + len(current) > room:
                break  # later blocks are the volatile ones: leaving out from the end keeps the cached start
            ids += piece
        return ids + current

    def _encode_block(self, block: Block) -> list[int]:
        return [*self._file_head(block.path), *self._encode(_ended(block))]

    def _file_head(self, path: str) -> list[int]:
        """What introduces a file: its name after the separator token, or in a comment where there is no such token."""
        if self.tokens.separator is not None:
            return [self.tokens.separator, *self._encode(path + "\n")]
        return self._encode(f"{_COMMENT.get(path.rpartition('.')[2], '//')} {path}\n")

    def _repository(self, request: FillRequest) -> list[int]:
        if self.tokens.repository is None or not request.repository or self.family.order == "spm":
            return []
        line_end = "\n" if self.family.repository_line else ""
        return [self.tokens.repository, *self._encode(request.repository + line_end)]


def _ended(block: Block) -> str:
    return block.text if block.text.endswith("\n") else block.text + "\n"


def _split_last_line(text: str) -> tuple[str, str]:
    """(all complete lines, the head of the current line)."""
    cut = text.rfind("\n") + 1
    return text[:cut], text[cut:]
