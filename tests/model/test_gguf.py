"""A damaged model file is refused with one line before llama.cpp sees it."""

from __future__ import annotations

import ctypes
import struct
from contextlib import suppress
from pathlib import Path

import pytest
from ggufs import FIM_METADATA, gguf, write
from hypothesis import given
from hypothesis import strategies as st

from inhouse.model import ModelError
from inhouse.model.binding import llama_cpp
from inhouse.model.gguf import Tensor, read_header
from inhouse.model.store import embedded_core

GOOD = gguf({**FIM_METADATA, "general.name": "tiny", "list": ["a", "b"], "flag": True, "eps": 0.5})


def test_reads_metadata_and_tensors(tmp_path: Path) -> None:
    header = read_header(
        write(tmp_path / "a.gguf", {**FIM_METADATA, "list": ["a", "b"], "flag": True}, [(32, 4), (8,)])
    )

    assert header.architecture == "llama"
    assert header.context_tokens == 2048
    assert header.metadata["list"] == ["a", "b"]
    assert header.metadata["flag"] is True
    assert header.parameters == 32 * 4 + 8
    assert [tensor.bytes for tensor in header.tensors] == [512, 32]


def test_weights_of_every_type_have_the_size_that_llama_cpp_gives_them() -> None:
    """Else a file of such a type that was cut short would not be noticed."""
    folder = Path(llama_cpp.__file__).parent / "lib"
    base = ctypes.CDLL(str(next(file for file in folder.iterdir() if "ggml-base" in file.name)))
    base.ggml_type_size.restype = ctypes.c_size_t
    base.ggml_blck_size.restype = ctypes.c_int64
    sizes = {kind: (base.ggml_blck_size(kind), base.ggml_type_size(kind)) for kind in range(llama_cpp.GGML_TYPE_COUNT)}

    for kind, (block, size) in sizes.items():
        whole = Tensor("t", (block, 3), kind, 0).bytes
        assert whole == (3 * size if block else None), kind  # no block: a type that was given up


def test_a_flag_is_not_a_number(tmp_path: Path) -> None:
    assert read_header(write(tmp_path / "a.gguf", {"flag": True})).number("flag") is None


def test_reads_the_embedded_core() -> None:
    header = read_header(embedded_core().path)

    assert header.architecture == "llama"
    assert header.parameters > 1_000_000
    assert header.number("tokenizer.ggml.fim_mid_token_id") is not None


def damaged(tmp_path: Path, data: bytes) -> str:
    path = tmp_path / "damaged.gguf"
    path.write_bytes(data)
    with pytest.raises(ModelError) as caught:
        read_header(path)
    return str(caught.value)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "cannot be read"),
        (b"GG", "ends at byte 2"),
        (b"MZ" + GOOD[2:], "does not begin with 'GGUF'"),
        (GOOD[:4] + struct.pack("<I", 9) + GOOD[8:], "version 9"),
        (GOOD[:8] + struct.pack("<Q", 1 << 60) + GOOD[16:], "tensors"),
        (GOOD[:16] + struct.pack("<Q", 1 << 60) + GOOD[24:], "metadata keys"),
        (GOOD[:24] + struct.pack("<Q", 1 << 60) + GOOD[32:], "bytes in one string"),
        (GOOD[:-1], "weights reach to byte"),
    ],
)
def test_says_what_is_damaged(tmp_path: Path, data: bytes, says: str) -> None:
    message = damaged(tmp_path, data)

    assert says in message
    assert "\n" not in message


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no such model file"):
        read_header(tmp_path / "none.gguf")
    with pytest.raises(ModelError, match="folder"):
        read_header(tmp_path)


@given(cut=st.integers(0, len(GOOD) - 1))
def test_no_shortened_file_passes(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    damaged(tmp_path_factory.mktemp("cut"), GOOD[:cut])


@given(at=st.integers(0, len(GOOD) - 1), byte=st.integers(0, 255))
def test_a_flipped_byte_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, at: int, byte: int) -> None:
    path = tmp_path_factory.mktemp("flip") / "a.gguf"
    path.write_bytes(GOOD[:at] + bytes([byte]) + GOOD[at + 1 :])
    with suppress(ModelError):  # any other exception fails the test
        read_header(path)
