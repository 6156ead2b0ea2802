"""Checkpoints: the weights with their shape and progress in one file, each process's optimiser state beside it.

Written to a temporary name and moved into place, so that a run killed while saving still has the last one.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from coretrain.model import Core, Shape


@dataclass(frozen=True)
class Progress:
    step: int = 0
    tokens: int = 0
    rows: int = 0
    """Rows read, counted over all data files of this run."""
    used_s: float = 0.0
    """Of the budget."""
    tokens_before: int = 0
    """Trained on by the run whose weights this one began with."""


def _replace(payload: object, path: Path) -> None:
    part = path.with_suffix(path.suffix + ".part")
    torch.save(payload, part)
    part.replace(path)


def weights(core: Core) -> dict[str, torch.Tensor]:
    return {name: value.detach().float().cpu() for name, value in core.state_dict().items()}


def save(path: Path, core: Core, progress: Progress) -> None:
    _replace({"weights": weights(core), "shape": asdict(core.shape), "progress": asdict(progress)}, path)


def load(path: Path) -> tuple[Core, Progress]:
    """From a checkpoint, or from the .npz that travels with the repository."""
    if path.suffix == ".npz":
        return _load_npz(path)
    stored = torch.load(path, map_location="cpu", weights_only=True)
    core = Core(Shape(**stored["shape"]))
    core.load_state_dict(stored["weights"])
    return core, Progress(**stored["progress"])


def save_state(path: Path, step: int, optimisers: list[torch.optim.Optimizer]) -> None:
    _replace({"step": step, "optimisers": [optimiser.state_dict() for optimiser in optimisers]}, path)


def load_state(path: Path, step: int, optimisers: list[torch.optim.Optimizer]) -> bool:
    """False when there is no state of this very step: momentum then builds up anew within some dozen steps."""
    if not path.is_file():
        return False
    stored = torch.load(path, map_location="cpu", weights_only=True)
    if stored["step"] != step:
        return False
    for optimiser, state in zip(optimisers, stored["optimisers"], strict=True):
        optimiser.load_state_dict(state)
    return True


def save_npz(path: Path, core: Core, progress: Progress) -> None:
    """float16 weights, small enough for the repository; a later run goes on from them."""
    arrays = {name: value.half().numpy() for name, value in weights(core).items()}
    about = {f"shape.{k}": v for k, v in asdict(core.shape).items()}
    about |= {f"progress.{k}": v for k, v in asdict(progress).items()}
    everything: dict[str, Any] = arrays | {key: np.array(value) for key, value in about.items()}
    np.savez_compressed(path, **everything)


def _load_npz(path: Path) -> tuple[Core, Progress]:
    with np.load(path) as stored:
        fields = {key: stored[key] for key in stored.files}
    shape = Shape(**{key[6:]: value.item() for key, value in fields.items() if key.startswith("shape.")})
    progress = Progress(**{key[9:]: value.item() for key, value in fields.items() if key.startswith("progress.")})
    core = Core(shape)
    core.load_state_dict(
        {k: torch.from_numpy(v).float() for k, v in fields.items() if not k.startswith(("shape.", "progress."))}
    )
    return core, progress
