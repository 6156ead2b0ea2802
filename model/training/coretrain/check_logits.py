"""Does llama.cpp compute from the GGUF what torch computes from the checkpoint?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import llama_cpp
import numpy as np
import torch

from coretrain.engine import silence
from coretrain.model import Core


@dataclass(frozen=True)
class Agreement:
    tokens: int
    largest_difference: float
    same_first_choice: float
    divergence: float
    """Mean Kullback-Leibler divergence, nats a token."""


@torch.no_grad()
def compare(core: Core, gguf: Path, sequences: Sequence[Sequence[int]]) -> Agreement:
    silence()
    longest = max(map(len, sequences))
    llama = llama_cpp.Llama(str(gguf), n_ctx=longest, n_batch=longest, n_threads=1, logits_all=True, verbose=False)
    largest = same = divergence = tokens = 0.0
    for ids in sequences:
        ours = core.logits(torch.tensor([list(ids)]))[0]
        llama.reset()  # type: ignore[no-untyped-call]
        llama.eval(list(ids))
        theirs = torch.from_numpy(np.array(llama.scores[: len(ids)]))
        largest = max(largest, float((ours - theirs).abs().max()))
        same += float((ours.argmax(1) == theirs.argmax(1)).sum())
        p, q = torch.log_softmax(ours, 1), torch.log_softmax(theirs, 1)
        divergence += float((p.exp() * (p - q)).sum())
        tokens += len(ids)
    return Agreement(int(tokens), largest, same / tokens, divergence / tokens)
