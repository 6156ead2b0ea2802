"""How soon a real server replies to a cancel: from `$/cancelRequest` being sent to the answer of the request it names.

`inhouse serve` with its core in a project of your own, over its standard input and output. Places that nobody asked for
yet, so that the model is at work: each request is cancelled after a random moment; those that were answered before
are not counted. The client's own reading is in the figure. The last line of output is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from wire_client import WireClient

SERVE = [sys.executable, "-m", "inhouse.cli", "serve", "--stdio"]
CANCELLED = -32800
"""The protocol's code for a request that was given up."""
COMPLETION = "textDocument/inlineCompletion"
LEAST_CHARACTERS = 3000


def main() -> None:
    options = arguments()
    rng = random.Random(options.seed)
    files = [file for file in sorted(options.root.rglob("*.py")) if file.stat().st_size > LEAST_CHARACTERS]
    if not files:
        raise SystemExit(f"{options.root}: no Python file of {LEAST_CHARACTERS:,} characters; name another folder")
    client = WireClient(SERVE)
    replies: list[float] = []
    early = 0
    try:
        client.start(options.root.resolve(), "utf-16")
        lines = {file.resolve().as_uri(): opened(client, file) for file in files[: options.files]}
        first = next(iter(lines))
        client.answer(client.ask(COMPLETION, at(first, 0, 0)))  # the model is loaded then
        for _ in range(options.requests):
            uri = rng.choice(list(lines))
            line = rng.choice([number for number, text in enumerate(lines[uri]) if text.strip()])
            reply = cancelled(client, at(uri, line, len(lines[uri][line])), rng.uniform(0.0, options.within / 1000))
            early += reply is None
            replies += [] if reply is None else [reply]
            client.forget()
        client.close()
    finally:
        client.kill()
    figures = {"cancels": len(replies), "answered_before": early, "load": round(os.getloadavg()[0], 1)}
    spread = {f"reply_{name}_ms": round(float(np.quantile(replies, share)), 2) for name, share in QUANTILES.items()}
    print(json.dumps(figures | (spread if replies else {})))


QUANTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--within", type=float, default=60.0, help="cancelled after at most so many milliseconds")
    parser.add_argument("--files", type=int, default=10, help="so many are opened")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def opened(client: WireClient, file: Path) -> list[str]:
    """Open a file; its lines."""
    text = file.read_text(encoding="utf-8")
    item = {"uri": file.resolve().as_uri(), "languageId": "python", "version": 1, "text": text}
    client.notify("textDocument/didOpen", {"textDocument": item})
    return text.split("\n")


def at(uri: str, line: int, column: int) -> dict[str, object]:
    """A question as by a key, so that no place is too unsure to be worked on."""
    place = {"line": line, "character": column}
    return {"textDocument": {"uri": uri}, "position": place, "context": {"triggerKind": 1}}


def cancelled(client: WireClient, params: object, after_s: float) -> float | None:
    """Milliseconds from the cancel to the reply; None where the answer came first."""
    number = client.ask(COMPLETION, params)
    time.sleep(after_s)
    if client.asked[number].answers:
        return None
    started = time.perf_counter()
    client.cancel(number)
    answer = client.answer(number)
    took = (time.perf_counter() - started) * 1000
    return took if answer.get("error", {}).get("code") == CANCELLED else None


if __name__ == "__main__":
    main()
