"""How many threads llama.cpp gets.

The rule: one for each physical core that this process may use; one fewer while other processes keep a core busy.
Threads wait for the slowest at every layer: two threads beside one busy process on two cores took 69 ms a token
(p90 183), one thread 59 ms (p90 62). Niced processes count too: a thread that waits for one holds up the others.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass

import psutil

_SAMPLE_S = 0.25
"""Shortest time between two looks at the load: below it, the system's clock ticks of 10 ms blur the figure."""
_BUSY_CORES = 0.5
"""Others keep a core busy when they use this much of one."""


def physical_cores() -> int:
    """Physical cores this process may run on, at least 1."""
    physical: int | None = psutil.cpu_count(logical=False)
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(physical or allowed, allowed))


def load_now() -> float:
    """Processes that wanted a core, on average over the last minute."""
    return float(psutil.getloadavg()[0])


@dataclass(frozen=True, slots=True)
class Usage:
    """Processor time used since some fixed moment, in seconds."""

    at: float
    everyone: float
    own: float


def usage_now() -> Usage:
    """Processor time of the whole machine and of this process, from the operating system."""
    machine = psutil.cpu_times()
    idle: float = machine.idle + getattr(machine, "iowait", 0.0)
    return Usage(time.monotonic(), sum(machine) - idle, sum(psutil.Process().cpu_times()[:2]))


class Threads:
    """Chooses the number of threads anew when the load has changed."""

    def __init__(
        self,
        fixed: int | None = None,
        *,
        cores: int | None = None,
        usage: Callable[[], Usage] = usage_now,
        load: Callable[[], float] = load_now,
    ) -> None:
        """`fixed` overrides the rule. The first answer goes by `load`, later ones by what was used in between."""
        self._fixed = fixed
        self._cores = cores or physical_cores()
        self._usage = usage
        self._last = usage()
        self._others = load()
        self.last = fixed or self._cores
        """What was last answered."""

    def count(self) -> int:
        """Threads to use now."""
        if self._fixed is not None or self._cores == 1:
            self.last = self._fixed or 1
            return self.last
        now = self._usage()
        elapsed = now.at - self._last.at
        if elapsed >= _SAMPLE_S:
            spent = (now.everyone - self._last.everyone) - (now.own - self._last.own)
            self._others = max(0.0, spent / elapsed)
            self._last = now
        self.last = self._cores - 1 if self._others >= _BUSY_CORES else self._cores
        return self.last
