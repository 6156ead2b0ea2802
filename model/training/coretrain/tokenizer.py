"""Byte-level BPE with FIM, repository and file tokens, split into words just as llama.cpp's `qwen2` does it.

The ids of the special tokens are fixed: runtime, rows and export all rely on them.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from coretrain.corpus import SourceFile
from coretrain.special import SPECIAL_TEXT, Special

PRE_TOKENIZER = "qwen2"
"""The name under which llama.cpp knows the expression below."""

_WORDS = (
    r"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}|"
    r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)

TEXT_LIMIT_CHARACTERS = 40_000_000
PACKAGE_LIMIT_CHARACTERS = 1_000_000
"""What one package may add, so that none owns the vocabulary."""


class Encoder:
    """Text to ids; a special token written in the text is just text."""

    def __init__(self, path: Path) -> None:
        self._tokenizer = Tokenizer.from_file(str(path))
        self._tokenizer.encode_special_tokens = True

    def __call__(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids if text else []
        return ids

    def text(self, ids: list[int]) -> str:
        return str(self._tokenizer.decode(ids, skip_special_tokens=False))

    def names(self) -> list[str]:
        """As they stand in the vocabulary, by id."""
        names = self._tokenizer.get_vocab()
        return sorted(names, key=lambda name: names[name])

    def lengths_bytes(self) -> list[int]:
        """In a byte-level vocabulary every character of a token's name is one byte; special tokens write nothing."""
        names = self._tokenizer.get_vocab()
        lengths = [0] * len(names)
        for name, index in names.items():
            lengths[index] = 0 if index < len(Special) else len(name)
        return lengths

    @property
    def vocabulary(self) -> int:
        return int(self._tokenizer.get_vocab_size())


def train(files: Iterable[SourceFile], vocabulary: int, out: Path) -> None:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_WORDS), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=[SPECIAL_TEXT[token] for token in Special],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
        min_frequency=2,
    )
    tokenizer.train_from_iterator(_balanced(files), trainer)
    tokenizer.save(str(out))


def _balanced(files: Iterable[SourceFile], seed: int = 1) -> Iterator[str]:
    rows = list(files)
    random.Random(seed).shuffle(rows)
    used: Counter[str] = Counter()
    total = 0
    for row in rows:
        if used[row.package] >= PACKAGE_LIMIT_CHARACTERS:
            continue
        used[row.package] += len(row.text)
        total += len(row.text)
        yield row.text
        if total > TEXT_LIMIT_CHARACTERS:
            return
