"""What the user can set: one flat schema for flags, environment and editors. It reads no files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, cast

_TYPE_NAMES = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "list": "a list of texts",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting with its default. Names are the same in the server and in both editors."""

    enabled: bool = True
    """False: every request is answered with nothing, and no model runs."""
    model: str | None = None
    """Path of a GGUF file; None: the embedded core."""
    threads: int | None = field(default=None, metadata={"min": 1, "max": 256})
    """Threads for the model; None: one for each physical core, one fewer while other processes are busy."""
    gpu_layers: int = field(default=0, metadata={"min": 0, "max": 1000})
    """Layers kept on the GPU, where the installed llama.cpp build has a GPU back-end."""
    context_tokens: int = field(default=2048, metadata={"min": 256, "max": 32768})
    """Prompt and answer together, in tokens; at most what the model was trained for."""
    max_tokens: int = field(default=48, metadata={"min": 1, "max": 256})
    """Longest answer, in tokens."""
    time_limit_ms: int = field(default=1500, metadata={"min": 50, "max": 60_000})
    """A decode that lasts longer is cut off, in milliseconds."""
    show_above: float = field(default=0.25, metadata={"min": 0, "max": 1})
    """A suggestion is shown while typing if the chance that it is kept is at least this: 0.1 chatty, 0.5 quiet."""
    project_context: bool = True
    """False: the model sees the current file only."""
    project_mix: bool = True
    """False: what usually follows in this project does not weigh in while the model writes."""
    languages_off: tuple[str, ...] = ()
    """Language ids, such as "markdown", in which nothing is suggested."""

    @staticmethod
    def parse(raw: object) -> tuple[Settings, list[str]]:
        """Settings from an editor's or a file's mapping, with one line for each entry that was not usable.

        Unknown names and bad values never fail: the defaults stand in for them.
        """
        if raw is None:
            return Settings(), []
        if not isinstance(raw, Mapping):
            return Settings(), [f"settings must be a table of names and values, not {type(raw).__name__}"]
        good: dict[str, Any] = {}
        problems: list[str] = []
        known = {f.name: f for f in fields(Settings)}
        for name, value in cast("Mapping[object, object]", raw).items():
            if not isinstance(name, str) or name not in known:
                problems.append(f"unknown setting {str(name)[:60]!r}; known are {', '.join(known)}")
                continue
            problem = _problem(known[name].default, cast("Mapping[str, int]", known[name].metadata), value)
            if problem:
                problems.append(f"setting {name!r} {problem}; its default is used")
            elif isinstance(value, list):
                good[name] = tuple(cast("list[str]", value))
            else:
                good[name] = value
        return replace(Settings(), **good), problems


def _problem(default: object, limits: Mapping[str, int], value: object) -> str | None:
    """What is wrong with a value, or None."""
    if isinstance(default, tuple):
        texts = isinstance(value, list) and all(isinstance(entry, str) for entry in cast("list[object]", value))
        return None if texts else f"must be {_TYPE_NAMES['list']}"
    if value is None:
        return None if default is None else "must not be empty"
    if limits:
        wanted = float if isinstance(default, float) else int
        if isinstance(value, bool) or not isinstance(value, int | wanted):
            return f"must be {_TYPE_NAMES[wanted.__name__]}"
        low, high = limits["min"], limits["max"]
        return None if low <= value <= high else f"must be from {low} to {high}"
    expected = bool if isinstance(default, bool) else str
    return None if isinstance(value, expected) else f"must be {_TYPE_NAMES[expected.__name__]}"
