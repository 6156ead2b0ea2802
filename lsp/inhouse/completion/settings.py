"""What the user can set: one flat schema for files, editors, environment and flags. It reads none of them.

A setting marked `machine` names a file or an address, or spends what the user's machine has: a project must not set it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields, replace
from pathlib import Path
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
    model: str | None = field(default=None, metadata={"machine": True})
    """A model's name in the catalogue, or the path of a GGUF file; None: what `inhouse model use` chose, else the
    embedded core."""
    engine: str = field(default="embedded", metadata={"choices": ("embedded", "server"), "machine": True})
    """embedded: the model runs in this process. server: it runs where server_url says, with the embedded core to fall
    back on. The text around the cursor and the project's related code are sent there."""
    server_url: str | None = field(default=None, metadata={"machine": True})
    """Address of a llama-server or of an OpenAI-compatible server, such as "https://gpu.example.com:8000"."""
    server_kind: str = field(default="auto", metadata={"choices": ("auto", "llama", "openai"), "machine": True})
    """What server_url speaks: llama.cpp's own interface, or OpenAI's /v1/completions; auto: found out by asking."""
    server_model: str | None = field(default=None, metadata={"machine": True})
    """The model's name on the server; None: the first that it lists."""
    server_family: str | None = field(default=None, metadata={"machine": True})
    """How that model was taught to fill: a family named by `inhouse model list`; None: known from the model's name."""
    server_timeout_ms: int = field(default=3000, metadata={"min": 100, "max": 60_000, "machine": True})
    """A server that has not begun to answer in this time, in milliseconds, counts as away."""
    power: str = field(default="auto", metadata={"choices": ("auto", "full", "saving"), "machine": True})
    """auto: one line, 16 tokens and no work ahead, on battery or while other programs keep all cores busy; below 20 %
    of the battery, only what the project knows without the model. full: never less. saving: always less."""
    threads: int | None = field(default=None, metadata={"min": 1, "max": 256, "machine": True})
    """Threads for the model; None: one for each physical core, one fewer while other processes are busy."""
    gpu_layers: int = field(default=0, metadata={"min": 0, "max": 1000, "machine": True})
    """Layers kept on the GPU, where the installed llama.cpp build has a GPU back-end."""
    flash_attention: str = field(default="auto", metadata={"choices": ("auto", "on", "off"), "machine": True})
    """Flash attention; auto: off on a CPU, where it slows drafts and alternatives, llama.cpp's choice on a GPU."""
    kv_type: str = field(default="f16", metadata={"choices": ("f16", "q8_0"), "machine": True})
    """What the model's memory of a prompt is kept as; q8_0 takes half the space and is slower on a CPU."""
    drafts: bool = field(default=True, metadata={"machine": True})
    """False: the model never checks several guessed tokens at once, which it does where that pays on this machine."""
    context_tokens: int = field(default=2048, metadata={"min": 256, "max": 32768, "machine": True})
    """Prompt and answer together, in tokens; at most what the model was trained for."""
    max_tokens: int = field(default=48, metadata={"min": 1, "max": 256})
    """Longest answer, in tokens."""
    max_lines: int = field(default=6, metadata={"min": 1, "max": 40})
    """Longest answer, in lines, where a block begins, after an accept and when asked for by a key; else one line."""
    time_limit_ms: int = field(default=1500, metadata={"min": 50, "max": 60_000})
    """Time for writing and weighing the answers to a request once its prompt is read, in milliseconds; then what is
    there counts."""
    show_above: float = field(default=0.25, metadata={"min": 0, "max": 1})
    """How sure a suggestion must be to be shown while typing: 0.1 chatty, 0.4 quiet. A line, a part of it or its first
    word needs about twice this chance, and must save more keys than it may cost."""
    project_context: bool = True
    """False: the model sees the current file only."""
    context_percent: int | None = field(default=None, metadata={"min": 0, "max": 80})
    """Share of the prompt for other files, in percent; None: by the size of the model, nothing for the smallest."""
    project_mix: bool = True
    """False: what usually follows in this project does not weigh in while the model writes."""
    name_bias: bool = True
    """False: names that are unknown here, deprecated or avoided by the project are as good as any others."""
    name_check: bool = True
    """False: suggestions with names that exist nowhere, or with a wrong number of arguments, are shown like others."""
    project_lines: bool = True
    """False: what stands elsewhere in the project after the same words is not weighed against the model's answer."""
    adapted_lines: bool = True
    """False: lines with one name replaced by one from near the cursor are not among the alternatives."""
    searched_lines: bool = True
    """False: the model does not look for its likeliest lines where alternatives are wanted; only small ones do."""
    beginnings: bool = True
    """False: where the whole line is not sure enough, nothing is shown instead of its first words."""
    line_parts: bool = True
    """False: of an unsure line the first word alone can be shown, never more of it."""
    instant_lane: bool = True
    """False: the model is asked even where the project alone is nearly sure of the rest of the line or name."""
    suggestion_cache: bool = True
    """False: typing along a suggestion asks the model again at each key."""
    look_ahead: bool = True
    """False: what follows a suggestion's acceptance is not computed while it is on the screen."""
    learning: bool = True
    """False: nothing is learnt from what became of suggestions, and what was learnt before does not count."""
    languages_off: tuple[str, ...] = ()
    """Language ids, such as "markdown", in which nothing is suggested; Vim's names, such as "cs", do as well."""

    def is_off(self, language: str) -> bool:
        """Whether nothing is suggested in a language, by whatever name editors call it; empty: not known."""
        return _common(language) in map(_common, self.languages_off)

    @staticmethod
    def parse(raw: object) -> tuple[Settings, list[str]]:
        """Settings from an editor's or a file's mapping, with one line for each entry that was not usable.

        Unknown names and bad values never fail: the defaults stand in for them.
        """
        good, problems = usable(raw)
        return replace(Settings(), **good), problems


_COMMON_NAMES = {
    "bash": "shellscript",
    "cs": "csharp",
    "jsx": "javascriptreact",
    "make": "makefile",
    "sh": "shellscript",
    "tex": "latex",
    "text": "plaintext",
    "tsx": "typescriptreact",
    "zsh": "shellscript",
}
"""The protocol's ids of languages that Vim and its kin call otherwise."""


def _common(language: str) -> str:
    return _COMMON_NAMES.get(language, language)


def usable(raw: object) -> tuple[dict[str, Any], list[str]]:
    """The entries of a mapping that can be used, by name, and one line for each that cannot."""
    if raw is None:
        return {}, []
    if not isinstance(raw, Mapping):
        return {}, [f"settings must be a table of names and values, not {type(raw).__name__}"]
    good: dict[str, Any] = {}
    problems: list[str] = []
    for name, value in cast("Mapping[object, object]", raw).items():
        if not isinstance(name, str) or name not in KNOWN:
            problems.append(f"unknown setting {str(name)[:60]!r}; known are {', '.join(KNOWN)}")
            continue
        problem = _problem(KNOWN[name].default, KNOWN[name].metadata, value)
        if problem:
            problems.append(f"setting {name!r} {problem}; it does not count")
        else:
            good[name] = tuple(cast("list[str]", value)) if isinstance(value, list) else value
    return good, problems


def is_machines(name: str) -> bool:
    """Whether only the user may set this, and no project."""
    return bool(KNOWN[name].metadata.get("machine"))


def from_text(name: str, text: str) -> object:
    """The value that a text means, as flags and environment variables give it; the text itself where it means none."""
    default, limits = KNOWN[name].default, KNOWN[name].metadata
    if isinstance(default, tuple):
        return [entry.strip() for entry in text.split(",") if entry.strip()]
    if isinstance(default, bool):
        return {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}.get(text.lower(), text)
    if "min" in limits:
        try:
            return float(text) if isinstance(default, float) else int(text)
        except ValueError:
            return text
    return text


def _problem(default: object, limits: Mapping[str, Any], value: object) -> str | None:
    """What is wrong with a value, or None."""
    if isinstance(default, tuple):
        texts = isinstance(value, list) and all(isinstance(entry, str) for entry in cast("list[object]", value))
        return None if texts else f"must be {_TYPE_NAMES['list']}"
    if value is None:
        return None if default is None else "must not be empty"
    if "min" in limits:
        wanted = float if isinstance(default, float) else int
        if isinstance(value, bool) or not isinstance(value, int | wanted):
            return f"must be {_TYPE_NAMES[wanted.__name__]}"
        low, high = limits["min"], limits["max"]
        return None if low <= value <= high else f"must be from {low} to {high}"
    if "choices" in limits:
        return None if value in limits["choices"] else f"must be one of {', '.join(limits['choices'])}"
    expected = bool if isinstance(default, bool) else str
    return None if isinstance(value, expected) else f"must be {_TYPE_NAMES[expected.__name__]}"


class SettingsByProject:
    """Which settings count in a project: those told for it, else the general ones. Every thread may ask."""

    def __init__(self, general: Settings) -> None:
        self.general = general
        self.projects: Mapping[Path, Settings] = {}
        """By the project's root; replaced as a whole."""

    def __call__(self, root: Path) -> Settings:
        return self.projects.get(root, self.general)


KNOWN: Mapping[str, Field[Any]] = {one.name: one for one in fields(Settings)}
"""Every setting by its name."""
