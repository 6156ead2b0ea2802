"""Our decode loop against llama-bench's, in turns of two dozen tokens, so that a busy machine disturbs both alike.

llama-bench's loop is done here with the same calls on a context made as llama-bench makes it (one sequence, flash
attention by llama.cpp's choice, no cancel flag), timing llama_decode alone; llama-bench itself, when named, runs too,
as a check: it reports averages only, which on a busy machine say more about the others. Both stand behind a prompt of
`--depth` tokens; ours is another one in each round, so that the n-gram is asked what it was not asked before. In turns
of a token each would take the other's cells out of the processor's cache. Also printed: how much of a token's time is
our Python, everything but the call of llama_decode, without a steering, with a project's n-gram, and with the least
arithmetic that any mix needs: `least` asks nothing, `asking` looks for the last two tokens alone. Without drafts.
The last line of output is one JSON object.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import math
import os
import statistics
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from inhouse.completion.mix import ProjectMix
from inhouse.context import Ngram
from inhouse.model import CancelFlag, FillRequest, Steering
from inhouse.model.binding import llama_cpp
from inhouse.model.cells import Attention, Logits
from inhouse.model.decode import decode
from inhouse.model.native import Weights
from inhouse.model.session import Session
from inhouse.model.vocabulary import Vocabulary

CLOCK = [time.perf_counter]
"""With one thread the thread's processor time is taken instead: it does not count what others interrupt it for."""
OWN_TOKENS = 4096
"""Of the current file, for the look-up that is the least there can be."""
WINDOW = 24
"""Tokens generated before the context goes back to the prompt. The first is not counted: it builds the graph."""


class LeastMix:
    """What no mix can do without: one pass over the vocabulary, and a handful of tokens that are made likelier.

    Logits are taken to be near zero, which saves looking for the largest.
    """

    def __init__(self) -> None:
        self._ids = np.arange(100, 108)
        self._logs = np.full(8, -9.0, np.float32)

    def adjust(self, tokens: Sequence[int], logits: Logits) -> float:
        """See inhouse.model.Steering."""
        total = math.log(np.add.reduce(np.exp(logits)))
        logits[self._ids] = self._logs + total
        return total


class LeastAsking:
    """The same with the least that can be called a look-up: how often each token follows the last two, in a sorted
    list of the project's, and the last one, in the file's own text."""

    def __init__(self, project: Sequence[int], own: Sequence[int]) -> None:
        ids = np.array(project, np.int64)
        keys = (ids[:-2] << 32) | ids[1:-1]
        order = keys.argsort(kind="stable")
        self._keys, self._following = keys[order], ids[2:][order]
        self._own = np.array(own, np.int64)

    def adjust(self, tokens: Sequence[int], logits: Logits) -> float:
        """See inhouse.model.Steering."""
        key = (tokens[-2] << 32) | tokens[-1]
        start, end = self._keys.searchsorted((key, key + 1)).tolist()
        places = (self._own[:-1] == tokens[-1]).nonzero()[0][-64:]
        following = np.concatenate((self._following[start:end][-64:], self._own.take(places + 1)))
        total = math.log(np.add.reduce(np.exp(logits)))
        if following.size:
            counts = np.bincount(following)
            ids = counts.nonzero()[0]
            logits[ids] = np.logaddexp(logits.take(ids), np.log(counts.take(ids)) + (total - math.log(following.size)))
        return total + math.log(2.0)


class BenchLoop:
    """What llama-bench does to measure generation, at a depth."""

    def __init__(self, weights: Weights, ids: Sequence[int], threads: int) -> None:
        params = llama_cpp.llama_context_default_params()
        params.n_ctx = len(ids) + WINDOW
        params.n_batch, params.n_ubatch = 2048, 512
        params.n_threads = params.n_threads_batch = threads
        params.no_perf = True
        self._depth = len(ids)
        self._context: Any = llama_cpp.llama_init_from_model(weights.handle, params)
        prompt = (llama_cpp.llama_token * len(ids))(*ids)
        for start in range(0, len(ids), 512):
            size = min(512, len(ids) - start)
            at = ctypes.cast(ctypes.byref(prompt, start * 4), ctypes.POINTER(llama_cpp.llama_token))
            assert llama_cpp.llama_decode(self._context, llama_cpp.llama_batch_get_one(at, size)) == 0
        self._token = (llama_cpp.llama_token * 1)(ids[0])

    def rewind(self) -> None:
        llama_cpp.llama_memory_seq_rm(llama_cpp.llama_get_memory(self._context), 0, self._depth, -1)

    def run(self) -> list[float]:
        """Milliseconds of each token."""
        self.rewind()
        return [self._step() for _ in range(WINDOW)][1:]

    def _step(self) -> float:
        batch = llama_cpp.llama_batch_get_one(self._token, 1)
        started = CLOCK[0]()
        assert DECODE(self._context, batch) == 0
        llama_cpp.llama_synchronize(self._context)
        return (CLOCK[0]() - started) * 1000


class OurLoop:
    """The decode loop's session, timed."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.whole: list[float] = []
        self.own: list[float] = []
        self._last = 0.0

    def logits(self) -> Logits:
        return self.session.logits()

    def append(self, token: int) -> None:
        before = _Clock.ms
        self.session.append(token)
        ended = CLOCK[0]()
        if self._last:
            whole = (ended - self._last) * 1000
            self.whole.append(whole)
            self.own.append(whole - (_Clock.ms - before))
        self._last = ended

    def finish(self) -> None:
        """Count what came after the last token as part of all of them."""
        if self.whole:
            tail = (CLOCK[0]() - self._last) * 1000 / len(self.whole)
            self.whole = [ms + tail for ms in self.whole]
            self.own = [ms + tail for ms in self.own]


class _Clock:
    """Milliseconds spent inside of llama_decode by the session."""

    ms = 0.0


DECODE = llama_cpp.llama_decode


def time_decode() -> None:
    def timed(context: Any, batch: Any) -> int:
        started = CLOCK[0]()
        outcome = DECODE(context, batch)
        _Clock.ms += (CLOCK[0]() - started) * 1000
        return int(outcome)

    llama_cpp.llama_decode = timed


def run(options: argparse.Namespace) -> dict[str, list[float]]:
    weights = Weights(options.model)
    vocabulary = Vocabulary(weights.pieces(), frozenset())  # nothing ends it: random weights would, now and then
    texts = {str(path): path.read_text("utf-8") for path in sorted(options.root.rglob("*.py"))}
    tokens = {name: weights.tokenize(text) for name, text in texts.items()}
    ids = [token for some in tokens.values() for token in some]
    ngram = Ngram()
    ngram.update_many(tokens)
    bench = BenchLoop(weights, ids[: options.depth], options.threads)
    session = Session(weights, options.depth + 4 * WINDOW, options.threads, Attention(options.flash))
    time_decode()
    cancel = CancelFlag()
    session.cells.watch(cancel)
    request = FillRequest("a.py", "", "", max_tokens=WINDOW, max_lines=10_000)
    least: dict[str, Steering] = {"least": LeastMix(), "asking": LeastAsking(ids, ids[:OWN_TOKENS])}
    rows: dict[str, list[float]] = {"bench": []}
    for number in range(options.rounds):
        start = number * (len(ids) - options.depth) // options.rounds
        prompt = ids[start : start + options.depth]
        session.evaluate("a", prompt, cancel)
        for _ in range(options.turns):
            for name in ("ours", "least", "asking", "steered"):
                session.evaluate("a", prompt, cancel)
                loop = OurLoop(session)
                steering = ProjectMix(prompt, ngram.at) if name == "steered" else least.get(name)
                decode(loop, vocabulary, request, cancel, before=prompt[-64:], steering=steering)
                loop.finish()
                rows.setdefault(name, []).extend(loop.whole)
                rows.setdefault(f"{name}_own", []).extend(loop.own)
                rows["bench"] += bench.run()
    return rows


def llama_bench(options: argparse.Namespace) -> list[float]:
    """Milliseconds a token of each repetition."""
    flags = ["-p", "0", "-n", WINDOW, "-d", options.depth, "-t", options.threads, "-r", 6, "-o", "json"]
    command = [str(options.llama_bench), "-m", str(options.model), *map(str, flags)]
    folder = {**os.environ, "LD_LIBRARY_PATH": str(options.llama_bench.parent)}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=folder)
    return [ns / 1e6 / WINDOW for ns in json.loads(done.stdout)[0]["samples_ns"]]


def summary(options: argparse.Namespace, rows: dict[str, list[float]]) -> dict[str, object]:
    middle = {name: statistics.median(values) for name, values in rows.items()}
    fast = {name: statistics.quantiles(values, n=10)[0] for name, values in rows.items()}
    return {
        "model": options.model.name,
        "threads": options.threads,
        "depth": options.depth,
        "flash_attention": options.flash,
        "ms_a_token_median": {name: round(ms, 3) for name, ms in middle.items()},
        "ms_a_token_p10": {name: round(ms, 3) for name, ms in fast.items()},
        "speed_against_bench_median": round(middle["bench"] / middle["ours"], 3),
        "speed_against_bench_p10": round(fast["bench"] / fast["ours"], 3),
        "python_share_median": _share(middle, "ours"),
        "python_share_least_median": _share(middle, "least"),
        "python_share_asking_median": _share(middle, "asking"),
        "python_share_steered_median": _share(middle, "steered"),
        "llama_bench_itself_ms": [round(ms, 3) for ms in llama_bench(options)] if options.llama_bench else None,
        "load": round(os.getloadavg()[0], 1),
    }


def _share(ms: dict[str, float], name: str) -> float:
    """Our Python against the rest of a token."""
    own = ms[f"{name}_own"]
    return round(own / (ms[name] - own), 4)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--llama-bench", type=Path, help="llama-bench of the llama.cpp that llama-cpp-python vendors")
    parser.add_argument("--root", type=Path, required=True, help="Python files for the prompt and the n-gram")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--depth", type=int, default=512)
    parser.add_argument("--rounds", type=int, default=10, help="prompts")
    parser.add_argument("--turns", type=int, default=1, help="of each loop at each prompt")
    parser.add_argument("--flash", default="auto", choices=("auto", "on", "off"))
    return parser.parse_args()


if __name__ == "__main__":
    given = arguments()
    if given.threads == 1:
        CLOCK[0] = time.thread_time
    print(json.dumps(summary(given, run(given))))
