"""Where a model runs: its weights and its cache on the GPU as far as it was asked for and as it fits, else on the CPU.

It knows nothing of prompts or answers.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from pathlib import Path

from inhouse.model.cells import Attention
from inhouse.model.fill import ModelError
from inhouse.model.native import Weights, offloads_to_gpu
from inhouse.model.session import Session

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Placement:
    """What was asked for."""

    context_tokens: int
    threads: int
    gpu_layers: int
    flash_attention: str
    kv_type: str


class _Unfit(ModelError):
    """No placement helps."""


def placed(path: Path, wanted: Placement) -> tuple[Weights, Session, int]:
    """The weights, a session with them, and how many layers are on the GPU.

    Without a GPU, or where it has no room for so many layers, all runs on the CPU, and the log says so in one line.
    Raises ModelError.
    """
    if wanted.gpu_layers and not offloads_to_gpu():
        log.warning(
            "gpu_layers is %d, but this llama.cpp was built without a GPU: the CPU does it all; see `inhouse doctor`",
            wanted.gpu_layers,
        )
        wanted = replace(wanted, gpu_layers=0)
    try:
        weights, session = _on(path, wanted)
    except ModelError as error:
        if not wanted.gpu_layers or isinstance(error, _Unfit):
            raise
        log.warning(
            "%s: does not fit with %d layers on the GPU (%s); the CPU does the work, set a smaller gpu_layers",
            path,
            wanted.gpu_layers,
            error,
        )
        wanted = replace(wanted, gpu_layers=0)
        weights, session = _on(path, wanted)
    return weights, session, wanted.gpu_layers


def _on(path: Path, wanted: Placement) -> tuple[Weights, Session]:
    weights = Weights(path, wanted.gpu_layers)
    attention = Attention(wanted.flash_attention, wanted.kv_type, on_gpu=wanted.gpu_layers > 0)
    try:
        if not weights.keeps_full_attention:
            raise _Unfit(
                f"{path}: sliding-window, hybrid and recurrent models lose their KV cache at each keystroke; "
                "choose a model with full attention"
            )
        tokens = min(wanted.context_tokens, weights.trained_context)
        return weights, Session(weights, tokens, wanted.threads, attention)
    except ModelError:
        weights.close()
        raise
