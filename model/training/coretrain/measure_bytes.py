"""Bits per byte of a GGUF on held-out files, computed by llama.cpp, so that what is measured is what ships.

Files are read in windows of the context length at half steps; every token is scored once, with at least half a window
before it after the first. Bytes make tokenizers comparable.
"""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import llama_cpp
import numpy as np
import numpy.typing as npt

from coretrain.corpus import SourceFile
from coretrain.engine import silence
from coretrain.special import Special

FILE_CHARACTERS = 16_000


@dataclass(frozen=True)
class Score:
    bits_per_byte: float
    bits_per_byte_by_language: dict[str, float]
    files: int
    bytes: int


class Scorer:
    def __init__(self, path: Path, context: int, threads: int = 1) -> None:
        silence()
        self.context = context
        self._llama = llama_cpp.Llama(
            str(path), n_ctx=context, n_batch=context, n_threads=threads, logits_all=True, verbose=False
        )

    def tokenize(self, text: str) -> list[int]:
        return self._llama.tokenize(text.encode(), add_bos=False, special=False)

    def nats(self, ids: Sequence[int]) -> npt.NDArray[np.float64]:
        """Cost of every token but the first."""
        self._llama.reset()  # type: ignore[no-untyped-call]
        self._llama.eval(list(ids))
        logits = self._llama.scores[: len(ids) - 1].astype(np.float64)
        chosen = logits[np.arange(len(ids) - 1), np.array(ids[1:])]
        top = logits.max(1)
        return np.asarray(top + np.log(np.exp(logits - top[:, None]).sum(1)) - chosen)

    def file_nats(self, path: str, text: str) -> float:
        head = [Special.FILE, *self.tokenize(path + "\n")]
        ids = [*map(int, head), *self.tokenize(text)]
        total, scored, start = 0.0, len(head), 0
        while scored < len(ids):
            window = ids[start : start + self.context]
            total += float(self.nats(window)[scored - start - 1 :].sum())
            scored = start + len(window)
            start += self.context // 2
        return total


def pick(files: Iterable[SourceFile], count: int, seed: int = 11) -> list[SourceFile]:
    large = [file for file in files if len(file.text) > 1500]
    return random.Random(seed).sample(large, min(count, len(large)))


def measure(gguf: Path, files: Sequence[SourceFile], context: int, threads: int = 1) -> Score:
    scorer = Scorer(gguf, context, threads)
    nats: dict[str, float] = defaultdict(float)
    size: dict[str, int] = defaultdict(int)
    for file in files:
        text = file.text[:FILE_CHARACTERS]
        nats[file.language] += scorer.file_nats(file.path, text)
        size[file.language] += len(text.encode())
    bits = {language: nats[language] / math.log(2) / size[language] for language in sorted(nats)}
    whole = sum(nats.values()) / math.log(2) / sum(size.values())
    return Score(round(whole, 4), {k: round(v, 4) for k, v in bits.items()}, len(files), sum(size.values()))
