"""What can be wrong on a machine, each found out by a look of its own. Nothing is changed by looking."""

from __future__ import annotations

import errno
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

import psutil

from inhouse.cli.instructions import processor_flags, unused

State = Literal["ok", "note", "bad"]
"""Fine; worth knowing; does not work."""

OLDEST_PYTHON = (3, 11)
OLDEST_NEOVIM = (0, 11)
"""The first that the plugin is made for."""

NEEDED_BYTES = 500_000_000
"""Free memory for the embedded core, its cache and an index, with room to spare."""

LEAST_DISK_BYTES = 100_000_000
"""An index takes up to this; below it the disk counts as full."""

GRAMMARS = (
    "c", "c_sharp", "cpp", "go", "java", "javascript", "lua", "php", "python", "ruby", "rust", "typescript",
)  # fmt: skip
PACKAGES = ("inhouse", "llama-cpp-python", "pygls", "lsprotocol", "tree-sitter", "numpy")
ASK_S = 10.0
"""An editor that does not tell its version in this time is passed over."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    name: str
    state: State
    detail: str
    mend: str | None = None
    """What to do, where something is to be done."""


def all_findings() -> Iterator[Finding]:
    """Every check in order, each as it is done."""
    from inhouse.cli import engine_checks as parts
    from inhouse.completion.configuration import EDITOR_VARIABLE

    # An editor that asks is there, with its plugin, wherever it keeps the two.
    editors = () if EDITOR_VARIABLE in os.environ else (neovim, vscode)
    checks: tuple[Callable[[], Finding], ...] = (
        python, system, packages, processor, memory, llama, grammars, parts.settings, parts.model, parts.gpu,
        parts.engine, parts.power, index_folder, parts.indexes, parts.learnt, parts.folders, *editors,
        parts.errors,
    )  # fmt: skip
    for check in checks:
        yield check()


def python() -> Finding:
    here = platform.python_version()
    if sys.version_info[:2] < OLDEST_PYTHON:
        return Finding("python", "bad", here, "use Python 3.11 or newer")
    return Finding("python", "ok", f"{here} at {sys.executable}")


def system() -> Finding:
    return Finding("system", "ok", platform.platform())


def packages() -> Finding:
    found: list[str] = []
    for name in PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            mend = build_mend() if name == "llama-cpp-python" else "install inhouse again"
            return Finding("packages", "bad", f"{name} is not installed", mend)
    return Finding("packages", "ok", ", ".join(found))


def processor() -> Finding:
    physical, logical = psutil.cpu_count(logical=False), psutil.cpu_count()
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else logical
    detail = f"{platform.machine()}, {physical or '?'} cores, {logical} threads, {usable} usable here"
    busy = psutil.getloadavg()[0]
    if busy > (usable or 1):
        return Finding("processor", "note", f"{detail}, load {busy:.1f}", "completions are slow while others compute")
    return Finding("processor", "ok", detail)


def memory() -> Finding:
    state = psutil.virtual_memory()
    detail = f"{state.available / 1e9:.1f} of {state.total / 1e9:.1f} GB free"
    if state.available < NEEDED_BYTES:
        return Finding("memory", "bad", detail, "close other programs; the embedded core needs about 0.5 GB")
    return Finding("memory", "ok", detail)


def llama() -> Finding:
    try:
        from inhouse.model.native import build_features
    except (ImportError, OSError, RuntimeError) as error:
        return Finding("llama.cpp", "bad", f"cannot be loaded: {error}", build_mend())
    features = build_features()
    if slower := unused(features, processor_flags()):
        detail = f"made without {', '.join(slower)}, which this processor has: slower than it could be; {features}"
        return Finding("llama.cpp", "note", detail, f"{build_mend()}, made on this machine or for its instructions")
    return Finding("llama.cpp", "ok", features)


def build_mend() -> str:
    """How llama.cpp comes back: by compiling it, which needs a compiler, or as a wheel."""
    if any(shutil.which(name) for name in ("c++", "g++", "clang++", "cl")):
        return "install llama-cpp-python again"
    return "install a C++ compiler (Debian: apt install g++), or a prebuilt wheel; then llama-cpp-python again"


def grammars() -> Finding:
    missing: list[str] = []
    for name in GRAMMARS:
        try:
            import_module(f"tree_sitter_{name}")
        except (ImportError, OSError):
            missing.append(name)
    if missing:
        return Finding("grammars", "bad", f"missing: {', '.join(missing)}", "install inhouse again")
    return Finding("grammars", "ok", ", ".join(GRAMMARS))


def index_folder() -> Finding:
    from inhouse.context import spare
    from inhouse.model.store import default_cache_folder

    found = writable(default_cache_folder())
    if found.state == "bad" and spare.trouble(default_cache_folder()) is not None:
        return replace(found, detail=f"{found.detail}; until then each session makes its index in a temporary folder")
    return found


def writable(
    folder: Path,
    free: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free,
    *,
    name: str = "index",
    variable: str = "INHOUSE_CACHE_DIR",
) -> Finding:
    """Whether something, by default the index, can be kept there; `variable` moves it elsewhere."""
    mend = f"make it writable, or set {variable} to another folder"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            free_bytes = free(folder)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return Finding(name, "bad", f"{folder}: the disk is full", f"make room; or {mend}")
        return Finding(name, "bad", f"{folder}: {error.strerror}", mend)
    if free_bytes < LEAST_DISK_BYTES:
        return Finding(name, "bad", f"{folder}: {free_bytes / 1e6:.0f} MB free", f"make room; or {mend}")
    return Finding(name, "ok", f"{folder} is writable, {free_bytes / 1e9:.1f} GB free")


def neovim() -> Finding:
    said = ask("nvim", "--version")
    if said is None:
        return Finding("neovim", "note", "not found", "install Neovim 0.11 or newer, if you use it")
    name = said.split("\n")[0]
    number = re.search(r"v(\d+)\.(\d+)", name)
    if number is None or (int(number[1]), int(number[2])) < OLDEST_NEOVIM:
        return Finding("neovim", "note", name, "the plugin is made for Neovim 0.11 and newer; update if you can")
    return plugin(Finding("neovim", "ok", name), NEOVIM_PLUGINS, "docs/editors.md says how to add the plugin")


def vscode() -> Finding:
    said = ask("code", "--version")
    if said is None:
        return Finding("vscode", "note", "not found", "install VS Code 1.91 or newer, if you use it")
    here = Finding("vscode", "ok", said.split("\n")[0])
    return plugin(here, VSCODE_PLUGINS, "docs/editors.md says how to install the extension")


NEOVIM_PLUGINS = (
    ".local/share/nvim/site/pack/*/*/*inhouse*", ".local/share/nvim/lazy/*inhouse*", ".config/nvim/lsp/inhouse.lua",
    ".config/nvim/pack/*/*/*inhouse*",
)  # fmt: skip
VSCODE_PLUGINS = (".vscode/extensions/inhouse.inhouse-*", ".vscode-server/extensions/inhouse.inhouse-*")
"""Where the plugins usually are, below the home folder."""


def plugin(editor: Finding, places: Sequence[str], mend: str, home: Path | None = None) -> Finding:
    """The editor with its plugin, or a note that none was found in the usual places."""
    found = [path for place in places for path in (home or Path.home()).glob(place)]
    if not found:
        return Finding(editor.name, "note", f"{editor.detail}; no inhouse plugin in the usual places", mend)
    return Finding(editor.name, "ok", f"{editor.detail}; plugin {found[0].name}")


def ask(*command: str) -> str | None:
    """What a program says on standard output; None if it is not there or does not answer."""
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=ASK_S, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() or None
