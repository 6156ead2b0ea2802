"""The same keystrokes to inhouse's engine and to a running llama-server's /infill, one after the other, in one run.

First the prompt tokens that we evaluate are counted at each key of the session, which has line breaks, keys taken back,
moves within a file and switches of files. Then both are timed at some of its keys: at each that does not just type, and
at every n-th that does. They are asked for the same number of tokens (random weights never end a line) behind the same
prefix, suffix and extra text. The server gets them as llama.vim sends them: 256 lines before, 64 lines after, ring
chunks as input_extra, and the prompt cached. The last line of output is one JSON object. It connects to the given
address only.
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


TYPING = ("type", "newline", "delete")
"""Keys that go on where the last one was. A move or a switch of files reads another place: counted by itself."""


def main() -> None:
    options = arguments()
    files = sorted(path for path in options.root.rglob("*.py"))
    keys = list(session(files, options.keystrokes, 1))
    extra = chunks(files)
    engine = LlamaEngine(options.model, context_tokens=4096, threads=options.threads)
    read = [ask_engine(engine, key, extra, 1)[1] for key in keys]
    print(json.dumps(tokens_read(keys, read)), flush=True)
    if not options.address:
        return engine.close()
    asked = [key for number, key in enumerate(keys) if key.kind != "type" or number % options.every == 0]
    ours, theirs = [], []
    for key in asked[: options.most]:
        took, evaluated = ask_engine(engine, key, extra, options.tokens)
        ours.append(took)
        theirs.append(ask_server(options.address, key, extra, options.tokens))
        print(f"{key.kind:8} ours {took:7.0f} ms ({evaluated} tokens read)   infill {theirs[-1]:7.0f} ms", flush=True)
    engine.close()
    print(json.dumps(tokens_read(keys, read) | times(asked, ours, theirs)))
    return None


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("address", nargs="?", help="of llama-server; without one only our tokens are counted")
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument(
        "--keystrokes", type=int, default=520, help="of the session; the tokens read are counted at each"
    )
    parser.add_argument("--every", type=int, default=16, help="of the keys that type, the server is asked at each n-th")
    parser.add_argument("--most", type=int, default=60, help="keys that both are asked at")
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


def tokens_read(keys: Sequence[Keystroke], read: Sequence[int]) -> dict[str, object]:
    """Prompt tokens that we evaluated at each key after the first one, which is cold."""
    rows = list(zip(keys, read, strict=True))[1:]
    typed = [tokens for key, tokens in rows if key.kind in TYPING]
    kinds = {kind: [tokens for key, tokens in rows if key.kind == kind] for kind in dict.fromkeys(k.kind for k in keys)}
    return {
        "keys": len(rows),
        "tokens_read_p50": statistics.median(read[1:]),
        "tokens_read_p95": statistics.quantiles(read[1:], n=20)[18],
        "tokens_read_typing_p50_p95_max": [statistics.median(typed), statistics.quantiles(typed, n=20)[18], max(typed)],
        "tokens_read_by_kind": {
            kind: {"keys": len(some), "p50": statistics.median(some), "max": max(some)}
            for kind, some in kinds.items()
            if some
        },
    }


def times(asked: Sequence[Keystroke], ours: Sequence[float], theirs: Sequence[float]) -> dict[str, object]:
    """Of the keys that both were asked at, after the first one. Ratios are of sums; that of all has the moves in it."""
    rows = list(zip(asked, ours, theirs, strict=False))[1:]
    found: dict[str, object] = {"first_ms": [round(ours[0]), round(theirs[0])], "asked": len(rows)}
    for name, kinds in {"typing": TYPING, "newline": ("newline",), "moves": ("move", "switch"), "all": ()}.items():
        some = [(mine, other) for key, mine, other in rows if key.kind in kinds or not kinds]
        if some:
            mine, other = zip(*some, strict=True)
            found[name] = {
                "asked": len(some),
                "ours_ms_p50": round(statistics.median(mine), 1),
                "infill_ms_p50": round(statistics.median(other), 1),
                "ratio_of_sums": round(sum(mine) / sum(other), 3),
            }
    return found


if __name__ == "__main__":
    main()
