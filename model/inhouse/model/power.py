"""Whether the machine can spare the work of a model: on mains or battery, idle or busy. It decides nothing else."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import psutil

from inhouse.model.fill import FillRequest
from inhouse.model.threads import Usage, physical_cores, usage_now

Wish = Literal["auto", "full", "saving"]
Mode = Literal["full", "saving", "instant"]
"""Everything; shorter answers and no work ahead; only what needs no model."""

LOW_PERCENT = 20.0
"""A battery below this is for what the user asked for."""
_NOTHING_IDLE = 0.95
_MOST_OF_IT = 0.75
"""Shares of the cores: nothing is left idle, and most is not ours. A machine that is full never shows more, for our own
work takes its part (0.3 of 2 cores beside six hungry processes)."""
_SAMPLE_S = 5.0
"""Between two looks: a compiler run of a few seconds is no reason to change what is shown."""


@dataclass(frozen=True, slots=True)
class Battery:
    percent: float
    plugged: bool


@dataclass(frozen=True, slots=True)
class PowerState:
    """What is known, and what follows from it."""

    source: Literal["mains", "battery"]
    percent: float | None
    """Of the battery; None: there is none."""
    busy: bool
    """Other programs keep all cores busy."""
    mode: Mode


def battery_now() -> Battery | None:
    """The machine's battery; None where there is none, or nobody can tell."""
    if not hasattr(psutil, "sensors_battery"):
        return None
    try:
        found = psutil.sensors_battery()
    except (OSError, RuntimeError, ValueError, FileNotFoundError):  # odd power supplies below /sys
        return None
    return Battery(float(found.percent), found.power_plugged is not False) if found else None


_THRIFTY_TOKENS = 16


def thrifty(request: FillRequest) -> FillRequest:
    """The same hole, filled with less: one answer of one short line."""
    return replace(request, max_tokens=min(request.max_tokens, _THRIFTY_TOKENS), max_lines=1, alternatives=1)


class Power:
    """Looks at the machine from time to time. `usage` counts everybody's processor time and our own."""

    def __init__(
        self,
        wish: Wish = "auto",
        *,
        battery: Callable[[], Battery | None] = battery_now,
        usage: Callable[[], Usage] = usage_now,
        cores: int | None = None,
    ) -> None:
        self.wish: Wish = wish
        self._battery_now = battery
        self._usage = usage
        self._cores = cores or physical_cores()
        self._last = usage()
        self._looked = float("-inf")
        self._battery: Battery | None = None
        self._busy = False

    def state(self, now: float | None = None) -> PowerState:
        """The state as of the last look, which is never older than a few seconds. `now` in seconds."""
        now = time.monotonic() if now is None else now
        if now - self._looked >= _SAMPLE_S:
            self._look()
            self._looked = now
        battery = self._battery
        on_battery = battery is not None and not battery.plugged
        low = on_battery and battery is not None and battery.percent < LOW_PERCENT
        mode: Mode = "full"
        if self.wish == "saving" or (self.wish == "auto" and (on_battery or self._busy)):
            mode = "instant" if self.wish == "auto" and low else "saving"
        return PowerState("battery" if on_battery else "mains", battery.percent if battery else None, self._busy, mode)

    def _look(self) -> None:
        self._battery = self._battery_now()
        now = self._usage()
        elapsed = now.at - self._last.at
        if elapsed > 0:
            everyone, own = now.everyone - self._last.everyone, now.own - self._last.own
            whole = self._cores * elapsed
            self._busy = everyone >= _NOTHING_IDLE * whole and everyone - own >= _MOST_OF_IT * whole
        self._last = now
