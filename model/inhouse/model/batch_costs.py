"""What it costs to evaluate several tokens at once, measured on this machine, and how long a draft pays.

The kernels work in fours, so only batches of 4, 8, 12 and 16 are considered. At 0.5B on two cores they cost about 1.6,
2.7, 4 and 5.4 times one token; on machines with more cores far less, and a draft pays much sooner. Behind a long prompt
each token of a batch attends to all of it, so that batches cost more in proportion: measured by the prompt's length.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

SIZES = (1, 4, 8, 12, 16)
"""Batch sizes that are measured."""
LONGEST_DRAFT = SIZES[-1] - 1
_REPEATS = 4
_NEARLY_SURE = 0.95
_STEP = 512
"""Tokens of prompt that are taken to cost alike."""
_MARGIN = 1.05
"""A draft must promise this much more speed: the guess of its chances is rough."""


_Where = tuple[int, int]
"""Threads, and steps of prompt."""


class BatchCosts:
    """Milliseconds a batch, by number of threads and length of prompt; remembered in a file, if one is given."""

    def __init__(self, file: Path | None = None, key: str = "") -> None:
        """`key` names the model and its version: what was measured for another one does not count."""
        self._file = file
        self._key = key
        self._measured: set[_Where] = set()
        self._ms: dict[_Where, dict[int, float]] = _load(file, key) if file else {}

    def wanted(self, threads: int, depth: int) -> bool:
        """Whether to measure: once a process, since a busy moment may have spoilt what is remembered."""
        return (threads, depth // _STEP) not in self._measured

    def of(self, threads: int, depth: int) -> Mapping[int, float] | None:
        """What was measured with so many threads behind about so many tokens; None if nothing was."""
        steps = [step for known, step in self._ms if known == threads]
        if not steps:
            return None
        return self._ms[threads, min(steps, key=lambda step: (abs(step - depth // _STEP), -step))]

    def measure(self, threads: int, depth: int, evaluate: Callable[[int], float]) -> None:
        """`evaluate(size)` evaluates so many tokens and returns the milliseconds; the fastest ever seen counts."""
        where = threads, depth // _STEP
        evaluate(SIZES[-1])  # the first one also sets up llama.cpp's buffers
        tries = {size: max(1, min(4, 16 // size)) for size in SIZES}
        rounds = [[min(evaluate(size) for _ in range(tries[size])) for size in SIZES] for _ in range(_REPEATS)]
        fastest = [min(took) for took in zip(*rounds, strict=True)]
        before = self._ms.get(where)
        if before is not None:
            fastest = [min(ms, before[size]) for size, ms in zip(SIZES, fastest, strict=True)]
        # A busy moment may have spoilt all tries of one size: it costs no more than a larger one.
        self._ms[where] = {size: min(fastest[at:]) for at, size in enumerate(SIZES)}
        self._measured.add(where)
        self._save()

    def _save(self) -> None:
        if self._file is None:
            return
        data = {"key": self._key, "ms": [[*where, by] for where, by in self._ms.items()]}
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            partial = self._file.with_suffix(".partial")
            partial.write_text(json.dumps(data), encoding="utf-8")
            partial.replace(self._file)
        except OSError:
            pass  # a read-only cache costs a second measurement, nothing more


def best_length(chances: Sequence[float], costs: Mapping[int, float]) -> int:
    """How many of a draft's tokens to evaluate together with the one before them; 0 where no draft pays.

    `chances`: of each token, given that those before it are right.
    """
    best, best_rate = 0, _MARGIN / costs[1]
    for size in SIZES[1:]:
        length = min(len(chances), size - 1)
        rate = _expected(chances[:length]) / costs[size]
        if rate > best_rate:
            best, best_rate = length, rate
        if length < size - 1:
            break
    return best


def can_pay(costs: Mapping[int, float]) -> bool:
    """Whether any draft could, were it nearly sure."""
    return best_length([_NEARLY_SURE] * LONGEST_DRAFT, costs) > 0


def _expected(chances: Sequence[float]) -> float:
    """Tokens won by one evaluation: the one after the last right one is always won."""
    total = reach = 1.0
    for chance in chances:
        reach *= chance
        total += reach
    return total


def _load(file: Path, key: str) -> dict[_Where, dict[int, float]]:
    """What the file remembers of this model; nothing if it is missing, damaged or another model's."""
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        if data["key"] != key:
            return {}
        found = {
            (int(threads), int(step)): {int(size): float(ms) for size, ms in by.items()}
            for threads, step, by in data["ms"]
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}
    return {where: by for where, by in found.items() if set(by) == set(SIZES) and min(by.values()) > 0}
