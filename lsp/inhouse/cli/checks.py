"""What can be wrong on a machine, each found out by a look of its own. Nothing is changed by looking."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

import psutil

from inhouse.model import ModelError

State = Literal["ok", "note", "bad"]
"""Fine; worth knowing; does not work."""

OLDEST_PYTHON = (3, 11)
NATIVE_NEOVIM = (0, 12)
"""The first Neovim that draws inline completions of language servers itself."""

NEEDED_BYTES = 500_000_000
"""Free memory for the embedded core, its cache and an index, with room to spare."""

GRAMMARS = ("c", "cpp", "go", "java", "javascript", "lua", "python", "rust", "typescript")
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
    checks: tuple[Callable[[], Finding], ...] = (
        python, system, packages, processor, memory, llama, grammars, model, index_folder, neovim, vscode,
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
            return Finding("packages", "bad", f"{name} is not installed", "install inhouse again")
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
        return Finding("llama.cpp", "bad", f"cannot be loaded: {error}", "install llama-cpp-python again")
    return Finding("llama.cpp", "ok", build_features())


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


def model() -> Finding:
    from inhouse.model.gguf import read_header
    from inhouse.model.store import embedded_core, verify

    try:
        core = embedded_core()
        verify(core)
        header = read_header(core.path)
    except ModelError as error:
        return Finding("model", "bad", str(error), "install inhouse again")
    detail = f"{core.path.name}, {header.parameters / 1e6:.1f} M parameters, {header.file_bytes / 1e6:.1f} MB"
    return Finding("model", "ok", f"{detail}, checksum right")


def index_folder() -> Finding:
    from inhouse.model.store import default_cache_folder

    return writable(default_cache_folder())


def writable(folder: Path) -> Finding:
    """Whether the index can be kept there."""
    mend = "make it writable, or set INHOUSE_CACHE_DIR to another folder"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            free_bytes = shutil.disk_usage(folder).free
    except OSError as error:
        return Finding("index", "bad", f"{folder}: {error.strerror}", mend)
    return Finding("index", "ok", f"{folder} is writable, {free_bytes / 1e9:.1f} GB free")


def neovim() -> Finding:
    said = ask("nvim", "--version")
    if said is None:
        return Finding("neovim", "note", "not found", "install Neovim 0.12 or newer, if you use it")
    name = said.split("\n")[0]
    numbers = name.rpartition("v")[2].split("-")[0].split(".")
    if tuple(int(number) for number in numbers[:2] if number.isdigit()) < NATIVE_NEOVIM:
        return Finding("neovim", "note", name, "Neovim 0.12 draws inline completions itself; update if you can")
    return Finding("neovim", "ok", name)


def vscode() -> Finding:
    said = ask("code", "--version")
    if said is None:
        return Finding("vscode", "note", "not found", "install VS Code 1.91 or newer, if you use it")
    return Finding("vscode", "ok", said.split("\n")[0])


def ask(*command: str) -> str | None:
    """What a program says on standard output; None if it is not there or does not answer."""
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=ASK_S, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() or None
