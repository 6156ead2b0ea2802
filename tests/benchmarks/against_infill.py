"""The same keystrokes to inhouse's engine and to a running llama-server's /infill, one after the other, in one run.

Both are asked for the same number of tokens (random weights never end a line) behind the same prefix, suffix and extra
text. The server gets them as llama.vim sends them: 256 lines before, 64 lines after, ring chunks as input_extra, and
the prompt cached. The last line of output is one JSON object. Opens a connection to the given address only.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from inhouse.model import Block, CancelFlag, FillRequest
from inhouse.model.engine import LlamaEngine
from inhouse.replay.typing_session import Keystroke, session

PREFIX_LINES, SUFFIX_LINES = 256, 64
"""llama.vim's n_prefix and n_suffix."""
EXTRA_LINES, EXTRA_CHUNKS = 64, 4
"""llama.vim's ring chunks have 64 lines; four of them fill the room that a 2k prompt leaves."""


def main() -> None:
    options = arguments()
    files = sorted(path for path in options.root.rglob("*.py"))
    keys = list(session(files, options.keystrokes, 1))
    extra = chunks(files)
    engine = LlamaEngine(options.model, context_tokens=4096, threads=options.threads)
    ours, theirs, fresh = [], [], []
    for key in keys:
        took, evaluated = ask_engine(engine, key, extra, options.tokens)
        ours.append(took)
        fresh.append(evaluated)
        theirs.append(ask_server(options.address, key, extra, options.tokens))
        print(
            f"{key.kind:8} ours {ours[-1]:7.0f} ms ({fresh[-1]} tokens read)   infill {theirs[-1]:7.0f} ms", flush=True
        )
    engine.close()
    print(json.dumps(summary(keys, ours, theirs, fresh)))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("address")
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--keystrokes", type=int, default=60)
    parser.add_argument("--tokens", type=int, default=16)
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


def chunks(files: Sequence[Path]) -> list[Block]:
    """The same extra text for both: the beginnings of some files."""
    texts = [(path.name, path.read_text(encoding="utf-8").splitlines(keepends=True)) for path in files]
    long = [(name, lines) for name, lines in texts if len(lines) >= EXTRA_LINES]
    return [Block(name, "".join(lines[:EXTRA_LINES])) for name, lines in long[:EXTRA_CHUNKS]]


def cut(key: Keystroke) -> tuple[str, str]:
    """(prefix, suffix) as llama.vim cuts them."""
    before, after = key.text[: key.offset].splitlines(keepends=True), key.text[key.offset :].splitlines(keepends=True)
    return "".join(before[-PREFIX_LINES:]), "".join(after[:SUFFIX_LINES])


def ask_engine(engine: LlamaEngine, key: Keystroke, extra: Sequence[Block], tokens: int) -> tuple[float, int]:
    """(milliseconds, prompt tokens evaluated)."""
    prefix, suffix = key.text[: key.offset], cut(key)[1]
    request = FillRequest(key.path.name, prefix, suffix, tuple(extra), "project", max_tokens=tokens, max_lines=99)
    started = time.perf_counter()
    answer = engine.fill(request, CancelFlag())
    return (time.perf_counter() - started) * 1000, answer.prompt_tokens - answer.reused_tokens


def ask_server(address: str, key: Keystroke, extra: Sequence[Block], tokens: int) -> float:
    """Milliseconds."""
    prefix, suffix = cut(key)
    lines = prefix.splitlines(keepends=True)
    head = lines.pop() if lines and not lines[-1].endswith("\n") else ""
    body = {
        "input_prefix": "".join(lines),
        "prompt": head,
        "input_suffix": suffix,
        "input_extra": [{"filename": block.path, "text": block.text} for block in extra],
        "n_predict": tokens,
        "ignore_eos": True,
        "cache_prompt": True,
        "samplers": ["top_k"],
        "top_k": 1,
        "temperature": 0,
    }
    request = urllib.request.Request(
        f"{address}/infill", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    started = time.perf_counter()
    with urllib.request.urlopen(request, timeout=300) as reply:
        reply.read()
    return (time.perf_counter() - started) * 1000


def summary(
    keys: Sequence[Keystroke], ours: Sequence[float], theirs: Sequence[float], fresh: Sequence[int]
) -> dict[str, object]:
    """Medians over the keystrokes after the first one, which is cold for both, and the ratio of the sums."""
    warm = [number for number, key in enumerate(keys) if number and key.kind in ("type", "newline", "delete")]
    return {
        "keystrokes": len(warm),
        "ours_ms_p50": round(statistics.median(ours[number] for number in warm), 1),
        "infill_ms_p50": round(statistics.median(theirs[number] for number in warm), 1),
        "ratio_of_sums": round(sum(ours[number] for number in warm) / sum(theirs[number] for number in warm), 3),
        "evaluated_tokens_p50": statistics.median(fresh[number] for number in warm),
        "evaluated_tokens_max": max(fresh[number] for number in warm),
        "first_ms": [round(ours[0]), round(theirs[0])],
    }


if __name__ == "__main__":
    main()
