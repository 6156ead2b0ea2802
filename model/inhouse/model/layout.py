"""Fill-in-the-middle layouts: turns a hole into token ids in the order that the model was trained on.

Text always becomes plain tokens; only the layout itself places control tokens. It does not run the model.
Layouts: Bavarian et al. 2022 (https://arxiv.org/abs/2207.14255) for PSM and SPM; repository and file tokens as in
StarCoder2 and Qwen2.5-Coder.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from inhouse.model.fill import Block, FillRequest, ModelError
from inhouse.model.gguf import Header
from inhouse.model.window import PrefixWindows, suffix_window

Order = Literal["spm", "psm"]
"""spm: suffix, prefix, middle (typing only appends). psm: prefix, suffix, middle."""

Encode = Callable[[str], list[int]]

ORDER_KEY = "inhouse.fim_order"
"""Metadata key by which our own cores say that they were trained suffix first."""

_SUFFIX_SHARE = 0.2
_BLOCKS_SHARE = 0.45
"""Of the prompt, at most. The rest, at least 35 %, is the prefix: in-file text carries most of the signal."""
_MIN_PROMPT = 64
"""A prompt smaller than this is not worth asking for."""


@dataclass(frozen=True, slots=True)
class Prompt:
    ids: list[int]
    tail: int
    """How many of the last ids are plain text right before the cursor: what healing may take back."""
    suffix: range | None = None
    """Where the suffix stands, if something that typing changes stands before it."""


@dataclass(frozen=True, slots=True)
class FimTokens:
    """The control tokens of a model, as its GGUF names them."""

    prefix: int
    suffix: int
    middle: int
    repository: int | None
    separator: int | None


def fim_tokens(header: Header) -> FimTokens:
    """The FIM tokens from the GGUF's own metadata. Raises ModelError for a model that was not trained to fill."""

    def token(kind: str) -> int | None:
        return header.number(f"tokenizer.ggml.fim_{kind}_token_id")

    prefix, suffix, middle = token("pre"), token("suf"), token("mid")
    if prefix is None or suffix is None or middle is None:
        raise ModelError(
            f"{header.path}: this model has no fill-in-the-middle tokens, so it cannot complete at a cursor; "
            "choose a base code model trained for FIM"
        )
    return FimTokens(prefix, suffix, middle, token("rep"), token("sep"))


def fim_order(header: Header) -> Order:
    """Suffix first for our own cores, which say so; prefix first for all others."""
    if header.text(ORDER_KEY) == "spm" or (header.text("general.description") or "").startswith("project core"):
        return "spm"
    return "psm"


class Layout:
    """Builds prompts for one model. Keeps where each file's prefix window began, so that windows stay anchored."""

    def __init__(self, tokens: FimTokens, order: Order, encode: Encode, context_tokens: int) -> None:
        self.tokens = tokens
        self.order = order
        self._encode = encode
        self._context_tokens = context_tokens
        self._windows = PrefixWindows(encode)

    def prompt(self, request: FillRequest) -> Prompt:
        """The whole prompt, short enough to leave room for the tokens to generate."""
        room = self._context_tokens - request.max_tokens - 8
        if room < _MIN_PROMPT:
            raise ModelError(f"context_tokens = {self._context_tokens} leaves no room for a prompt; set at least 256")
        opening = self._opening(request, int(room * _BLOCKS_SHARE))
        suffix = suffix_window(request.suffix, self._encode, int(room * _SUFFIX_SHARE))
        left = room - len(opening) - len(suffix) - 3
        if self.order == "spm":
            prefix = self._windows.cut(request.path, request.prefix, left)
            ids = [*opening, self.tokens.prefix, self.tokens.suffix, *suffix, self.tokens.middle, *prefix]
            return Prompt(ids, len(prefix))
        body, head = _split_last_line(request.prefix)
        head_ids = self._encode(head)[-left // 2 :] if head else []
        prefix = self._windows.cut(request.path, body, left - len(head_ids))
        before = [*opening, self.tokens.prefix, *prefix]
        ids = [*before, self.tokens.suffix, *suffix, self.tokens.middle, *head_ids]
        return Prompt(ids, len(head_ids), range(len(before), len(before) + 1 + len(suffix)))

    def _opening(self, request: FillRequest, room: int) -> list[int]:
        """Repository name, other files' blocks as far as they fit, and the current file's name."""
        separator = self.tokens.separator
        if separator is None:
            return []
        current = [separator, *self._encode(request.path + "\n")]
        ids: list[int] = []
        if self.tokens.repository is not None and self.order == "psm" and request.repository:
            ids = [self.tokens.repository, *self._encode(request.repository + "\n")]
        for block in request.blocks:
            piece = [separator, *self._encode(_block_text(block))]
            if len(ids) + len(piece) + len(current) > room:
                break  # later blocks are the volatile ones: leaving out from the end keeps the cached start
            ids += piece
        return ids + current if len(current) < room else ids


def _block_text(block: Block) -> str:
    return f"{block.path}\n{block.text}" + ("" if block.text.endswith("\n") else "\n")


def _split_last_line(text: str) -> tuple[str, str]:
    """(all complete lines, the head of the current line)."""
    cut = text.rfind("\n") + 1
    return text[:cut], text[cut:]
