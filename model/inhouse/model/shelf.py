"""The models that the user has fetched: a folder each, with a note beside the file of what it is and its checksum.

Which of them is in use stands in the file `chosen`. It fetches nothing and loads nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, cast

from platformdirs import user_data_path

from inhouse.model.fill import ModelError

_HASH_CHUNK_BYTES = 1 << 20
NOTE = "model.json"
CHOSEN = "chosen"


@dataclass(frozen=True, slots=True)
class Held:
    """A model on the shelf."""

    name: str
    """NAME:QUANTISATION, or the folder's name for a file that was put there by hand."""
    path: Path
    bytes: int
    """As it should be; of a file without a note, as it is."""
    sha256: str | None = None
    """None: put there by hand and never verified."""
    stated_by: str = "nobody"
    """Who says that this is the right checksum: catalogue, hub, or nobody but the file itself."""
    repository: str | None = None
    revision: str | None = None
    """The commit that was pulled."""
    licence: str | None = None
    family: str | None = None

    @property
    def is_whole(self) -> bool:
        """Whether the file has its right length, which costs nothing to look at."""
        try:
            return self.path.stat().st_size == self.bytes
        except OSError:
            return False


def default_data_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Where what cannot be made again is kept; INHOUSE_DATA_DIR overrides it."""
    override = environ.get("INHOUSE_DATA_DIR")
    return Path(override) if override else user_data_path("inhouse")


class Shelf:
    """The folder of fetched models."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or default_data_folder() / "models"

    def held(self) -> list[Held]:
        """Every model with a GGUF file on the shelf, by name."""
        with suppress(OSError):
            found = [self._held(place) for place in sorted(self.folder.iterdir()) if place.is_dir()]
            return [one for one in found if one is not None]
        return []

    def get(self, name: str) -> Held | None:
        """The model of that name; NAME alone means the one of its quantisations that is here, the first if several."""
        wanted = name.lower()
        for one in self.held():
            if wanted in (one.name, one.name.partition(":")[0], one.path.parent.name):
                return one
        return None

    def must_get(self, name: str) -> Held:
        """The model of that name. Raises ModelError."""
        found = self.get(name)
        if found is None:
            here = ", ".join(one.name for one in self.held()) or "nothing yet"
            raise ModelError(f"{name}: not on this machine (here: {here}); fetch it with `inhouse model pull {name}`")
        return found

    def note(self, held: Held) -> None:
        """Write down what a file is. Raises OSError."""
        facts = {key: value for key, value in asdict(held).items() if key != "path"} | {"file": held.path.name}
        write_whole(held.path.parent / NOTE, json.dumps(facts, indent=1) + "\n")

    def remove(self, held: Held) -> None:
        """Delete a model with its note and half-fetched files; no longer chosen if it was. Raises OSError."""
        if self.chosen() == held.name:
            self.choose(None)
        self.remove_folder(held.path.parent)

    def remove_folder(self, folder: Path) -> None:
        """Delete a folder of the shelf. Raises OSError."""
        assert folder.parent == self.folder, f"{folder} is not on the shelf"
        shutil.rmtree(folder)

    def verify(self, name: str, pinned: str | None = None) -> Held:
        """Compare a file with its checksum, of the note or `pinned`; what was put there by hand gets its note.

        Raises ModelError with what to do.
        """
        held = self.must_get(name)
        wanted = pinned or held.sha256
        try:
            if wanted is None and not held.is_whole:
                raise ModelError(f"{held.path}: is gone; fetch it with `inhouse model pull {held.name}`")
            actual = sha256_of(held.path)
            if wanted not in (None, actual):
                raise ModelError(
                    f"{held.path}: is damaged (checksum differs); `inhouse model remove {held.name}`, then pull it"
                )
            checked = replace(held, sha256=actual, stated_by="catalogue" if pinned else held.stated_by)
            self.note(checked)
        except OSError as error:
            raise ModelError(f"{held.path}: {error.strerror}; see to its permissions, or pull it again") from None
        return checked

    def chosen(self) -> str | None:
        """What `inhouse model use` chose: a name on the shelf or an absolute path; None: the embedded core."""
        try:
            return (self.folder / CHOSEN).read_text(encoding="utf-8").strip() or None
        except (OSError, UnicodeDecodeError):
            return None

    def choose(self, name: str | None) -> None:
        """Use this model from now on. Raises OSError."""
        if name is None:
            (self.folder / CHOSEN).unlink(missing_ok=True)
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        write_whole(self.folder / CHOSEN, name + "\n")

    def _held(self, place: Path) -> Held | None:
        try:
            facts = cast("dict[str, Any]", json.loads((place / NOTE).read_text(encoding="utf-8")))
            return Held(path=place / facts.pop("file"), **facts)
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            pass  # no note, or not ours: a file put there by hand counts all the same
        file = next(iter(sorted(place.glob("*.gguf"))), None)
        return Held(place.name, file, file.stat().st_size) if file else None


def write_whole(path: Path, text: str) -> None:
    """Write a small file so that it is there as a whole or as it was before. Raises OSError."""
    partial = path.with_name(path.name + ".new")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


def sha256_of(path: Path) -> str:
    """Checksum of a file's bytes, in hexadecimal. Raises OSError."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_HASH_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
