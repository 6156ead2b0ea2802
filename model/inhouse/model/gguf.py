"""Reads the header of a GGUF file: metadata and tensor table, with every length checked against the file's size.

A damaged file is refused here, before llama.cpp maps it; tensor data are never read.
Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass
from pathlib import Path

from inhouse.model.fill import ModelError

Value = int | float | bool | str | list["Value"]

_MAGIC = b"GGUF"
_VERSIONS = (2, 3)
_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9
_MAX_ITEMS = 4_000_000
"""Entries of one array, or tensors, or keys: the largest vocabularies in use have under 300,000."""
_MAX_STRING_BYTES = 16_000_000
"""Chat templates and licences reach 100 kB; merges are arrays of short strings."""
_LENGTH = struct.Struct("<Q")
_MAX_ARRAY_DEPTH = 4
_MAX_DIMENSIONS = 4
_SIZES = {
    # ggml type id: (weights in a block, bytes of a block)
    0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34), 9: (32, 36),
    10: (256, 84), 11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210), 15: (256, 292),
    16: (256, 66), 17: (256, 74), 18: (256, 98), 19: (256, 50), 20: (32, 18), 21: (256, 110), 22: (256, 82),
    23: (256, 136), 24: (1, 1), 25: (1, 2), 26: (1, 4), 27: (1, 8), 28: (1, 8), 29: (256, 56), 30: (1, 2),
    34: (256, 54), 35: (256, 66), 39: (32, 17), 40: (64, 36), 41: (128, 18), 42: (64, 18),
}  # fmt: skip
"""Block sizes of all types that llama.cpp knew in November 2026; those of later ones are not size-checked."""


@dataclass(frozen=True, slots=True)
class Tensor:
    name: str
    shape: tuple[int, ...]
    type: int
    offset: int
    """In bytes from the start of the data section."""

    @property
    def weights(self) -> int:
        count = 1
        for size in self.shape:
            count *= size
        return count

    @property
    def bytes(self) -> int | None:
        """Size in the file, or None for a type this module does not know."""
        if self.type not in _SIZES:
            return None
        per_block, block_bytes = _SIZES[self.type]
        return -(-self.weights // per_block) * block_bytes


@dataclass(frozen=True, slots=True)
class Header:
    path: Path
    version: int
    metadata: dict[str, Value]
    tensors: tuple[Tensor, ...]
    file_bytes: int

    @property
    def parameters(self) -> int:
        return sum(tensor.weights for tensor in self.tensors)

    def text(self, key: str) -> str | None:
        value = self.metadata.get(key)
        return value if isinstance(value, str) else None

    def number(self, key: str) -> int | None:
        value = self.metadata.get(key)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    @property
    def architecture(self) -> str:
        return self.text("general.architecture") or ""

    @property
    def context_tokens(self) -> int | None:
        """Context length that the model was trained for, in tokens."""
        return self.number(f"{self.architecture}.context_length")


class _Damaged(Exception):
    """The bytes do not hold what the format promises; the message says what."""


class _Reader:
    """A cursor over the mapped file that refuses to run past its end."""

    def __init__(self, data: mmap.mmap) -> None:
        self.data = data
        self.at = 0

    def take(self, count: int) -> bytes:
        if count < 0 or self.at + count > len(self.data):
            raise _Damaged(f"it ends at byte {len(self.data):,} in the middle of its header")
        piece = self.data[self.at : self.at + count]
        self.at += count
        return piece

    def scalar(self, code: str) -> int | float | bool:
        value: int | float | bool = struct.unpack("<" + code, self.take(struct.calcsize(code)))[0]
        return value

    def count(self, what: str, limit: int) -> int:
        value = int(self.scalar("Q"))
        if value > limit:
            raise _Damaged(f"it claims {value:,} {what}")
        return value

    def string(self) -> str:
        length = self.count("bytes in one string", _MAX_STRING_BYTES)
        return self.take(length).decode("utf-8", errors="replace")

    def value(self, kind: int, depth: int = 0) -> Value:
        if kind == _STRING:
            return self.string()
        if kind == _ARRAY:
            if depth == _MAX_ARRAY_DEPTH:
                raise _Damaged("its metadata are nested too deeply")
            inner = int(self.scalar("I"))
            count = self.count("entries in one list", _MAX_ITEMS)
            if inner == _STRING:
                return self.strings(count)
            return [self.value(inner, depth + 1) for _ in range(count)]
        if kind not in _SCALARS:
            raise _Damaged(f"it has metadata of the unknown type {kind}")
        return self.scalar(_SCALARS[kind])

    def strings(self, count: int) -> list[Value]:
        """Many strings in one go: a vocabulary and its merges are 300,000 of them."""
        data, at, end = self.data, self.at, len(self.data)
        found: list[Value] = []
        for _ in range(count):
            if at + 8 > end:
                raise _Damaged(f"it ends at byte {end:,} in the middle of its header")
            length: int = _LENGTH.unpack_from(data, at)[0]
            at += 8 + length
            if length > _MAX_STRING_BYTES or at > end:
                raise _Damaged(f"it claims {length:,} bytes in one string")
            found.append(data[at - length : at].decode("utf-8", errors="replace"))
        self.at = at
        return found

    def tensor(self) -> Tensor:
        name = self.string()
        dimensions = int(self.scalar("I"))
        if not 1 <= dimensions <= _MAX_DIMENSIONS:
            raise _Damaged(f"tensor {name[:80]!r} has {dimensions} dimensions")
        shape = tuple(int(self.scalar("Q")) for _ in range(dimensions))
        return Tensor(name, shape, int(self.scalar("I")), int(self.scalar("Q")))


def read_header(path: Path, *, vocabulary_only: bool = False) -> Header:
    """Read and check the header of the GGUF file at `path`. Raises ModelError with one line for the user.

    `vocabulary_only`: the file need not hold weights.
    """
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            header = _parse(path, _Reader(data))
            if not header.tensors and not vocabulary_only:
                raise _Damaged("it holds no weights")
            return header
    except FileNotFoundError:
        raise ModelError(f"{path}: no such model file; give the path of a .gguf file") from None
    except IsADirectoryError:
        raise ModelError(f"{path}: is a folder; give the path of a .gguf file in it") from None
    except (OSError, ValueError) as error:  # mmap raises ValueError for an empty file
        raise ModelError(f"{path}: cannot be read as a model ({error})") from None
    except _Damaged as damage:
        raise ModelError(f"{path}: not a whole GGUF file: {damage}; fetch or copy it again") from None


def _parse(path: Path, reader: _Reader) -> Header:
    if reader.take(4) != _MAGIC:
        raise _Damaged("it does not begin with 'GGUF'")
    version = int(reader.scalar("I"))
    if version not in _VERSIONS:
        raise _Damaged(f"it has format version {version}, known are {_VERSIONS}")
    tensor_count = reader.count("tensors", _MAX_ITEMS)
    key_count = reader.count("metadata keys", _MAX_ITEMS)
    metadata = {reader.string(): reader.value(int(reader.scalar("I"))) for _ in range(key_count)}
    tensors = tuple(reader.tensor() for _ in range(tensor_count))
    header = Header(path, version, metadata, tensors, len(reader.data))
    _check_data(header, reader.at)
    return header


def _check_data(header: Header, header_end: int) -> None:
    """Every tensor lies inside the file."""
    alignment = header.number("general.alignment") or 32
    if alignment <= 0 or alignment & (alignment - 1):
        raise _Damaged(f"it has alignment {alignment}")
    data_start = -(-header_end // alignment) * alignment
    for tensor in header.tensors:
        end = data_start + tensor.offset + (tensor.bytes or 0)
        if end > header.file_bytes:
            raise _Damaged(f"it ends at byte {header.file_bytes:,}, but its weights reach to byte {end:,}")
