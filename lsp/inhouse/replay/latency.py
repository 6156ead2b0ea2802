"""Measures how long an answer takes, over a typing session in a real project: the whole pipeline, as a server runs it.

It says nothing about whether the answers are good.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from inhouse.completion import Assistant, Completion, CompletionRequest
from inhouse.model import CancelFlag
from inhouse.replay.typing_session import Keystroke

_BANDWIDTH_BYTES = 256 << 20
"""Read by each thread to measure the memory: larger than any cache."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Median, 95th percentile and largest of a figure."""

    p50: float
    p95: float
    max: float

    @staticmethod
    def of(values: Sequence[float]) -> Spread:
        if not values:
            return Spread(0.0, 0.0, 0.0)
        p50, p95 = np.percentile(values, [50, 95])
        return Spread(round(float(p50), 2), round(float(p95), 2), round(max(values), 2))


@dataclass(frozen=True, slots=True)
class LatencyFigures:
    """What `inhouse bench latency` prints. Times in milliseconds, sizes in tokens unless a name says otherwise."""

    model: str
    keystrokes: int
    asked: int
    """Keystrokes at which the model ran; the others were answered at once with silence."""
    load_ms: float
    first_answer_ms: float
    cold_start_ms: float
    """Loading and the first answer, with an empty cache: from nothing to the first suggestion."""
    answer_ms: Spread
    """From request to suggestion or silence, at all keystrokes where the model ran."""
    every_answer_ms: Spread
    """The same at all keystrokes, those too that were answered from memory, by the project alone, or with silence."""
    first_token_ms: Spread
    """From request to the first token chosen, where the model ran."""
    suggestion_ms: Spread
    """From request to a suggestion that is shown, where the model ran."""
    prefill_ms: Spread
    prompt_tokens: Spread
    evaluated_tokens: Spread
    """Prompt tokens that were not in the KV cache."""
    decoded_tokens: Spread
    drafted_tokens: int
    accepted_tokens: int
    """Tokens that were guessed and evaluated ahead, and those of them that were right."""
    decode_tokens_per_s: float
    bandwidth_gb_s: float
    bandwidth_share: float
    """Bytes of weights read per second of decoding, as a share of the memory's measured bandwidth."""

    def json(self) -> dict[str, object]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Answer:
    ms: float
    completion: Completion


def measure(
    assistant: Assistant,
    root: Path,
    keys: Sequence[Keystroke],
    load_ms: float,
    model_bytes: int,
    threads: int,
    progress: Callable[[int], None] | None = None,
) -> LatencyFigures:
    """Answer every keystroke of a session, one after the other. `progress` gets the number answered so far.

    `load_ms` is what loading the model took before; `model_bytes` the size of its weights, which each token reads.
    """
    answers: list[_Answer] = []
    for number, key in enumerate(keys, 1):
        started = time.perf_counter()
        request = CompletionRequest(root, key.path, key.text, key.offset)
        completion = assistant.complete(request, CancelFlag())
        answers.append(_Answer(_ms_since(started), completion))
        if number == 1:
            assistant.warm(request, CancelFlag())  # the idle time that a user leaves: what drafts cost is learned in it
        if progress:
            progress(number)
    return _figures(answers, assistant.model_name, load_ms, model_bytes, bandwidth_gb_s(threads))


def _figures(
    answers: Sequence[_Answer], model: str, load_ms: float, model_bytes: int, bandwidth: float
) -> LatencyFigures:
    ran = [answer for answer in answers if answer.completion.tokens.prompt]
    counts = [answer.completion.tokens for answer in ran]
    decode_s = sum(answer.completion.timings_ms["decode"] for answer in ran) / 1000
    decoded = sum(count.decoded for count in counts)
    per_s = decoded / decode_s if decode_s else 0.0
    return LatencyFigures(
        model=model,
        keystrokes=len(answers),
        asked=len(ran),
        load_ms=round(load_ms, 1),
        first_answer_ms=round(ran[0].ms, 1) if ran else 0.0,
        cold_start_ms=round(load_ms + ran[0].ms, 1) if ran else 0.0,
        answer_ms=Spread.of([answer.ms for answer in ran]),
        every_answer_ms=Spread.of([answer.ms for answer in answers]),
        first_token_ms=Spread.of([answer.completion.timings_ms["first_token"] for answer in ran]),
        suggestion_ms=Spread.of([answer.ms for answer in ran if answer.completion.items]),
        prefill_ms=Spread.of([answer.completion.timings_ms["prefill"] for answer in ran]),
        prompt_tokens=Spread.of([count.prompt for count in counts]),
        evaluated_tokens=Spread.of([count.prompt - count.reused for count in counts]),
        decoded_tokens=Spread.of([count.decoded for count in counts]),
        drafted_tokens=sum(count.drafted for count in counts),
        accepted_tokens=sum(count.accepted for count in counts),
        decode_tokens_per_s=round(per_s, 1),
        bandwidth_gb_s=round(bandwidth, 1),
        bandwidth_share=round(per_s * model_bytes / (bandwidth * 1e9), 3) if bandwidth else 0.0,
    )


def bandwidth_gb_s(threads: int) -> float:
    """How fast so many threads read the memory, in GB/s: the limit of a decode, which reads all weights a token."""
    arrays = [np.ones(_BANDWIDTH_BYTES // 4 // threads, np.float32) for _ in range(threads)]
    best = 0.0
    for _ in range(3):
        workers = [threading.Thread(target=array.max) for array in arrays]
        started = time.perf_counter()
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        best = max(best, sum(array.nbytes for array in arrays) / (time.perf_counter() - started) / 1e9)
    return best


def _ms_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
