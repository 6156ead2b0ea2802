"""Rows of tokens on disk, read in order, shared by several processes; labels are the tokens themselves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from coretrain.model import IGNORED
from coretrain.special import Special


class RowFiles:
    """Several files as one list of rows, which starts again when it is used up."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._files = [np.load(path, mmap_mode="r") for path in paths]
        self._ends = np.cumsum([len(file) for file in self._files])
        self.context = int(self._files[0].shape[1]) - 1
        """Tokens a row trains on; may be shorter than the model's context."""

    def __len__(self) -> int:
        return int(self._ends[-1])

    def batch(self, first: int, count: int, device: str = "cpu") -> tuple[Tensor, Tensor]:
        """Inputs and labels of `count` rows from row `first` on."""
        rows = torch.from_numpy(np.stack([self._row(i % len(self)) for i in range(first, first + count)]))
        rows = rows.to(device, non_blocking=True)
        labels = rows[:, 1:].clone()
        labels[labels == Special.PAD] = IGNORED
        return rows[:, :-1].contiguous(), labels

    def _row(self, index: int) -> npt.NDArray[np.int64]:
        file = int(np.searchsorted(self._ends, index, side="right"))
        start = int(self._ends[file - 1]) if file else 0
        return np.asarray(self._files[file][index - start], np.int64)
