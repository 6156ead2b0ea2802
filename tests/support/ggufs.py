"""Writes small GGUF files for tests: headers of any content, weights of zeros."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

F32 = 0
FIM_METADATA: dict[str, int | str] = {
    "general.architecture": "llama",
    "llama.context_length": 2048,
    "tokenizer.ggml.fim_pre_token_id": 1,
    "tokenizer.ggml.fim_suf_token_id": 2,
    "tokenizer.ggml.fim_mid_token_id": 3,
    "tokenizer.ggml.fim_rep_token_id": 5,
    "tokenizer.ggml.fim_sep_token_id": 6,
}


def string(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def value(content: object) -> bytes:
    """Type id and bytes of a metadata value."""
    if isinstance(content, bool):
        return struct.pack("<I?", 7, content)
    if isinstance(content, int):
        return struct.pack("<II", 4, content)
    if isinstance(content, float):
        return struct.pack("<If", 6, content)
    if isinstance(content, str):
        return struct.pack("<I", 8) + string(content)
    assert isinstance(content, list)
    if content and isinstance(content[0], int | float):
        kind, code = (5, "i") if isinstance(content[0], int) else (6, "f")
        return struct.pack(f"<IIQ{len(content)}{code}", 9, kind, len(content), *content)  # pyright: ignore[reportUnknownArgumentType]
    texts = [string(str(entry)) for entry in content]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return struct.pack("<IIQ", 9, 8, len(texts)) + b"".join(texts)


def gguf(
    metadata: Mapping[str, object], shapes: Sequence[Sequence[int]] = ((32, 4),), names: Sequence[str] = ()
) -> bytes:
    """A whole file: header, aligned F32 weights of zeros; `names` of the first ones."""
    head = b"GGUF" + struct.pack("<IQQ", 3, len(shapes), len(metadata))
    head += b"".join(string(key) + value(content) for key, content in metadata.items())
    offset = 0
    for index, shape in enumerate(shapes):
        head += string(names[index] if index < len(names) else f"t{index}") + struct.pack(
            f"<I{len(shape)}QIQ", len(shape), *shape, F32, offset
        )
        size = 4
        for length in shape:
            size *= length
        offset += -(-size // 32) * 32
    return head + b"\0" * (-len(head) % 32) + b"\0" * offset


def write(path: Path, metadata: Mapping[str, object], shapes: Sequence[Sequence[int]] = ((32, 4),)) -> Path:
    path.write_bytes(gguf(metadata, shapes))
    return path
