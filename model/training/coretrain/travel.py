"""Weights and files in pieces small enough for a machine that takes and gives only little at a time.

A folder of pieces holds `index.json` and `pieceNN.bin`; what is put together again is checked by its hash.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path

import torch

from coretrain.checkpoint import Progress, load
from coretrain.model import Core, Shape

PIECE_BYTES = 15 * 2**20


def split(source: bytes, folder: Path, about: dict[str, object]) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    pieces = [source[i : i + PIECE_BYTES] for i in range(0, len(source), PIECE_BYTES)]
    for number, piece in enumerate(pieces):
        (folder / f"piece{number:02d}.bin").write_bytes(piece)
    about = about | {"sha256": hashlib.sha256(source).hexdigest(), "pieces": len(pieces)}
    (folder / "index.json").write_text(json.dumps(about))
    return len(pieces)


def join(folder: Path) -> tuple[bytes, dict[str, object]]:
    about = json.loads((folder / "index.json").read_text())
    whole = b"".join((folder / f"piece{number:02d}.bin").read_bytes() for number in range(about["pieces"]))
    if hashlib.sha256(whole).hexdigest() != about["sha256"]:
        raise ValueError(f"{folder}: the pieces do not give the whole they were cut from")
    return whole, about


def pack_weights(path: Path, folder: Path) -> int:
    """bf16: two bytes a weight, exact enough to go on training from."""
    core, progress = load(path)
    weights = core.state_dict()
    blob = b"".join(w.bfloat16().contiguous().view(torch.int16).numpy().tobytes() for w in weights.values())
    names = [[name, list(weight.shape)] for name, weight in weights.items()]
    return split(blob, folder, {"shape": asdict(core.shape), "progress": asdict(progress), "weights": names})


def unpack_weights(folder: Path) -> tuple[Core, Progress]:
    blob, about = join(folder)
    core = Core(Shape(**about["shape"]))  # type: ignore[arg-type]
    flat = torch.frombuffer(bytearray(blob), dtype=torch.int16).view(torch.bfloat16).float()
    weights: dict[str, torch.Tensor] = {}
    start = 0
    for name, shape in about["weights"]:  # type: ignore[attr-defined]
        size = int(torch.tensor(shape).prod())
        weights[name] = flat[start : start + size].view(shape)
        start += size
    core.load_state_dict(weights)
    return core, Progress(**about["progress"])  # type: ignore[arg-type]
