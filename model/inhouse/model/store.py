"""Which file is meant by a model's name: the embedded core, one from the shelf, or a path. It loads nothing."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from platformdirs import user_cache_path

from inhouse.model.catalogue import find
from inhouse.model.fill import ModelError
from inhouse.model.shelf import Shelf, sha256_of


@dataclass(frozen=True, slots=True)
class Core:
    """The model that travels with the program."""

    path: Path
    sha256: str
    card: str
    """What it is, made of and good for; Markdown."""


def embedded_core() -> Core:
    """The core in this installation. Raises ModelError when its files are not there."""
    folder = Path(str(resources.files("inhouse.model"))) / "core"
    try:
        entry = json.loads((folder / "core.json").read_text(encoding="utf-8"))
        card = (folder / entry["card"]).read_text(encoding="utf-8")
    except (OSError, ValueError, KeyError):
        raise ModelError(f"{folder}: the embedded core is incomplete; install inhouse again") from None
    core = Core(folder / entry["file"], entry["sha256"], card)
    if not core.path.is_file():
        raise ModelError(f"{core.path}: the embedded core is missing; install inhouse again, or give --model PATH")
    return core


EMBEDDED = "embedded"
"""Name of the core that travels with the program."""


def resolve(model: str | None, shelf: Shelf | None = None) -> Path:
    """Path of the model that the user means. Raises ModelError with what to do.

    None means what `inhouse model use` chose, else the embedded core, verified; a text is a path or a name of the
    catalogue.
    """
    shelf = shelf or Shelf()
    model = model or shelf.chosen()
    if not model or model == EMBEDDED:
        core = embedded_core()
        verify_once(core)
        return core.path
    path = Path(model).expanduser()
    if path.is_dir() and len(path.parts) > 1:
        raise ModelError(f"{path}: is a folder; give the path of a .gguf file in it")
    if path.is_file():
        return path
    if len(path.parts) > 1 or path.suffix == ".gguf":
        raise ModelError(f"{path}: no such model file; give the path of a .gguf file, or leave --model out")
    return _on_shelf(model, shelf)


def _on_shelf(model: str, shelf: Shelf) -> Path:
    held = shelf.get(model)
    if held is None:
        name = find(model).name
        raise ModelError(f"{name}: not fetched yet; run `inhouse model pull {name}`")
    if not held.is_whole:
        raise ModelError(f"{held.path}: is not whole any more; run `inhouse model pull {held.name}` to mend it")
    return held.path


def verify(core: Core) -> None:
    """Compare the core's checksum. Raises ModelError when it differs."""
    try:
        actual = sha256_of(core.path)
    except OSError as error:
        raise ModelError(f"{core.path}: cannot be read ({error.strerror}); check its permissions") from None
    if actual != core.sha256:
        raise ModelError(f"{core.path}: the embedded core is damaged (checksum differs); install inhouse again")


def verify_once(core: Core, cache_folder: Path | None = None) -> None:
    """Verify the core unless this very file (size and time of change) was verified before.

    A stamp in the cache folder remembers it. Where the stamp cannot be written, the check is made each time.
    """
    status = core.path.stat()
    stamp = (cache_folder or default_cache_folder()) / "verified" / core.sha256
    seen = f"{core.path}\n{status.st_size}\n{status.st_mtime_ns}\n"
    try:
        if stamp.read_text(encoding="utf-8") == seen:
            return
    except OSError:
        pass  # not verified yet, or an unreadable cache: verify now
    verify(core)
    try:
        stamp.parent.mkdir(parents=True, exist_ok=True)
        stamp.write_text(seen, encoding="utf-8")
    except OSError:
        pass  # a read-only cache costs a check at each start, nothing more


def default_cache_folder() -> Path:
    """The user's cache folder for inhouse; INHOUSE_CACHE_DIR overrides it."""
    override = os.environ.get("INHOUSE_CACHE_DIR")
    return Path(override) if override else user_cache_path("inhouse")
