"""What a training run is made of, read from configs/NAME.toml; anything can be overridden as KEY=VALUE."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from coretrain.model import Shape

CONFIGS = Path(__file__).resolve().parent.parent / "configs"


@dataclass(frozen=True)
class Settings:
    shape: Shape
    device: str = "cpu"
    processes: int = 2
    """Single-threaded processes that share parameters; one process on a GPU."""
    rows_per_batch: int = 2
    """Rows a process and pass; a step is `passes` of them in every process."""
    passes: int = 1
    matrix_rate: float = 0.02
    other_rate: float = 0.004
    weight_decay: float = 0.01
    warm_up_steps: int = 30
    decay_share: float = 0.4
    clip: float = 1.0
    bf16: bool = True
    compile: bool = True
    lookup_start: bool = True
    """Begin with heads that look up and copy (lookup.py)."""
    seed: int = 0
    log_every_s: float = 30.0
    save_every_s: float = 240.0


def load(name: str, overrides: list[str] | None = None) -> Settings:
    """`name` is a file in configs/ without its ending."""
    table = tomllib.loads((CONFIGS / f"{name}.toml").read_text())
    settings = Settings(shape=Shape(**table.pop("shape")), **table)
    for text in overrides or []:
        settings = _override(settings, *text.split("=", 1))
    return settings


def _override(settings: Settings, key: str, text: str) -> Settings:
    if key.startswith("shape."):
        name = key.removeprefix("shape.")
        return replace(settings, shape=replace(settings.shape, **{name: _parse(Shape, name, text)}))
    return replace(settings, **{key: _parse(Settings, key, text)})


def _parse(owner: type, key: str, text: str) -> Any:
    kinds = {field.name: str(field.type) for field in fields(owner)}
    if key not in kinds:
        raise KeyError(f"no setting {key!r}; there are: {', '.join(sorted(kinds))}")
    readers: dict[str, Any] = {"int": int, "float": float, "str": str, "bool": lambda t: t.lower() in ("1", "true")}
    return readers[kinds[key]](text)
