"""How many threads llama.cpp gets.

The rule: one for each physical core that this process may use. Hyper-threads and more threads than cores make a decode
slower, since every layer waits for the slowest one.
"""

from __future__ import annotations

import os

import psutil


def physical_cores() -> int:
    """Physical cores this process may run on, at least 1."""
    physical: int | None = psutil.cpu_count(logical=False)
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(physical or allowed, allowed))
