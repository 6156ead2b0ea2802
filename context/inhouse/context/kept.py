"""A project's tokens in one file between runs, with a checksum: a changed token would else be believed.

Knows neither the n-gram nor the tokenizer; a file that is damaged, or of another tokenizer, holds nothing.
"""

import hashlib
import zipfile
import zlib
from collections.abc import Mapping
from io import BufferedRandom, BufferedReader
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inhouse.context.private import private_file
from inhouse.context.segments import Tokens

_SUM_BYTES = 16
"""The file begins with the checksum of all that follows."""

_UNREADABLE = (OSError, ValueError, KeyError, EOFError, MemoryError, zipfile.BadZipFile, zlib.error)
"""What a file leads to that is gone, was written by another version, or is too large for the memory that is left."""


def write(path: Path, tokenizer: str, files: Mapping[str, Tokens], digests: Mapping[str, str]) -> None:
    """Writes the tokens with the digests of the texts they were made of, replacing the file at once."""
    names = list(files)
    temporary = path.with_suffix(".new.npz")
    try:
        private_file(temporary)
        with temporary.open("w+b") as file:
            file.write(bytes(_SUM_BYTES))
            np.savez_compressed(
                file,
                tokenizer=np.asarray(tokenizer),
                names=np.asarray(names, dtype=np.str_),
                digests=np.asarray([digests[name] for name in names], dtype=np.str_),
                lengths=np.asarray([len(files[name]) for name in names], dtype=np.int64),
                tokens=_small(np.concatenate([np.empty(0, dtype=np.int32), *files.values()])),
            )
            checksum = _checksum(file)
            file.seek(0)
            file.write(checksum)
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def read(path: Path, tokenizer: str) -> tuple[dict[str, Tokens], dict[str, str]]:
    """The tokens and the digests by file; nothing of a file that is not whole or of another tokenizer."""
    try:
        with path.open("rb") as file:
            told = file.read(_SUM_BYTES)
            if _checksum(file) != told:
                return {}, {}
            file.seek(_SUM_BYTES)
            with np.load(file, allow_pickle=False) as saved:
                if str(saved["tokenizer"]) != tokenizer:
                    return {}, {}
                names, digests = saved["names"].tolist(), saved["digests"].tolist()
                ends = np.cumsum(saved["lengths"])
                parts = np.split(saved["tokens"].astype(np.int32), ends[:-1]) if len(ends) else []
                return dict(zip(names, parts, strict=True)), dict(zip(names, digests, strict=True))
    except _UNREADABLE:
        return {}, {}


def _small(tokens: Tokens) -> NDArray[np.int32 | np.uint16]:
    """In two bytes each where all have room in them: the core's tokens do."""
    fits = not len(tokens) or (tokens.min() >= 0 and tokens.max() <= np.iinfo(np.uint16).max)
    return tokens.astype(np.uint16) if fits else tokens


def _checksum(file: BufferedReader | BufferedRandom) -> bytes:
    """Of what stands behind the place for it."""
    file.seek(_SUM_BYTES)
    return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=_SUM_BYTES)).digest()
