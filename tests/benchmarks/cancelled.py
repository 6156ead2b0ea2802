"""How soon a cancelled request frees the worker, through the whole pipeline, and what it was doing when it was slow.

Real places of Python files, one after the other: far jumps (all is read anew) and places one key further. A thread of
its own sets the flag at a random moment, as the server's loop does; at that moment it takes down where the worker is.
Measured is when the worker is free, on the wall and as its own processor time, which leaves out what others take the
processor for, beside what a token takes. The last line of output is one JSON object.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import queue
import random
import statistics
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from inhouse.completion import Assistant, CompletionRequest, Settings
from inhouse.model import CancelFlag
from inhouse.model.engine import LlamaEngine
from inhouse.model.store import resolve
from inhouse.server import pauses

JUMPS = 0.4
"""Share of requests at another place; the others are one key further."""


@dataclass(slots=True)
class Cancel:
    """One cancelled request."""

    place: str
    """Where the worker was: our functions, the outermost first."""
    since_ms: float
    """From the request to the flag."""
    wall_ms: float
    work_ms: float
    """Of the worker's own processor time."""
    reply_ms: float
    """How late the cancelling thread was: what it waited for the interpreter's lock."""
    collected_ms: float
    """Of the wall's time, in garbage collection."""


class Canceller:
    """A thread that sets flags."""

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[tuple[float, CancelFlag, dict[str, Any]]] = queue.SimpleQueue()
        self._worker = threading.get_ident()
        self._clock = time.pthread_getcpuclockid(self._worker)
        threading.Thread(target=self._run, daemon=True).start()

    def after(self, seconds: float, flag: CancelFlag) -> dict[str, Any]:
        """Set the flag then; what is returned gets the moment's facts."""
        facts: dict[str, Any] = {}
        self._jobs.put((time.perf_counter() + seconds, flag, facts))
        return facts

    def _run(self) -> None:
        while True:
            moment, flag, facts = self._jobs.get()
            time.sleep(max(0.0, moment - time.perf_counter()))
            facts["late"] = time.perf_counter() - moment
            facts["work"] = time.clock_gettime(self._clock)
            facts["at"] = time.perf_counter()
            flag.set()
            frame = sys._current_frames().get(self._worker)
            facts["place"] = path_of(frame)
            facts["done"] = True


def path_of(frame: FrameType | None) -> str:
    """Our functions on the stack, the outermost first."""
    found: list[str] = []
    while frame is not None:
        code = frame.f_code
        if "/inhouse/" in code.co_filename:
            found.append(f"{Path(code.co_filename).stem}.{code.co_name}")
        frame = frame.f_back
    return " > ".join(reversed(found))


class Collections:
    """Milliseconds spent in garbage collection."""

    def __init__(self) -> None:
        self.ms = 0.0
        self._started = 0.0
        gc.callbacks.append(self._note)

    def _note(self, phase: str, _info: dict[str, int]) -> None:
        if phase == "start":
            self._started = time.perf_counter()
        else:
            self.ms += (time.perf_counter() - self._started) * 1000


def places(root: Path, rng: random.Random, count: int) -> list[CompletionRequest]:
    """Requests in the order in which they are made."""
    files = [file for file in sorted(root.rglob("*.py")) if file.stat().st_size > 3000]
    found: list[CompletionRequest] = []
    text, path, offset = "", files[0], 0
    while len(found) < count:
        if not found or rng.random() < JUMPS or offset + 1 >= len(text) or text[offset] == "\n":
            path = rng.choice(files)
            text = path.read_text("utf-8")
            offset = rng.randrange(len(text) // 8, len(text) - 2)
        else:
            offset += 1
        end = text.find("\n", offset)
        if end > offset and text[offset - 1] != "\n":  # the rest of the line is still to be written
            found.append(CompletionRequest(root, path, text[:offset] + text[end:], offset))
    return found


def measure(options: argparse.Namespace) -> tuple[list[Cancel], list[float], list[float]]:
    """The cancelled requests, and a token's milliseconds on the wall and of work."""
    engine = LlamaEngine(resolve(options.model), threads=options.threads)
    engine.learn_costs()
    assistant = Assistant(
        Settings(learning=False, time_limit_ms=options.limit, context_percent=options.percent), engine
    )
    assistant.project(options.root).refresh()
    assistant.learn(options.root)
    if not options.plain:
        pauses.short_turns()
        pauses.settle()
    rng = random.Random(options.seed)
    canceller, collections = Canceller(), Collections()
    found: list[Cancel] = []
    tokens: list[float] = []
    tokens_work: list[float] = []
    for number, request in enumerate(places(options.root, rng, options.requests)):
        if number % 4 == 0:  # through to the end
            work = time.thread_time()
            began = time.perf_counter()
            answer = assistant.complete(request, CancelFlag())
            took, work = (time.perf_counter() - began) * 1000, (time.thread_time() - work) * 1000
            if answer.tokens.decoded > 1 and "decode" in answer.timings_ms:
                tokens.append(answer.timings_ms["decode"] / answer.tokens.decoded)
                tokens_work.append(work / took * tokens[-1])
            continue
        flag, before = CancelFlag(), collections.ms
        began = time.perf_counter()
        facts = canceller.after(rng.random() ** 2 * options.within / 1000, flag)
        assistant.complete(request, flag)
        ended, work = time.perf_counter(), time.thread_time()
        if "at" in facts and facts["at"] < ended:
            while "done" not in facts:
                pass
            wall = (ended - facts["at"]) * 1000
            since = (facts["at"] - began) * 1000
            found.append(
                Cancel(facts["place"], since, wall, (work - facts["work"]) * 1000, facts["late"] * 1000,
                       collections.ms - before)
            )  # fmt: skip
        else:
            flag.set()
            while "done" not in facts:
                time.sleep(0.001)
    assistant.close()
    return found, tokens, tokens_work


PHASES = {
    "look-up in the index": ("pipeline._gather",),
    "set-up of the steering": ("steering.of",),
    "layout": ("layout.prompt", "opening._take_back"),
    "alternatives": ("branch.alternatives",),
    "judging": ("judge.judge",),
    "prompt": ("session.evaluate",),
    "steering a token": ("steering.adjust",),
    "token": ("decode.decode",),
    "proposals": ("lookup.compared",),
    "names": ("name_check.doubt",),
    "instant": ("quick.answer",),
    "answer": ("answers.of",),
}


def phase_of(place: str) -> str:
    parts = place.split(" > ")
    return next((name for name, marks in PHASES.items() if any(mark in parts for mark in marks)), "else")


def quantiles(values: Sequence[float]) -> list[float]:
    """The middle one, the 99th of 100, and the most."""
    if len(values) < 2:
        return [round(one, 2) for one in values]
    hundred = statistics.quantiles(values, n=100, method="inclusive")
    return [round(statistics.median(values), 2), round(hundred[98], 2), round(max(values), 2)]


def main() -> None:
    options = arguments()
    found, tokens, tokens_work = measure(options)
    by_phase: dict[str, list[Cancel]] = defaultdict(list)
    for one in found:
        by_phase[phase_of(one.place)].append(one)
    for one in sorted(found, key=lambda one: -one.work_ms)[: options.slowest]:
        print(
            f"{one.work_ms:7.2f} ms of work, {one.wall_ms:7.2f} on the wall, {one.collected_ms:5.2f} collecting, "
            f"{one.since_ms:6.1f} after the request: {one.place}"
        )
    phases = {
        name: {
            "cancels": len(some),
            "work_ms_p50_p99_max": quantiles([one.work_ms for one in some]),
            "wall_ms_p50_p99_max": quantiles([one.wall_ms for one in some]),
        }
        for name, some in sorted(by_phase.items(), key=lambda item: -max(one.work_ms for one in item[1]))
    }
    for name, row in phases.items():
        print(f"{name:24} {row}")
    summary = {
        "threads": options.threads,
        "cancelled": len(found),
        "freed_work_ms_p50_p99_max": quantiles([one.work_ms for one in found]),
        "freed_wall_ms_p50_p99_max": quantiles([one.wall_ms for one in found]),
        "flag_late_ms_p50_p99_max": quantiles([one.reply_ms for one in found]),
        "collecting_ms_p50_p99_max": quantiles([one.collected_ms for one in found]),
        "token_work_ms_p50_p99_max": quantiles(tokens_work),
        "token_wall_ms_p50_p99_max": quantiles(tokens),
        "load": round(os.getloadavg()[0], 1),
    }
    print(json.dumps(summary | {"phases": phases}))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", help="a GGUF file; else the embedded core")
    parser.add_argument("--root", type=Path, required=True, help="a project of Python files")
    parser.add_argument("--requests", type=int, default=600)
    parser.add_argument(
        "--within", type=float, default=60.0, help="milliseconds in which the flag is set, early ones more often"
    )
    parser.add_argument("--plain", action="store_true", help="without what a server does against pauses")
    parser.add_argument("--limit", type=float, default=2000.0, help="time_limit_ms")
    parser.add_argument("--percent", type=int, help="context_percent")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--slowest", type=int, default=12, help="cancels that are shown")
    return parser.parse_args()


if __name__ == "__main__":
    main()
