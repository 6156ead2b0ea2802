"""Begins with an earlier core's weights, read from its GGUF and carried over to another tokenizer.

An earlier run's CPU hours are not thrown away when the vocabulary changes. It trains nothing, and expects the shape of
the earlier core to be the one asked for (context and rotary pairs may differ).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gguf
import numpy as np
import torch
from torch import Tensor

from coretrain.check_tokens import VocabularyOnly
from coretrain.export import TENSORS
from coretrain.model import Core, Shape
from coretrain.tokenizer import Encoder


def from_gguf(path: Path, tokenizer: Path, shape: Shape) -> Core:
    reader = gguf.GGUFReader(path)
    old = {tensor.name: _values(tensor) for tensor in reader.tensors}
    state = {"norm.weight": old["output_norm.weight"]}
    for layer in range(shape.layers):
        for ours, theirs in TENSORS.items():
            state[f"blocks.{layer}.{ours}.weight"] = old[f"blk.{layer}.{theirs}.weight"]
    names = reader.fields["tokenizer.ggml.tokens"].contents()
    state["embedding.weight"] = _carried_over(old["token_embd.weight"], names, VocabularyOnly(path), Encoder(tokenizer))
    core = Core(shape)
    core.load_state_dict(state)
    return core


def _values(tensor: Any) -> Tensor:
    return torch.from_numpy(np.array(gguf.quants.dequantize(tensor.data, tensor.tensor_type), np.float32))


def _carried_over(old: Tensor, names: list[str], split: VocabularyOnly, encode: Encoder) -> Tensor:
    """A token that both vocabularies have keeps its vector; a new one begins as the mean of its old parts."""
    at = {name: number for number, name in enumerate(names)}
    rows = []
    for number, name in enumerate(encode.names()):
        parts = [at[name]] if name in at else split(encode.text([number]))
        rows.append(old[parts].mean(0))
    return torch.stack(rows)
