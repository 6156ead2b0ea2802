"""The thin edge to llama.cpp: weights, vocabulary and the calls that llama-cpp-python's low-level API offers.

Holds no state of a conversation: what is in the KV cache is session.py's business. The library's high-level `Llama`
class is not used: it redirects stdout while loading, cannot be cancelled and rebuilds its buffers for each request.
"""

from __future__ import annotations

import ctypes
import logging
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from inhouse.model.binding import llama_cpp
from inhouse.model.fill import ModelError

log = logging.getLogger(__name__)

_PIECE_BYTES = 512
"""Longest token text expected; a longer one enlarges the buffer."""
_ERROR_LEVEL = 4
"""GGML_LOG_LEVEL_ERROR. llama.cpp logs about 2,000 lines at other levels at each load."""
_OF_A_CANCEL = (b"failed with error 1", b"compute status: 1", b"ret = 2")
"""How llama.cpp's three error lines end when the cancel flag stopped it, which is no error."""


@lru_cache(maxsize=1)
def _backend() -> Any:
    """Start llama.cpp once a process; the returned log callback must stay alive as long as it does."""

    def forward(level: int, text: bytes, _user_data: object) -> None:
        if level == _ERROR_LEVEL and not text.rstrip().endswith(_OF_A_CANCEL):
            log.warning("llama.cpp: %s", text.decode("utf-8", errors="replace").rstrip())

    callback = llama_cpp.llama_log_callback(forward)
    llama_cpp.llama_log_set(callback, ctypes.c_void_p(0))
    llama_cpp.llama_backend_init()
    return callback


def abort_function() -> Any:
    """A native function for llama_set_abort_callback: C's strlen, applied to a CancelFlag's byte.

    llama.cpp calls it several hundred times a token. A Python function there waits for the interpreter's lock at each
    call: 31 ms a token became 3,637 ms beside one busy Python thread. strlen() of the flag is 0 until it is set.
    """
    library = ctypes.CDLL("msvcrt" if sys.platform == "win32" else None)
    return ctypes.cast(library.strlen, llama_cpp.ggml_abort_callback)


def no_abort() -> Any:
    """The null callback: nothing is polled."""
    return ctypes.cast(ctypes.c_void_p(0), llama_cpp.ggml_abort_callback)


def logits_function(*, waits: bool) -> Callable[[Any, int], int | None]:
    """llama_get_logits_ith, giving an address in place of a pointer object.

    `waits`: it waits for a GPU, and others may have the interpreter's lock meanwhile. On a CPU it only looks something
    up, at each token: to offer the lock around it costs more than the call.
    """
    kind = (ctypes.CFUNCTYPE if waits else ctypes.PYFUNCTYPE)(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int32)
    address = ctypes.cast(cast(Any, llama_cpp.llama_get_logits_ith), ctypes.c_void_p).value
    assert address is not None, "a function that was found has an address"
    return kind(address)


def build_features() -> str:
    """What the installed llama.cpp build can use (instruction sets, GPU back-ends), in its own words."""
    _backend()
    return str(llama_cpp.llama_print_system_info().decode("utf-8", errors="replace")).strip()


def offloads_to_gpu() -> bool:
    """Whether the installed build has a GPU back-end."""
    _backend()
    return bool(llama_cpp.llama_supports_gpu_offload())


@dataclass(frozen=True, slots=True)
class Device:
    """A processor that the installed build can compute on, besides the CPU."""

    name: str
    description: str
    free_bytes: int
    total_bytes: int


def gpus() -> list[Device]:
    """The GPUs that the installed build sees; empty where it has no such back-end."""
    if not offloads_to_gpu():
        return []
    folder = Path(llama_cpp.__file__).parent / "lib"
    names = {file.name.split(".")[0].removeprefix("lib"): file for file in folder.iterdir()}
    if not {"ggml", "ggml-base"} <= names.keys():
        return []
    base, registry = ctypes.CDLL(str(names["ggml-base"])), ctypes.CDLL(str(names["ggml"]))
    registry.ggml_backend_dev_count.restype = ctypes.c_size_t
    registry.ggml_backend_dev_get.restype = ctypes.c_void_p
    registry.ggml_backend_dev_get.argtypes = [ctypes.c_size_t]
    found = (registry.ggml_backend_dev_get(number) for number in range(registry.ggml_backend_dev_count()))
    return [_device(base, handle) for handle in found if _device_kind(base, handle) in _GPU_KINDS]


_GPU_KINDS = (1, 2)
"""GGML_BACKEND_DEVICE_TYPE_GPU and _IGPU."""


def _device_kind(base: ctypes.CDLL, handle: int) -> int:
    base.ggml_backend_dev_type.argtypes = [ctypes.c_void_p]
    return int(base.ggml_backend_dev_type(handle))


def _device(base: ctypes.CDLL, handle: int) -> Device:
    texts: list[str] = []
    for ask in (base.ggml_backend_dev_name, base.ggml_backend_dev_description):
        ask.restype, ask.argtypes = ctypes.c_char_p, [ctypes.c_void_p]
        texts.append((ask(handle) or b"").decode("utf-8", errors="replace"))
    free, total = ctypes.c_size_t(), ctypes.c_size_t()
    size = ctypes.POINTER(ctypes.c_size_t)
    base.ggml_backend_dev_memory.argtypes = [ctypes.c_void_p, size, size]
    base.ggml_backend_dev_memory(handle, ctypes.byref(free), ctypes.byref(total))
    return Device(texts[0], texts[1], free.value, total.value)


COPIED_BYTES = 128 * 1024 * 1024
"""Files up to this are read into memory, the embedded core among them; larger ones are mapped, so that two servers
share them. A mapped file that somebody cuts short ends the process at its next look (SIGBUS)."""


class Weights:
    """A model's weights with its vocabulary. Raises ModelError when llama.cpp refuses the file."""

    def __init__(self, path: Path, gpu_layers: int = 0, *, vocabulary_only: bool = False) -> None:
        """`vocabulary_only`: nothing but the tokenizer is loaded."""
        _backend()
        self._mapped = _Mapped(path) if path.stat().st_size > COPIED_BYTES else None
        params = llama_cpp.llama_model_default_params()
        params.n_gpu_layers = gpu_layers
        params.vocab_only = vocabulary_only
        params.load_mode = llama_cpp.LLAMA_LOAD_MODE_MMAP if self._mapped else llama_cpp.LLAMA_LOAD_MODE_NONE
        self.path = path
        self.handle: Any = llama_cpp.llama_model_load_from_file(str(path).encode(), params)
        if not self.handle:
            self.close()
            raise ModelError(f"{path}: llama.cpp cannot load this model; see the log, or choose another with --model")
        self.vocab: Any = llama_cpp.llama_model_get_vocab(self.handle)
        self.vocabulary_size = int(llama_cpp.llama_vocab_n_tokens(self.vocab))
        self.trained_context = int(llama_cpp.llama_model_n_ctx_train(self.handle))
        self.parameters = int(llama_cpp.llama_model_n_params(self.handle))
        self.width = int(llama_cpp.llama_model_n_embd(self.handle))
        """Numbers in an embedding."""

    @property
    def keeps_full_attention(self) -> bool:
        """False for sliding-window, recurrent and hybrid models: they cannot take back tokens from their cache."""
        handle = self.handle
        return not (
            llama_cpp.llama_model_is_recurrent(handle)
            or llama_cpp.llama_model_is_hybrid(handle)
            or llama_cpp.llama_model_n_swa(handle) > 0
        )

    def tokenize(self, text: str) -> list[int]:
        """Token ids of plain text: control tokens written in it are ordinary characters."""
        data = text.encode("utf-8", errors="replace")
        if not data:
            return []
        room = len(data) + 8
        buffer = (llama_cpp.llama_token * room)()
        count = llama_cpp.llama_tokenize(self.vocab, data, len(data), buffer, room, False, False)
        if count < 0:
            buffer = (llama_cpp.llama_token * -count)()
            count = llama_cpp.llama_tokenize(self.vocab, data, len(data), buffer, -count, False, False)
        return buffer[:count]

    @property
    def opening(self) -> list[int]:
        """What every prompt begins with: the beginning-of-text token where the vocabulary asks for one."""
        wanted = llama_cpp.llama_vocab_get_add_bos(self.vocab)
        return [int(llama_cpp.llama_vocab_bos(self.vocab))] if wanted else []

    def pieces(self) -> list[bytes]:
        """The bytes that each token stands for, by id; empty for control tokens."""
        room = _PIECE_BYTES
        buffer = ctypes.create_string_buffer(room)
        found: list[bytes] = []
        for token in range(self.vocabulary_size):
            length = llama_cpp.llama_token_to_piece(self.vocab, token, buffer, room, 0, False)
            if length < 0:
                room = -length
                buffer = ctypes.create_string_buffer(room)
                length = llama_cpp.llama_token_to_piece(self.vocab, token, buffer, room, 0, False)
            found.append(ctypes.string_at(buffer, length))
        return found

    def is_end(self, token: int) -> bool:
        """Whether the token ends generation (end of text, and the FIM pad, repository and separator tokens)."""
        return bool(llama_cpp.llama_vocab_is_eog(self.vocab, token))

    def check(self) -> None:
        """To be called before the weights are used. Raises ModelError when their file was written to since (2 us)."""
        if self._mapped and self._mapped.is_changed:
            raise ModelError(
                f"{self.path}: was changed while it was in use; put it back whole (as a new file, renamed to this "
                "one), and restart the editor or the server"
            )

    def close(self) -> None:
        if self.handle:
            llama_cpp.llama_model_free(self.handle)
            self.handle = None
        if self._mapped:
            self._mapped.close()


class _Mapped:
    """A file that is mapped, as it was then. Another one that takes its name is none of its concern."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self._then = self._stamp()

    @property
    def is_changed(self) -> bool:
        return self._stamp() != self._then

    def close(self) -> None:
        self._file.close()

    def _stamp(self) -> tuple[int, int]:
        found = os.fstat(self._file.fileno())
        return found.st_size, found.st_mtime_ns
