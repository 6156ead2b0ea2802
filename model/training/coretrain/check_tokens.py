"""Does llama.cpp split text into the very tokens that the core was trained on?

On real files of the corpus, on the same with CRLF or tabs, on pieces cut anywhere, and on odd Unicode.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import llama_cpp

from coretrain.engine import silence
from coretrain.special import SPECIAL_TEXT
from coretrain.tokenizer import Encoder

ODD = (
    "äöüßéèñçøåłžščřďťňЖдивяєії中文字符漢字かなカナ한국어עבריתالعربيةहिन्दीไทยειληνικά🎉🚀👩\u200d💻🇩🇪①②½²³Ⅷ٣४५𝒳𝔘\u00a0\u2003\u3000\u200b\ufeff"
    "\u0085\u2028\u2029\x0b\x0c\x1c\x1f\x00\x7f“”‘’—…€£¥©®™°µΩ∑∂√≠≤∞"
)


@dataclass(frozen=True)
class Equality:
    equal: Counter[str]
    different: Counter[str]
    tokens: int
    first_difference: str | None


class VocabularyOnly:
    """The tokenizer of a GGUF, loaded without its weights."""

    def __init__(self, gguf: Path) -> None:
        silence()
        parameters = llama_cpp.llama_model_default_params()
        parameters.vocab_only = True
        self._model = llama_cpp.llama_model_load_from_file(str(gguf).encode(), parameters)
        self._vocabulary = llama_cpp.llama_model_get_vocab(self._model)

    def __call__(self, text: str) -> list[int]:
        raw = text.encode()
        buffer = (llama_cpp.llama_token * (len(raw) + 8))()
        count = llama_cpp.llama_tokenize(self._vocabulary, raw, len(raw), buffer, len(buffer), False, False)
        return list(buffer[:count])


def texts(files: Sequence[str], seed: int = 3) -> Iterator[tuple[str, str]]:
    """Kind and text."""
    chance = random.Random(seed)
    for text in files:
        yield "file", text
    for text in files[:150]:
        yield "crlf", text.replace("\n", "\r\n")
        yield "tabs", text.replace("    ", "\t")
        cut = chance.randrange(len(text))
        yield "cut", text[cut : cut + chance.randrange(1, 900)]
        yield "trailing blanks", text[:cut].rstrip() + "\n" + " " * chance.randrange(20)
    signs = [*ODD, *" \t\n\r", *"abcXYZ019_.(){}[]'\"#:,=+-*/@", "'s", "'LL", "'Re", "  ", "\r\n", "\n\n  "]
    for _ in range(1000):
        yield "odd", "".join(chance.choices(signs, k=chance.randrange(1, 60)))
    for special in SPECIAL_TEXT.values():
        yield "special tokens as text", f'x = "{special}"'


def compare(gguf: Path, tokenizer: Path, files: Sequence[str]) -> Equality:
    theirs, ours = VocabularyOnly(gguf), Encoder(tokenizer)
    equal: Counter[str] = Counter()
    different: Counter[str] = Counter()
    tokens, first = 0, None
    for kind, text in texts(files):
        a, b = ours(text), theirs(text)
        tokens += len(a)
        (equal if a == b else different)[kind] += 1
        if a != b and first is None:
            at = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
            first = f"{kind}: at token {at}: ours {a[at : at + 4]}, llama.cpp's {b[at : at + 4]}"
    return Equality(equal, different, tokens, first)
