"""Leaves out files seen before, exactly (white space aside) or nearly (MinHash over five-token shingles).

Order matters and is the caller's: held-out packages go first, so that a training file which nearly repeats a
held-out one is the one that is dropped.
"""

from __future__ import annotations

import hashlib
import re

import numpy as np
import numpy.typing as npt

PERMUTATIONS = 64
BANDS = 16
"""16 bands of 4 rows find pairs of Jaccard similarity 0.7 with probability 0.99."""
NEAR = 0.70
SHINGLE = 5
SHORTEST = 20
"""Files of fewer tokens are compared exactly only."""

Hashes = npt.NDArray[np.uint64]

_WORD = re.compile(r"[A-Za-z_]\w*|\d+|[^\w\s]")
_SPACE = re.compile(r"\s+")
_MULTIPLIERS = [
    np.uint64(m) for m in (1, 0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93)
]


class Seen:
    """What was kept so far."""

    def __init__(self, seed: int = 7) -> None:
        random = np.random.default_rng(seed)
        self._permutations = random.integers(1, 2**63, PERMUTATIONS, dtype=np.uint64) | np.uint64(1)
        self._exact: set[bytes] = set()
        self._words: dict[str, int] = {}
        self._buckets: dict[tuple[int, bytes], list[int]] = {}
        self._signatures: list[Hashes] = []

    def why_known(self, text: str) -> str | None:
        """'exact', 'near', or None for a new text, which is then remembered."""
        key = hashlib.blake2b(_SPACE.sub(" ", text).encode(), digest_size=12).digest()
        if key in self._exact:
            return "exact_copy"
        signature = self._signature(text)
        if signature is not None:
            bands = [(i, band.tobytes()) for i, band in enumerate(signature.reshape(BANDS, -1))]
            if self._has_near(signature, bands):
                return "near_copy"
            for band in bands:
                self._buckets.setdefault(band, []).append(len(self._signatures))
            self._signatures.append(signature)
        self._exact.add(key)
        return None

    def _has_near(self, signature: Hashes, bands: list[tuple[int, bytes]]) -> bool:
        candidates = {index for band in bands for index in self._buckets.get(band, ())}
        return any(float((self._signatures[i] == signature).mean()) >= NEAR for i in candidates)

    def _signature(self, text: str) -> Hashes | None:
        words = self._words
        ids = np.array([words.setdefault(w, len(words) + 1) for w in _WORD.findall(text)], dtype=np.uint64)
        if len(ids) < SHORTEST:
            return None
        hashes = np.zeros(len(ids) - SHINGLE + 1, dtype=np.uint64)
        for k, multiplier in enumerate(_MULTIPLIERS):
            hashes = hashes * np.uint64(0x100000001B3) + ids[k : len(ids) - SHINGLE + 1 + k] * multiplier
        hashes ^= hashes >> np.uint64(29)
        hashes = np.unique(hashes)
        mixed = hashes[:, None] * self._permutations
        mixed ^= mixed >> np.uint64(32)
        return np.asarray(mixed.min(0))
