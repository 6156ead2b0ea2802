"""What drafts win on copy-heavy code: the same holes with and without, in turns, and with the project's n-gram.

Copy-heavy are places where most of what truly follows repeats what stands before in the same file: found by asking the
prompt's own guesses at each true token. The prompt is warm, so times are of decoding but for one token; with one thread
they are processor time, which other processes do not disturb much. The last line of output is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from inhouse.completion.mix import ProjectMix
from inhouse.completion.origin import LineCount
from inhouse.completion.steering import Steered
from inhouse.context import Ngram
from inhouse.model import CancelFlag, Fill, FillRequest
from inhouse.model.drafts import PromptDrafts
from inhouse.model.engine import LlamaEngine
from inhouse.model.store import resolve

FOLLOWING = 40
"""True tokens looked at to find out whether a place is copy-heavy."""
COPIED = 0.6
WINDOW_CHARACTERS = 4_000


def main() -> None:
    options = arguments()
    path = resolve(options.model)
    plain, ahead = (LlamaEngine(path, threads=options.threads, drafts=drafts) for drafts in (False, True))
    ahead.learn_costs()
    files = [file for root in options.roots for file in sorted(root.rglob("*.py"))]
    holes = list(copy_heavy(ahead, files, options.places))
    ngram = Ngram()
    ngram.update_many({str(file): ahead.tokenize(file.read_text("utf-8")) for file in files})
    arms: dict[str, list[tuple[Fill, Fill]]] = {"plain": [], "steered": []}
    for hole in holes:
        for arm, pairs in arms.items():
            both: list[Fill] = []
            for engine in (plain, ahead):
                engine.warm(hole, CancelFlag())
                fills = [timed(engine, hole, steering(engine, ngram, hole, arm), options.threads) for _ in "abc"]
                both.append(min(fills, key=lambda fill: fill.decode_ms))
            pairs.append((both[0], both[1]))
    print(
        json.dumps(
            {
                "model": ahead.name,
                "threads": options.threads,
                "load": round(os.getloadavg()[0], 1),
                "batch_ms": ahead.batch_costs(),
                **{arm: summary(pairs) for arm, pairs in arms.items()},
            }
        )
    )


def timed(engine: LlamaEngine, hole: FillRequest, steering: Steered | None, threads: int) -> Fill:
    """The answer, with what it took in place of its decode_ms."""
    clock = time.thread_time if threads == 1 else time.perf_counter
    started = clock()
    fill = engine.fill(hole, CancelFlag(), steering=steering)
    return replace(fill, decode_ms=(clock() - started) * 1000)


def steering(engine: LlamaEngine, ngram: Ngram, hole: FillRequest, arm: str) -> Steered | None:
    if arm == "plain":
        return None
    after = engine.tokenize(hole.suffix[:WINDOW_CHARACTERS])
    prefix = engine.tokenize(hole.prefix)
    mix = ProjectMix(prefix, lambda ids: ngram.at(ids, after, hole.path))
    return Steered(prefix, engine.piece, mix, None, LineCount(engine.piece))


def copy_heavy(engine: LlamaEngine, files: list[Path], wanted: int) -> Iterator[FillRequest]:
    rng = random.Random(1)
    for _ in range(wanted * 60):
        if wanted == 0:
            return
        file = rng.choice(files)
        text = file.read_text("utf-8")
        starts = [at + 1 for at in range(len(text)) if text[at] == "\n"]
        if len(starts) < 60:
            continue
        at = rng.choice(starts[30:-10])
        if copied_share(engine, text, at) >= COPIED:
            wanted -= 1
            yield FillRequest(str(file), text[:at], "\n" + text[at + 400 :], max_tokens=48, max_lines=6)


def copied_share(engine: LlamaEngine, text: str, at: int) -> float:
    """Of the true next tokens, those that the text before would have guessed."""
    before = engine.tokenize(text[max(0, at - WINDOW_CHARACTERS) : at])
    following = engine.tokenize(text[at : at + 400])[:FOLLOWING]
    drafts = PromptDrafts(before)
    right = sum(list(drafts.draft(following[:number], 1).ids) == [token] for number, token in enumerate(following))
    return right / max(1, len(following))


def summary(pairs: list[tuple[Fill, Fill]]) -> dict[str, object]:
    ratios = [a.decode_ms / len(a.tokens) / (b.decode_ms / len(b.tokens)) for a, b in pairs if a.tokens and b.tokens]
    without, with_drafts = (sum(fill.decode_ms for fill in side) for side in zip(*pairs, strict=True))
    tokens = [sum(len(fill.tokens) for fill in side) for side in zip(*pairs, strict=True)]
    return {
        "places": len(pairs),
        "ms_a_token": round(without / tokens[0], 3),
        "ms_a_token_with_drafts": round(with_drafts / tokens[1], 3),
        "speed_up_of_sums": round(without / tokens[0] / (with_drafts / tokens[1]), 3),
        "speed_up_p50": round(statistics.median(ratios), 3),
        "drafted": sum(b.drafted_tokens for _, b in pairs),
        "accepted": sum(b.accepted_tokens for _, b in pairs),
        "tokens": tokens[1],
        "same_text": round(sum(a.text == b.text for a, b in pairs) / len(pairs), 3),
    }


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("roots", type=Path, nargs="+")
    parser.add_argument("--model", help="a GGUF file; else the embedded core")
    parser.add_argument("--places", type=int, default=40)
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


if __name__ == "__main__":
    main()
