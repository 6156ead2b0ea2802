"""Does the core recite? For held-out prompts, how often it writes 50 tokens in a row that stand in the training text
but not in the prompt.

Compares tokens of the core's own tokenizer; a run counts when all its tokens in order were in one training file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from coretrain.corpus import SourceFile
from coretrain.engine import Engine
from coretrain.held_holes import HeldOut, prompt
from coretrain.tokenizer import Encoder

RUN_TOKENS = 50
WRITTEN_TOKENS = 120
_BASE = np.uint64(0x9E3779B97F4A7C15)

Hashes = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class Recitation:
    prompts: int
    tokens_written: int
    runs: int
    """Windows of 50 written tokens."""
    recited: int
    prompts_with_recitation: int


def run_hashes(ids: Sequence[int], length: int = RUN_TOKENS) -> Hashes:
    """One hash for every window of `length` tokens (polynomial, modulo 2**64)."""
    tokens = np.asarray(ids, np.uint64) + np.uint64(1)
    if len(tokens) < length:
        return np.empty(0, np.uint64)
    hashes = np.zeros(len(tokens) - length + 1, np.uint64)
    for offset in range(length):
        hashes = hashes * _BASE + tokens[offset : len(tokens) - length + 1 + offset]
    return hashes


def training_runs(files: Iterable[SourceFile], encode: Encoder) -> Hashes:
    """Sorted; 8 bytes a token of the corpus."""
    return np.sort(np.concatenate([run_hashes(encode(file.text)) for file in files]))


def among(hashes: Hashes, known: Hashes) -> npt.NDArray[np.bool_]:
    """`known` is sorted and far longer: np.isin would sort it anew for every prompt."""
    at = np.searchsorted(known, hashes)
    return np.asarray(known[np.minimum(at, len(known) - 1)] == hashes)


def measure(gguf: Path, held: HeldOut, known: Hashes, count: int, room: int) -> Recitation:
    engine = Engine(gguf, room + WRITTEN_TOKENS)
    total = runs = recited = guilty = 0
    for hole in held.holes(count):
        asked = prompt(hole, held.projects[hole.package], engine.tokenize, room, int(room * 0.42), "spm")
        written, _ = engine.greedy(asked.ids, WRITTEN_TOKENS, one_line=False)
        hashes = run_hashes(written)
        found = among(hashes, known) & ~np.isin(hashes, run_hashes(asked.ids))
        total += len(written)
        runs += len(hashes)
        recited += int(found.sum())
        guilty += bool(found.any())
    return Recitation(count, total, runs, recited, guilty)
