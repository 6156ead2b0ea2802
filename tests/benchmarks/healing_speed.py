"""What token healing costs at a cursor: taking tokens back, and choosing the first one among those that say them again.

Processor time of this thread, so that a busy machine matters little. The last line of output is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from pathlib import Path

import numpy as np

from inhouse.model import take_back
from inhouse.model.choose import best_within
from inhouse.model.engine import file_key
from inhouse.model.native import Weights
from inhouse.model.store import default_cache_folder, resolve
from inhouse.model.vocabulary import Vocabulary, cached_pieces

HEADS = ("x = ", "self.", "return re", "f(", "        na", "import nu", "a[i].va", '"', "x", "value_of_the")
REPEATS = 200


def measure(path: Path) -> dict[str, object]:
    weights = Weights(path, vocabulary_only=True)
    started = time.thread_time()
    file = default_cache_folder() / "vocabulary" / f"{path.stem}.bin"
    vocabulary = Vocabulary(cached_pieces(file, file_key(path), weights.pieces))
    built_ms = (time.thread_time() - started) * 1000
    logits = np.random.default_rng(1).standard_normal(len(vocabulary)).astype(np.float32)
    by_head: dict[str, float] = {}
    for head in HEADS:
        ids = weights.tokenize(f"import os\n{head}")
        took: list[float] = []
        for _ in range(REPEATS):
            started = time.thread_time()
            _, healed = take_back(ids, vocabulary.piece, len(ids) - 1)
            best_within(logits, healed, vocabulary)
            took.append((time.thread_time() - started) * 1000)
        by_head[head] = round(statistics.median(took), 4)
    weights.close()
    return {
        "model": path.stem,
        "tokens": len(vocabulary),
        "built_ms": round(built_ms, 1),
        "healing_ms_p50": by_head,
        "healing_ms_worst": max(by_head.values()),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="*", help="GGUF files; else the embedded core")
    print(json.dumps([measure(resolve(model)) for model in parser.parse_args().models or [None]]))


if __name__ == "__main__":
    main()
