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


class Speeds:
    """The measurements of this machine, the last one of each model."""

    def __init__(self, folder: Path | None = None) -> None:
        self._path = (folder or default_data_folder()) / FILE

    def all(self) -> list[Speed]:
        with suppress(OSError, ValueError, TypeError, RecursionError):
            rows = cast("list[dict[str, Any]]", json.loads(self._path.read_text(encoding="utf-8")))
            return [Speed(**row) for row in rows]
        return []

    def of(self, path: Path) -> Speed | None:
        """What was measured with this file."""
        with suppress(OSError):
            key = (path.name, path.stat().st_size)
            return next((one for one in self.all() if (one.file, one.bytes) == key), None)
        return None

    def remember(self, speed: Speed) -> None:
        """Keep it in place of an older one of the same model. A folder that cannot be written is no obstacle."""
        others = [one for one in self.all() if (one.file, one.bytes) != (speed.file, speed.bytes)]
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self._path, json.dumps([asdict(one) for one in [*others, speed]], indent=1) + "\n")
