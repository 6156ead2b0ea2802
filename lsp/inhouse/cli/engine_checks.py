"""The doctor's looks at settings, model, GPU, shared engine, power, indexes, what was learnt, and the last errors."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

from inhouse.cli.checks import Finding, writable
from inhouse.model import ModelError

_NEWEST_INDEXES = 20
_LOOKED_THROUGH_BYTES = 100_000_000
"""An index up to this size is read whole for damage, in half a second; of a larger one the beginning."""
_LAST_ERRORS = 3
_SHOWN_CHARACTERS = 160


def settings() -> Finding:
    """Where settings come from, and which of them could not be used."""
    from inhouse.completion.configuration import configured, user_file

    found = configured(Path.cwd())
    where = ", ".join(f"{name} ({origin})" for name, origin in sorted(found.origins.items())) or "all defaults"
    if found.problems:
        return Finding("settings", "bad", "; ".join(found.problems), f"correct them; {user_file()} is your own file")
    return Finding("settings", "ok", f"{where}; your own file is {user_file()}")


def model() -> Finding:
    """Whether the model in use is there, whole, and can fill."""
    from inhouse.completion.configuration import configured
    from inhouse.model.families import fim_tokens
    from inhouse.model.gguf import read_header
    from inhouse.model.shelf import Shelf
    from inhouse.model.store import embedded_core, resolve, verify

    again = "install inhouse again"
    try:
        wanted = configured().settings.model
        shelf = Shelf()
        path = resolve(wanted, shelf)
        core = embedded_core()
        held = next((one for one in shelf.held() if one.path == path), None)
        if path == core.path:
            verify(core)
        else:
            again = "give another file, or `inhouse model use embedded`"
            if held:
                again = f"`inhouse model pull {held.name}`, or `inhouse model use embedded`"
                shelf.verify(held.name)
        header = read_header(path)
        fim_tokens(header)
    except ModelError as error:
        detail, _, advice = str(error).partition("; ")
        chosen = Shelf().chosen()
        if again == "install inhouse again" and (chosen or configured().settings.model):
            again = f"{advice or 'pull it again'}; or `inhouse model use embedded` and no setting `model`"
        return Finding("model", "bad", detail, again)
    except OSError as error:
        return Finding("model", "bad", f"{error.filename}: {error.strerror}", again)
    size = f"{header.parameters / 1e6:.1f} M parameters, {header.file_bytes / 1e6:.1f} MB"
    sure = "checksum right" if path == core.path or (held and held.sha256) else "nobody has stated a checksum"
    return Finding("model", "ok", f"{path.name}, {size}, {sure}")


def gpu() -> Finding:
    """Whether a GPU is there and the installed build can use it."""
    from inhouse.cli.checks import ask

    try:
        from inhouse.model.native import gpus

        found = gpus()
    except (ImportError, OSError, RuntimeError):
        return Finding("gpu", "note", "not looked for: llama.cpp cannot be loaded", "mend llama.cpp first")
    if found:
        names = ", ".join(f"{one.description} ({one.free_bytes / 1e9:.1f} GB free)" for one in found)
        return Finding("gpu", "ok", names)
    seen = ask("nvidia-smi", "--query-gpu=name", "--format=csv,noheader") if shutil.which("nvidia-smi") else None
    if seen:
        mend = "install a wheel for CUDA, or CMAKE_ARGS=-DGGML_CUDA=on and llama-cpp-python again; then set gpu_layers"
        return Finding("gpu", "note", f"{seen.split(chr(10))[0]}, which the installed llama.cpp cannot use", mend)
    return Finding("gpu", "ok", "none that the installed llama.cpp can use")


def engine() -> Finding:
    """Where the model runs; of a shared engine whether it answers, and what steers it."""
    from inhouse.completion.configuration import configured

    found = configured().settings
    if found.engine != "server":
        return Finding("engine", "ok", "in this process")
    if not found.server_url:
        return Finding("engine", "bad", 'engine = "server" without server_url', "set server_url, or engine = embedded")
    from inhouse.completion.engines import address_of
    from inhouse.model.shared.client import Away
    from inhouse.model.shared.connect import connect
    from inhouse.model.shared.secret import LOOPBACK

    try:
        with closing(connect(address_of(found))) as server:
            detail = f"{server.name}; what steers it: {server.steering}"
    except Away as away:
        mend = "start it, or see to server_url and the network; the embedded core answers meanwhile"
        return Finding("engine", "note", f"{found.server_url} is away ({away})", mend)
    except ModelError as error:
        return Finding("engine", "bad", str(error), "correct it in your own settings, or engine = embedded")
    parts = urlsplit(found.server_url)
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        return Finding("engine", "note", f"{detail}; source goes there in the clear", "use https in server_url")
    return Finding("engine", "ok", detail)


def power() -> Finding:
    from inhouse.model.power import battery_now

    battery = battery_now()
    if battery is None or battery.plugged:
        return Finding("power", "ok", "mains")
    return Finding(
        "power", "note", f"battery, {battery.percent:.0f} %", "answers are shorter; plug in, or power = full"
    )


def indexes() -> Finding:
    """Whether the projects' indexes can be read."""
    from inhouse.model.store import default_cache_folder

    folder = default_cache_folder() / "projects"
    files = list(folder.glob("*.sqlite3")) if folder.is_dir() else []
    for path, why in _bad(files):
        mend = f"delete {path} (it is made anew), or give yourself the right to read it"
        return Finding("indexes", "bad", f"{path.name}: {why}", mend)
    return Finding("indexes", "ok", f"{len(files)} projects")


def learnt() -> Finding:
    """Whether what was learnt can be read. A server sets a damaged file aside and begins anew, which loses it."""
    from inhouse.completion.learning import data_folder

    folder = data_folder()
    files = list(folder.glob("*.sqlite")) if folder.is_dir() else []
    for path, why in _bad(files):
        mend = (
            f"put {path} back from a backup, or delete it (learning begins anew), or give yourself the right to read it"
        )
        return Finding("learnt", "bad", f"{path.name}: {why}", mend)
    if aside := sorted(folder.glob("*.damaged")):
        detail = f"{len(files)} projects; {len(aside)} damaged and set aside"
        return Finding("learnt", "note", detail, f"learning began anew; delete {aside[0]} if you have no use for it")
    return Finding("learnt", "ok", f"{len(files)} projects")


def _bad(files: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    """The databases that cannot be read, of the newest ones, with the reason."""
    for path in sorted(files, key=_age)[:_NEWEST_INDEXES]:
        if why := _unreadable(path):
            yield path, why


def _age(path: Path) -> float:
    try:
        return -path.stat().st_mtime
    except OSError:
        return 0.0


def _unreadable(path: Path) -> str | None:
    """Why a database cannot be read; None if it can."""
    if not os.access(path, os.R_OK | os.W_OK):
        return "you may not read and write it"
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as database:
            if path.stat().st_size > _LOOKED_THROUGH_BYTES:
                database.execute("SELECT count(*) FROM sqlite_master").fetchone()
                return None
            found = str(database.execute("PRAGMA quick_check(1)").fetchone()[0])
    except (OSError, sqlite3.OperationalError) as error:
        return str(error)
    except sqlite3.Error as error:
        return f"damaged: {error}"
    return None if found == "ok" else f"damaged: {found.splitlines()[-1]}"


def folders() -> Finding:
    """Whether settings can be read and models be kept."""
    from inhouse.completion.configuration import user_file
    from inhouse.model.shelf import default_data_folder

    data, config = default_data_folder(), user_file().parent
    if config.exists() and not os.access(config, os.R_OK | os.X_OK):
        return Finding("folders", "bad", f"{config}: you may not read it", "give yourself the right to read it")
    found = writable(data, name="folders", variable="INHOUSE_DATA_DIR")
    return found if found.state == "bad" else Finding("folders", "ok", f"models in {data}, settings in {config}")


def errors() -> Finding:
    """What the server complained of last."""
    lines = last_errors(_LAST_ERRORS)
    if not lines:
        return Finding("errors", "ok", "none kept")
    said = " | ".join(line[:_SHOWN_CHARACTERS] for line in lines)
    return Finding("errors", "note", said, "the newest stand last; `inhouse doctor --bundle FILE.zip` collects them")


def last_errors(count: int) -> list[str]:
    """The last lines that begin an entry in the server's own file of warnings and errors."""
    from inhouse.model.store import default_cache_folder
    from inhouse.server.log import ERRORS_FILE

    try:
        text = (default_cache_folder() / ERRORS_FILE).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    entries = [line for line in text.splitlines() if " WARNING " in line or " ERROR " in line]
    return entries[-count:]
