"""Remembers how fast each model was on this machine, as `inhouse bench latency` measured it."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

from inhouse.model.shelf import default_data_folder, write_whole

FILE = "speeds.json"


@dataclass(frozen=True, slots=True)
class Speed:
    """One measurement."""

    file: str
    """Name of the model's file; with its size it says which model this was."""
    bytes: int
    tokens_per_s: float
    answer_ms: float
    """Median from request to answer, at keystrokes where the model ran."""
    threads: int
    gpu_layers: int
    measured: str
    """The day."""
    answer_p95_ms: float | None = None
    """The slowest but one in twenty; None: measured before this was kept."""

    @property
    def on_gpu(self) -> bool:
        """Whether a GPU did the work; what was measured without one says nothing of a machine that has one."""
        return self.gpu_layers > 0


class Speeds:
    """The measurements of this machine, the last one of each model with a GPU, and without."""

    def __init__(self, folder: Path | None = None) -> None:
        self._path = (folder or default_data_folder()) / FILE

    def all(self) -> list[Speed]:
        with suppress(OSError, ValueError, TypeError, RecursionError):
            rows = cast("list[dict[str, Any]]", json.loads(self._path.read_text(encoding="utf-8")))
            return [Speed(**row) for row in rows]
        return []

    def of(self, path: Path) -> list[Speed]:
        """What was measured with this file, with and without a GPU."""
        with suppress(OSError):
            key = (path.name, path.stat().st_size)
            return [one for one in self.all() if (one.file, one.bytes) == key]
        return []

    def remember(self, speed: Speed) -> None:
        """Keep it in place of an older one of its kind. A folder that cannot be written is no obstacle."""
        kind = (speed.file, speed.bytes, speed.on_gpu)
        others = [one for one in self.all() if (one.file, one.bytes, one.on_gpu) != kind]
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self._path, json.dumps([asdict(one) for one in [*others, speed]], indent=1) + "\n")
