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
    """Several files, or a folder into which files still come, as one list of rows that starts again at its end."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = paths
        self._files: list[npt.NDArray[np.uint16]] = []
        self._found: list[Path] = []
        self._look()
        if not self._files:
            raise FileNotFoundError(f"no rows in {', '.join(map(str, paths))}")
        self.context = int(self._files[0].shape[1]) - 1
        """Tokens a row trains on; may be shorter than the model's context."""

    def __len__(self) -> int:
        return sum(len(file) for file in self._files)

    def batch(self, first: int, count: int, device: str = "cpu") -> tuple[Tensor, Tensor]:
        """Inputs and labels of `count` rows from row `first` on."""
        if first + count > len(self):
            self._look()
        length = len(self)
        rows = torch.from_numpy(np.stack([self._row(i % length) for i in range(first, first + count)]))
        rows = rows.to(device, non_blocking=True)
        labels = rows[:, 1:].clone()
        labels[labels == Special.PAD] = IGNORED
        return rows[:, :-1].contiguous(), labels

    def _look(self) -> None:
        """Files are taken up in the order of their names, and never let go."""
        for path in self._paths:
            for file in sorted(path.glob("*.npy")) if path.is_dir() else [path]:
                if file not in self._found:
                    self._found.append(file)
                    self._files.append(np.load(file, mmap_mode="r"))

    def _row(self, index: int) -> npt.NDArray[np.int64]:
        for file in self._files:
            if index < len(file):
                return np.asarray(file[index], np.int64)
            index -= len(file)
        raise IndexError(index)
