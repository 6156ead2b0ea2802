"""Which model suits a machine, and how to run it there: by memory, and by whether it answers in time.

What was measured on the machine counts; before that an estimate from the size of the file, which says that it is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import psutil

from inhouse.model.catalogue import Choice
from inhouse.model.native import Device, gpus
from inhouse.model.power import battery_now
from inhouse.model.speeds import Speed
from inhouse.model.threads import physical_cores

BUDGET_MS = 600.0
"""For the answer in the middle. On battery half of it: what takes half as long takes about half the charge."""
WAIT_MS = 750.0
"""VS Code shows nothing that comes later: nineteen of twenty answers must be there by then."""
ANSWER_TOKENS = 10
"""Of a line's rest, on average."""
READ_TOKENS = 8
"""Of the prompt at a keystroke, at six times the speed of writing."""
CORE_BYTES_PER_S = 6.5e9
"""Weights that a core reads while it writes tokens: 2 threads wrote 26 tokens/s with 531 MB, 13 with 986 MB."""
MEMORY_BYTES_PER_S = 40e9
"""What more cores than this memory feeds cannot pass: two-channel memory reads 30 to 60 GB/s."""
TOKEN_S = 0.001
"""Python and the n-gram, for each token: the embedded core wrote 681 and 696 a second where its weights allow 2,224."""
GPU_BYTES_PER_S = 200e9
"""An assumption, a small discrete GPU; not measured by us. `bench latency` puts a measurement in its place."""
MEMORY_SHARE = 0.5
"""Of the machine's memory, at most: editors and browsers live there too."""
Q8_FACTOR, OTHER_FACTOR = 1.3, 1.9
"""Memory in use by size of the file: smaller quantisations are repacked when they are loaded, so they count twice."""
BASE_BYTES = 150_000_000
"""Cache and buffers at 4,096 tokens, and the program itself."""

Verdict = Literal["fits", "slow", "too large"]


@dataclass(frozen=True, slots=True)
class Machine:
    """What counts of a machine."""

    cores: int
    memory_bytes: int
    gpus: tuple[Device, ...] = ()
    on_battery: bool = False

    @property
    def budget_ms(self) -> float:
        """What an answer may take."""
        return BUDGET_MS / 2 if self.on_battery else BUDGET_MS


@dataclass(frozen=True, slots=True)
class Suits:
    """How one file suits one machine."""

    verdict: Verdict
    memory_bytes: int
    tokens_per_s: float
    answer_ms: float
    measured: bool
    """False: estimated from the size of the file."""
    gpu_layers: int


@dataclass(frozen=True, slots=True)
class Fit(Suits):
    """How one model of the catalogue suits one machine."""

    choice: Choice


def this_machine() -> Machine:
    """The machine we run on."""
    battery = battery_now()
    on_battery = battery is not None and not battery.plugged
    return Machine(physical_cores(), psutil.virtual_memory().total, tuple(gpus()), on_battery)


def fit(choice: Choice, machine: Machine, speeds: Sequence[Speed] = ()) -> Fit:
    """How a model suits a machine. `speeds`: what was measured with its file there, with and without a GPU."""
    found = suits(choice.about_bytes, choice.file.quantisation, machine, speeds)
    return Fit(
        found.verdict,
        found.memory_bytes,
        found.tokens_per_s,
        found.answer_ms,
        found.measured,
        found.gpu_layers,
        choice,
    )


def suits(file_bytes: int, quantisation: str, machine: Machine, speeds: Sequence[Speed] = ()) -> Suits:
    """How a file suits a machine."""
    needed = memory_bytes(file_bytes, quantisation)
    on_gpu = any(device.free_bytes >= needed for device in machine.gpus)
    speed = next((one for one in speeds if one.on_gpu == on_gpu), None)
    if speed is not None:
        rate, answer, late = speed.tokens_per_s, speed.answer_ms, speed.answer_p95_ms or 0.0
    else:
        per_s = GPU_BYTES_PER_S if on_gpu else min(machine.cores * CORE_BYTES_PER_S, MEMORY_BYTES_PER_S)
        rate = 1 / (file_bytes / per_s + TOKEN_S)
        answer, late = 1000 * (ANSWER_TOKENS + READ_TOKENS / 6) / rate, 0.0
    verdict: Verdict = "fits" if answer <= machine.budget_ms and late <= WAIT_MS else "slow"
    if not on_gpu and needed > machine.memory_bytes * MEMORY_SHARE:
        verdict = "too large"
    return Suits(verdict, needed, rate, answer, speed is not None, _ALL_LAYERS if on_gpu else 0)


_ALL_LAYERS = 999


def memory_bytes(file_bytes: int, quantisation: str) -> int:
    """Memory that a model needs."""
    factor = Q8_FACTOR if quantisation.upper() in ("Q8_0", "F16", "BF16") else OTHER_FACTOR
    return BASE_BYTES + int(file_bytes * factor)


def recommended(fits: Sequence[Fit]) -> Fit | None:
    """The largest model that answers in time, at its best quantisation; open licences alone."""
    able = [one for one in fits if one.verdict == "fits" and one.choice.entry.open]
    return max(able, key=lambda one: (one.choice.entry.parameters, one.choice.about_bytes), default=None)


def settings_for(best: Fit, machine: Machine) -> dict[str, object]:
    """The settings that suit a model on a machine; threads are left to follow the load unless a GPU does the work."""
    trained = best.choice.entry.context_tokens or 2048
    wanted = 4096 if best.gpu_layers or best.answer_ms <= machine.budget_ms / 2 else 2048
    found: dict[str, object] = {"model": best.choice.name, "context_tokens": min(wanted, trained)}
    if best.gpu_layers:
        found |= {"gpu_layers": best.gpu_layers, "threads": min(machine.cores, 4)}
    return found
