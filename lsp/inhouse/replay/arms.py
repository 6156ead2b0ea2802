"""The arms that are compared: the pipeline with one part switched off, on the same weights.

An arm whose setting this version does not have is not offered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from inhouse.completion import Settings

_SWITCHES: Mapping[str, Mapping[str, Any]] = {
    "full": {},
    "plain": {"project_context": False, "project_mix": False, "name_bias": False, "name_check": False}
    | {"instant_lane": False, "learning": False},
    "no-retrieval": {"project_context": False},
    "no-mix": {"project_mix": False},
    "no-bias": {"name_bias": False},
    "no-check": {"name_check": False},
    "no-instant": {"instant_lane": False},
    "no-gate": {"show_above": 0.0},
    "no-learning": {"learning": False},
}
_OPTIONAL = frozenset({"name_bias", "name_check", "instant_lane", "learning"})

_HAD = frozenset(field.name for field in fields(Settings))

ARMS: Mapping[str, Mapping[str, Any]] = {
    arm: {name: value for name, value in switched.items() if name in _HAD}
    for arm, switched in _SWITCHES.items()
    if len(switched) != 1 or set(switched) <= _HAD or not set(switched) <= _OPTIONAL
}
"""What each arm switches off."""


def settings_of(arm: str, settings: Settings) -> Settings:
    return replace(settings, **ARMS[arm])
