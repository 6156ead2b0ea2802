"""Writes small vocabularies in the two kinds that code models have, for tests of layouts: a byte or letter a token."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from ggufs import gguf

_NORMAL, _UNKNOWN, _CONTROL, _BYTE = 1, 2, 3, 6
"""llama.cpp's types of tokens."""
_SHAPE: dict[str, object] = {
    "general.architecture": "llama",
    "llama.context_length": 2048,
    "llama.embedding_length": 32,
    "llama.block_count": 1,
    "llama.feed_forward_length": 32,
    "llama.attention.head_count": 1,
    "llama.attention.layer_norm_rms_epsilon": 1e-5,
}


class Made:
    """A vocabulary whose numbers can be told by hand: the control tokens, then letters and bytes."""

    def __init__(self, controls: Sequence[str], *, letters: bool, metadata: Mapping[str, object]) -> None:
        """`letters`: the kind of CodeGemma and Codestral (SentencePiece); else that of all others (byte-level BPE)."""
        self.letters = letters
        self.controls = ["<unk>", *controls] if letters else list(controls)
        self.metadata = metadata
        self.texts = [*self.controls, *(_sentencepiece() if letters else _byte_level())]

    def write(self, path: Path, weights: Mapping[str, Sequence[int]] | None = None) -> Path:
        """As a GGUF, with these weights (shapes by name) or without any."""
        plain = (_BYTE if re.fullmatch("<0x..>", text) else _NORMAL for text in self.texts[len(self.controls) :])
        kinds = [_CONTROL] * len(self.controls) + list(plain)
        metadata = {**_SHAPE, "tokenizer.ggml.tokens": self.texts}
        if self.letters:
            kinds[0] = _UNKNOWN
            metadata |= {"tokenizer.ggml.model": "llama", "tokenizer.ggml.scores": [0.0] * len(self.texts)}
        else:
            metadata |= {"tokenizer.ggml.model": "gpt2", "tokenizer.ggml.merges": ["a b"]}
        metadata |= {"tokenizer.ggml.token_type": kinds, **self.metadata}
        weights = weights or {}
        path.write_bytes(gguf(metadata, list(weights.values()), list(weights)))
        return path

    def ids(self, text: str) -> list[int]:
        """The numbers of a text in which control tokens are spelled out."""
        found: list[int] = []
        for part in re.split("(" + "|".join(map(re.escape, self.controls)) + ")", text):
            if part in self.controls:
                found.append(self.controls.index(part))
            elif self.letters:
                found += [number for letter in part for number in self._letter(letter)]
            else:
                found += [self.texts.index(_BYTE_LETTERS[byte]) for byte in part.encode()]
        return found

    def _letter(self, letter: str) -> list[int]:
        text = "▁" if letter == " " else letter
        if text in self.texts:
            return [self.texts.index(text)]
        return [self.texts.index(f"<0x{byte:02X}>") for byte in letter.encode()]


def _sentencepiece() -> list[str]:
    return [f"<0x{byte:02X}>" for byte in range(256)] + ["▁"] + [chr(code) for code in range(0x21, 0x7F)]


def _byte_level() -> list[str]:
    return [*_BYTE_LETTERS, "ab"]


def _byte_letters() -> list[str]:
    """GPT-2's letters for bytes: the printable ones stand for themselves, the others for letters from 256 on."""
    printable = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    others = (chr(256 + number) for number in range(256))
    return [chr(byte) if byte in printable else next(others) for byte in range(256)]


_BYTE_LETTERS = _byte_letters()
