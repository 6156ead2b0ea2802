"""Writes a GGUF of random weights in the exact shape of a real code model, to time decoding where no weights exist.

Needs the `gguf` package (dependency group `bench`). Usage: random_gguf.py SHAPE VOCABULARY.gguf OUT.gguf
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import gguf
import numpy as np
from gguf import GGMLQuantizationType, TokenType, quants


@dataclass(frozen=True)
class Shape:
    """Sizes of a Qwen2-like transformer; `vocabulary` in tokens."""

    width: int
    layers: int
    heads: int
    kv_heads: int
    feed_forward: int
    vocabulary: int
    context: int = 32768


SHAPES = {
    "0.5b": Shape(896, 24, 14, 2, 4864, 151936),
    "1.5b": Shape(1536, 28, 12, 2, 8960, 151936),
    "tiny": Shape(64, 2, 2, 1, 128, 151936, 2048),
}
"""Of Qwen2.5-Coder, and one for trying the script out."""

FIM = {"pre": "<|fim_prefix|>", "mid": "<|fim_middle|>", "suf": "<|fim_suffix|>", "pad": "<|fim_pad|>"}
MORE = {"rep": "<|repo_name|>", "sep": "<|file_sep|>"}


def main() -> None:
    name, vocabulary, out = sys.argv[1:4]
    shape = SHAPES[name]
    writer = gguf.GGUFWriter(out, "qwen2")
    writer.add_name(f"random {name}")
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.feed_forward)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_rope_freq_base(1e6)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q4_0)
    add_tokens(writer, Path(vocabulary), shape.vocabulary)
    add_weights(writer, shape)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    print(f"{out}: {Path(out).stat().st_size / 1e6:.0f} MB")


def add_tokens(writer: gguf.GGUFWriter, vocabulary: Path, size: int) -> None:
    """The vocabulary of another file, filled up to `size`; its last tokens become the FIM tokens."""
    reader = gguf.GGUFReader(vocabulary)
    fields = {key: reader.fields[f"tokenizer.ggml.{key}"] for key in ("tokens", "token_type", "merges")}
    tokens = [str(text) for text in fields["tokens"].contents()][:size]
    types = [int(kind) for kind in fields["token_type"].contents()][:size]
    tokens += [f"[unused{number}]" for number in range(len(tokens), size)]
    types += [int(TokenType.UNUSED)] * (size - len(types))
    for place, (kind, text) in enumerate({**FIM, **MORE}.items(), size - len(FIM) - len(MORE)):
        tokens[place], types[place] = text, int(TokenType.CONTROL)
        writer.add_uint32(f"tokenizer.ggml.fim_{kind}_token_id", place)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    writer.add_token_merges([str(merge) for merge in fields["merges"].contents()])
    writer.add_eos_token_id(size - len(FIM) - len(MORE) - 1)
    writer.add_add_bos_token(False)


def add_weights(writer: gguf.GGUFWriter, shape: Shape) -> None:
    """Q4_0 where the real file has it, the embeddings Q8_0, norms in full."""
    rng = np.random.default_rng(1)
    head = shape.width // shape.heads

    def matrix(name: str, rows: int, columns: int, kind: GGMLQuantizationType = GGMLQuantizationType.Q4_0) -> None:
        values = rng.standard_normal((rows, columns), np.float32) * 0.02
        writer.add_tensor(f"{name}.weight", quants.quantize(values, kind), raw_dtype=kind)

    def vector(name: str, size: int, value: float) -> None:
        writer.add_tensor(name, np.full(size, value, np.float32))

    matrix("token_embd", shape.vocabulary, shape.width, GGMLQuantizationType.Q8_0)
    vector("output_norm.weight", shape.width, 1.0)
    for layer in range(shape.layers):
        block = f"blk.{layer}"
        for norm in ("attn_norm", "ffn_norm"):
            vector(f"{block}.{norm}.weight", shape.width, 1.0)
        for part, rows in (("q", shape.heads * head), ("k", shape.kv_heads * head), ("v", shape.kv_heads * head)):
            matrix(f"{block}.attn_{part}", rows, shape.width)
            vector(f"{block}.attn_{part}.bias", rows, 0.0)
        matrix(f"{block}.attn_output", shape.width, shape.heads * head)
        matrix(f"{block}.ffn_gate", shape.feed_forward, shape.width)
        matrix(f"{block}.ffn_up", shape.feed_forward, shape.width)
        matrix(f"{block}.ffn_down", shape.width, shape.feed_forward)


if __name__ == "__main__":
    main()
