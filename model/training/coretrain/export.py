"""Checkpoint and tokenizer to GGUF (architecture llama, BPE vocabulary), and its quantised forms by llama.cpp itself.

No `output.weight` is written: llama.cpp then ties the head to the embedding. Measures nothing.
"""

from __future__ import annotations

import ctypes
import json
from pathlib import Path

import gguf
import llama_cpp
import numpy as np
import numpy.typing as npt

from coretrain.model import Core
from coretrain.special import SPECIAL_TEXT, Special
from coretrain.tokenizer import PRE_TOKENIZER

FIM_KEYS = {
    "pre": Special.PREFIX,
    "suf": Special.SUFFIX,
    "mid": Special.MIDDLE,
    "pad": Special.PAD,
    "rep": Special.REPOSITORY,
    "sep": Special.FILE,
}

QUANTISATIONS = {
    "f16": None,
    "q8_0": llama_cpp.LLAMA_FTYPE_MOSTLY_Q8_0,
    "q6_k": llama_cpp.LLAMA_FTYPE_MOSTLY_Q6_K,
    "q5_0": llama_cpp.LLAMA_FTYPE_MOSTLY_Q5_0,
    "q4_0": llama_cpp.LLAMA_FTYPE_MOSTLY_Q4_0,
}

TENSORS = {
    "attention_norm": "attn_norm",
    "attention.q": "attn_q",
    "attention.k": "attn_k",
    "attention.v": "attn_v",
    "attention.o": "attn_output",
    "feed_forward_norm": "ffn_norm",
    "feed_forward.gate": "ffn_gate",
    "feed_forward.up": "ffn_up",
    "feed_forward.down": "ffn_down",
}


def to_gguf(core: Core, tokenizer: Path, out: Path, name: str, description: str) -> None:
    """float16, norms float32."""
    writer = gguf.GGUFWriter(out, "llama")
    writer.add_name(name)
    writer.add_description(description)
    writer.add_license("Apache-2.0")
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
    _add_shape(writer, core)
    _add_tokenizer(writer, tokenizer, core.shape.vocabulary)
    _add_tensors(writer, core)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _add_shape(writer: gguf.GGUFWriter, core: Core) -> None:
    shape = core.shape
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.feed_forward)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_key_length(shape.head_width)
    writer.add_value_length(shape.head_width)
    writer.add_layer_norm_rms_eps(shape.norm_epsilon)
    writer.add_rope_freq_base(shape.rope_base)
    writer.add_rope_dimension_count(shape.head_width)
    writer.add_vocab_size(shape.vocabulary)


def _add_tokenizer(writer: gguf.GGUFWriter, path: Path, size: int) -> None:
    stored = json.loads(path.read_text())
    names: list[str | None] = [None] * size
    for token, index in stored["model"]["vocab"].items():
        names[index] = token
    types = [gguf.TokenType.NORMAL] * size
    for special in Special:
        names[special], types[special] = SPECIAL_TEXT[special], gguf.TokenType.CONTROL
    tokens = [token for token in names if token is not None]
    assert len(tokens) == size, "every id of the vocabulary has a token"
    merges = [merge if isinstance(merge, str) else " ".join(merge) for merge in stored["model"]["merges"]]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(PRE_TOKENIZER)
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    writer.add_token_merges(merges)
    writer.add_bos_token_id(Special.END)
    writer.add_eos_token_id(Special.END)
    writer.add_add_bos_token(False)
    writer.add_pad_token_id(Special.PAD)
    # The runtime asks for the suffix first where a core says that it was trained so.
    writer.add_string("inhouse.fim_order", "spm")
    for key, token in FIM_KEYS.items():
        writer.add_uint32(f"tokenizer.ggml.fim_{key}_token_id", int(token))


def _add_tensors(writer: gguf.GGUFWriter, core: Core) -> None:
    weights = {name: value.detach().float().cpu().numpy() for name, value in core.state_dict().items()}
    _put(writer, "token_embd.weight", weights["embedding.weight"])
    _put(writer, "output_norm.weight", weights["norm.weight"])
    if core.shape.turning_pairs < core.shape.head_width // 2:
        writer.add_tensor("rope_freqs.weight", np.array(core.shape.rope_factors(), np.float32))
    for layer in range(core.shape.layers):
        for ours, theirs in TENSORS.items():
            _put(writer, f"blk.{layer}.{theirs}.weight", weights[f"blocks.{layer}.{ours}.weight"])


def _put(writer: gguf.GGUFWriter, name: str, values: npt.NDArray[np.float32]) -> None:
    writer.add_tensor(name, values if values.ndim == 1 else values.astype(np.float16))


def quantise(source: Path, out: Path, kind: str) -> None:
    parameters = llama_cpp.llama_model_quantize_default_params()
    parameters.ftype = QUANTISATIONS[kind]
    parameters.nthread = 1
    failed = llama_cpp.llama_model_quantize(str(source).encode(), str(out).encode(), ctypes.byref(parameters))
    if failed:
        raise RuntimeError(f"llama.cpp could not quantise {source} to {kind}")
