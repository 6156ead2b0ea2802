"""Peak memory against what it should be, growth over many requests, and how soon a cancelled request frees the worker.

Expected: the weights, their repacked copy where the format has one, the cells, and 150 MB for Python and the rest.
Growth: resident memory after the first tenth of the requests against the end, over changing files, places and lengths.
Cancel: the flag is set at a random moment of a request; measured is when `fill` returns, beside a token's time, on the
wall and, with one thread, as processor time of the worker, which leaves out what others take the processor for.
The last line of output is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import threading
import time
from pathlib import Path

import psutil

from inhouse.model import CancelFlag, FillRequest
from inhouse.model.engine import LlamaEngine
from inhouse.model.store import resolve

MB = 1e6
REST_MB = 150


def resident_mb() -> float:
    return psutil.Process().memory_info().rss / MB


def peak_mb() -> float:
    """The highest resident size so far."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MB


def kv_mb(engine: LlamaEngine, cells: int) -> float:
    """Of f16 cells, from the header's shape."""
    header = engine.header
    kind = header.text("general.architecture") or ""

    def number(key: str, default: int = 0) -> int:
        return header.number(f"{kind}.{key}") or default

    heads = number("attention.head_count", 1)
    width = number("embedding_length") // heads
    key_values = number("attention.head_count_kv", heads) * (
        number("attention.key_length", width) + number("attention.value_length", width)
    )
    return cells * number("block_count") * key_values * 2 / MB


def requests(root: Path, rng: random.Random, tokens: int) -> FillRequest:
    """A place in one of the files."""
    path = rng.choice(sorted(root.rglob("*.py")))
    text = path.read_text("utf-8")[:4000]  # short prompts: it is the number of requests that counts
    at = rng.randrange(len(text) + 1)
    return FillRequest(path.name, text[:at], text[at:], max_tokens=tokens)


def memory(engine: LlamaEngine, root: Path, count: int) -> dict[str, object]:
    rng = random.Random(1)
    start = after_warm_up = resident_mb()
    place = requests(root, rng, 4)
    for number in range(count):
        if number % 50 == 0:
            place = requests(root, rng, rng.choice((2, 4, 8)))
        else:  # typed on
            place = FillRequest(
                place.path, place.prefix + rng.choice("abc(.= \n"), place.suffix, max_tokens=place.max_tokens
            )
        engine.fill(place, CancelFlag())
        if number == count // 10:
            after_warm_up = resident_mb()
        if number % 500 == 0:
            print(f"{number} requests: {resident_mb():.1f} MB resident", flush=True)
    return {
        "requests": count,
        "resident_mb_loaded": round(start, 1),
        "resident_mb_after_a_tenth": round(after_warm_up, 1),
        "resident_mb_at_the_end": round(resident_mb(), 1),
        "growth_mb": round(resident_mb() - after_warm_up, 2),
    }


def quantiles(values: list[float]) -> list[float]:
    """The middle one, and the 99th of 100."""
    return [round(statistics.median(values), 2), round(statistics.quantiles(values, n=100, method="inclusive")[98], 2)]


def cancels(engine: LlamaEngine, root: Path, count: int) -> dict[str, object]:
    rng = random.Random(2)
    freed: list[float] = []
    freed_work: list[float] = []
    tokens: list[float] = []
    tokens_work: list[float] = []
    worker = time.pthread_getcpuclockid(threading.get_ident())
    for _ in range(count):
        place = requests(root, rng, 48)
        place = FillRequest(place.path, place.prefix, place.suffix, max_tokens=64, max_lines=99)
        started, work = time.perf_counter(), time.thread_time()
        whole = engine.fill(place, CancelFlag())
        took = time.perf_counter() - started
        if whole.tokens:
            tokens.append(whole.decode_ms / len(whole.tokens))
            decoding = whole.decode_ms / (whole.decode_ms + whole.prefill_ms)
            tokens_work.append((time.thread_time() - work) * 1000 * decoding / len(whole.tokens))
        flag, at = CancelFlag(), [0.0, 0.0]

        def cancel(flag: CancelFlag = flag, at: list[float] = at) -> None:
            at[:] = time.perf_counter(), time.clock_gettime(worker)
            flag.set()

        timer = threading.Timer(rng.random() * took * 0.8, cancel)
        engine.fill(FillRequest(place.path, place.prefix + " ", place.suffix, max_tokens=1), CancelFlag())
        timer.start()
        answer = engine.fill(place, flag)
        ended, ended_work = time.perf_counter(), time.thread_time()
        timer.join()
        if answer.stop == "cancelled" and at[0]:
            freed.append((ended - at[0]) * 1000)
            freed_work.append((ended_work - at[1]) * 1000)
    return {
        "cancelled": len(freed),
        "freed_work_ms_p50_p99": quantiles(freed_work),
        "token_work_ms_p50_p99": quantiles(tokens_work),
        "freed_ms_p50": round(statistics.median(freed), 2),
        "freed_ms_p99": quantiles(freed)[1],
        "token_ms_p50": round(statistics.median(tokens), 2),
        "token_ms_p99": quantiles(tokens)[1],
    }


def main() -> None:
    options = arguments()
    path = resolve(options.model)
    before = resident_mb()
    engine = LlamaEngine(path, threads=options.threads, context_tokens=options.context)
    engine.learn_costs()
    weights, cells = path.stat().st_size / MB, kv_mb(engine, engine.cells)
    found = {
        "model": engine.name,
        "resident_mb_before_loading": round(before, 1),
        "weights_mb": round(weights, 1),
        "kv_mb": round(cells, 1),
        "expected_mb": round(weights + cells + REST_MB, 1),
        "expected_mb_with_repacked_copy": round(2 * weights + cells + REST_MB, 1),
    }
    if options.cancels:
        found |= cancels(engine, options.root, options.cancels)
        print(json.dumps(found), flush=True)
    found |= memory(engine, options.root, options.requests)
    found["peak_mb"] = round(peak_mb(), 1)
    engine.close()
    print(json.dumps(found))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", help="a GGUF file; else the embedded core")
    parser.add_argument("--root", type=Path, required=True, help="Python files to complete in")
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--cancels", type=int, default=100)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--context", type=int, default=2048)
    return parser.parse_args()


if __name__ == "__main__":
    main()
