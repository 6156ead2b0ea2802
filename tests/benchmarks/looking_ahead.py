"""How often what is asked after an accept was computed while the suggestion was on the screen, and how long that took.

Usage: looking_ahead.py ROOT [--places 150] [--seed 1]. At places in lines whose rest is taken out, the user accepts
what is shown, asks right behind it, and asks again in the next line, which the file says how far to indent. The last
line printed is JSON.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np

from inhouse.completion import Assistant, CompletionRequest, Item, Settings
from inhouse.model import CancelFlag
from inhouse.model.engine import LlamaEngine
from inhouse.model.store import resolve


def position(texts: dict[str, str], rng: random.Random) -> tuple[str, str, str, str]:
    """(path, text before, rest of the line, text after) of a place in a line that is not blank."""
    while True:
        path = rng.choice(sorted(texts))
        text = texts[path]
        if len(text) < 200:
            continue
        at = rng.randrange(len(text))
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        if text[at:end].strip():
            return path, text[:at], text[at:end], text[end:]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root", type=Path)
    parser.add_argument("--places", type=int, default=150)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    root, rng = options.root.resolve(), random.Random(options.seed)
    behind: list[bool] = []
    below: list[bool] = []
    times: list[float] = []
    asked_ms: list[float] = []
    cached_ms: list[float] = []
    with closing(LlamaEngine(resolve(None), threads=1)) as engine:
        assistant = Assistant(Settings(learning=False), engine)
        project = assistant.project(root)
        project.refresh()
        assistant.learn(root)
        texts = {path: project.text(path) or "" for path in project.files()}
        for _ in range(options.places):
            path, prefix, _, suffix = position(texts, rng)
            request = CompletionRequest(root, root / path, prefix + suffix, len(prefix))
            found = assistant.complete(request, CancelFlag())
            asked_ms.append(found.timings_ms.get("total", 0.0))
            if not found.items:
                continue
            started = time.perf_counter()
            assistant.look_ahead(request, found.items[0], CancelFlag())
            times.append((time.perf_counter() - started) * 1000)
            after, entered = next_requests(request, found.items[0], suffix)
            # Silence that was computed ahead comes from memory as well: then no prompt was read.
            for hits, then in ((behind, after), (below, entered)):
                answer = assistant.complete(then, CancelFlag())
                hits.append(answer.tokens.prompt == 0)
                cached_ms.append(answer.timings_ms.get("total", 0.0))
        assistant.close(keep_engine=True)
    figures = {
        "places": options.places,
        "shown": len(behind),
        "hit_right_behind": share(behind),
        "hit_in_the_next_line": share(below),
        "looking_ahead_ms": median(times),
        "first_answer_ms": median(asked_ms),
        "next_answer_ms": median(cached_ms),
    }
    print(json.dumps(figures))


def next_requests(request: CompletionRequest, item: Item, suffix: str) -> tuple[CompletionRequest, CompletionRequest]:
    """Right behind the accepted text, and in the next line, indented as the file's next line is."""
    text = request.text[: item.start] + item.text + request.text[item.end :]
    offset = item.start + len(item.text)
    following = next((line for line in suffix.split("\n")[1:] if line.strip()), "")
    indent = "\n" + following[: len(following) - len(following.lstrip(" \t"))]
    after = replace(request, text=text, offset=offset)
    return after, replace(request, text=text[:offset] + indent + text[offset:], offset=offset + len(indent))


def share(hits: list[bool]) -> float:
    return round(float(np.mean(hits)), 4) if hits else 0.0


def median(values: list[float]) -> float:
    return round(float(np.median(values)), 1) if values else 0.0


if __name__ == "__main__":
    main()
