"""The tokens between runs: they come back as they were, in few bytes."""

from pathlib import Path

import numpy as np
import pytest

from inhouse.context import kept


@pytest.mark.parametrize("largest", [0, 60_000, 65_535, 65_536, 2_000_000])
def test_tokens_come_back_whatever_their_size(tmp_path: Path, largest: int) -> None:
    files = {"a.py": np.array([1, 2, largest], dtype=np.int32), "b.py": np.array([], dtype=np.int32)}
    kept.write(tmp_path / "t.npz", "core", files, {"a.py": "1", "b.py": "2"})

    found, digests = kept.read(tmp_path / "t.npz", "core")

    assert {path: tokens.tolist() for path, tokens in found.items()} == {"a.py": [1, 2, largest], "b.py": []}
    assert found["a.py"].dtype == np.int32
    assert digests == {"a.py": "1", "b.py": "2"}


def test_tokens_of_code_take_less_than_two_bytes_each(tmp_path: Path) -> None:
    tokens = np.tile(np.arange(500, dtype=np.int32), 100)
    kept.write(tmp_path / "t.npz", "core", {"a.py": tokens}, {"a.py": ""})

    assert (tmp_path / "t.npz").stat().st_size < len(tokens)
