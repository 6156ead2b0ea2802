"""Models known by name: where each is published, under which licence, and about how large it is.

catalogue.toml travels with the program; models.toml in the user's configuration folder adds entries of the same form.
Nothing here opens a socket.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from importlib import resources
from pathlib import Path
from types import NoneType
from typing import Any, cast

from platformdirs import user_config_path

from inhouse.model.fill import ModelError

OWN_FILE = "models.toml"
_FORMAT = 1
BITS_PER_WEIGHT = {
    "Q2_K": 3.4, "Q3_K_M": 3.9, "Q4_0": 4.6, "Q4_K_S": 4.6, "Q4_K_M": 4.9, "Q5_K_M": 5.7, "Q6_K": 6.6, "Q8_0": 8.5,
    "F16": 16.0, "BF16": 16.0,
}  # fmt: skip
"""Of whole files on average; a guess of the size until the hub has stated it."""


@dataclass(frozen=True, slots=True)
class File:
    """One published file of a model."""

    quantisation: str
    repository: str
    """owner/name on the hub."""
    revision: str = "main"
    """A branch or a commit; what was pulled is remembered by its commit."""
    file: str | None = None
    """None: chosen from the repository's listing by its quantisation."""
    bytes: int | None = None
    sha256: str | None = None
    """Pinned; None: as the hub states it at the time of the pull."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One model."""

    name: str
    title: str
    parameters: int
    family: str
    licence: str
    open: bool
    """Whether the licence lets everybody use it for everything; otherwise the user is asked."""
    files: tuple[File, ...]
    """The best one first."""
    licence_url: str | None = None
    context_tokens: int | None = None
    own: bool = False
    """From the user's models.toml."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One file of one model."""

    entry: Entry
    file: File

    @property
    def name(self) -> str:
        """As the user writes it: NAME:QUANTISATION, in lower case."""
        return f"{self.entry.name}:{self.file.quantisation.lower()}"

    @property
    def folder(self) -> str:
        """Name of its folder in the store."""
        return self.name.replace(":", "-")

    @property
    def about_bytes(self) -> int:
        """Size of the file, guessed from the parameters where nobody has stated it."""
        bits = BITS_PER_WEIGHT.get(self.file.quantisation.upper(), 16.0)
        return self.file.bytes or int(self.entry.parameters * bits / 8)

    @property
    def size_is_known(self) -> bool:
        return self.file.bytes is not None


def own_file(environ: Mapping[str, str] = os.environ) -> Path:
    """Where the user's own entries stand."""
    folder = environ.get("INHOUSE_CONFIG_DIR")
    return (Path(folder) if folder else user_config_path("inhouse")) / OWN_FILE


def catalogue(own: Path | None = None) -> list[Entry]:
    """All known models, smallest first; the user's own win over those of the same name. Raises ModelError."""
    shipped = (resources.files("inhouse.model") / "catalogue.toml").read_text(encoding="utf-8")
    entries = {entry.name: entry for entry in parse(shipped, "catalogue.toml")}
    path = own or own_file()
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        text = ""
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"{path}: cannot be read ({error}); mend or remove it") from None
    entries |= {entry.name: entry for entry in parse(text, str(path), own=True)}
    return sorted(entries.values(), key=lambda entry: entry.parameters)


def choices(entries: Iterable[Entry] | None = None) -> list[Choice]:
    """Every file of every model."""
    return [Choice(entry, file) for entry in (catalogue() if entries is None else entries) for file in entry.files]


def find(name: str, entries: Iterable[Entry] | None = None) -> Choice:
    """The file that NAME or NAME:QUANTISATION means. Raises ModelError, naming what is near."""
    known = choices(entries)
    wanted, _, quantisation = name.lower().partition(":")
    found = [one for one in known if one.entry.name == wanted]
    for one in found:
        if quantisation in ("", one.file.quantisation.lower()):
            return one
    if found:
        offered = ", ".join(one.name for one in found)
        raise ModelError(f"{name}: the catalogue has no such quantisation of it; it has {offered}")
    if Path(name).is_dir():
        raise ModelError(f"{name}: is a folder; give the GGUF file in it, or a model of the catalogue")
    near = difflib.get_close_matches(wanted, {one.entry.name for one in known}, 3, 0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else "`inhouse model list` names them"
    raise ModelError(f"{name}: neither a model of the catalogue nor a file; {hint}")


def parse(text: str, source: str, *, own: bool = False) -> list[Entry]:
    """Entries of a catalogue file. Raises ModelError with the file and the entry that is wrong."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ModelError(f"{source}: not TOML ({error}); mend or remove it") from None
    if data.get("version", _FORMAT) != _FORMAT:
        raise ModelError(f"{source}: format {data['version']}, but this program knows {_FORMAT}; update inhouse")
    entries: list[Entry] = []
    rows: object = data.get("model", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in cast("list[object]", rows)):
        raise ModelError(f"{source}: models stand under [[model]]; docs/models.md shows a whole entry")
    for number, raw in enumerate(cast("list[dict[str, Any]]", rows), 1):
        name = str(raw.get("name", f"number {number}"))
        try:
            files = tuple(File(**cast("dict[str, Any]", file)) for file in raw["files"])
            facts: dict[str, Any] = {**raw, "name": name.lower(), "files": files, "own": own}
            entry = Entry(**facts)
        except (TypeError, KeyError) as error:
            raise ModelError(f"{source}: model {name}: {_said(error)}; docs/models.md shows a whole entry") from None
        _check(entry, source)
        entries.append(entry)
    return entries


def _said(error: Exception) -> str:
    """What is missing or unknown, without the class' name."""
    return str(error).rpartition("() ")[2] if isinstance(error, TypeError) else f"{error} is missing"


def _check(entry: Entry, source: str) -> None:
    """The types that the rest relies on."""
    wrong = [*_wrong(entry), *(name for file in entry.files for name in _wrong(file))]
    if wrong:
        raise ModelError(
            f"{source}: model {entry.name}: {', '.join(wrong)}: of the wrong kind; docs/models.md shows a whole entry"
        )
    good = (
        bool(entry.files)
        and ":" not in entry.name
        and "/" not in entry.name
        and not entry.name.startswith(".")
        and all(file.repository.count("/") == 1 for file in entry.files)
    )
    if not good:
        raise ModelError(
            f"{source}: model {entry.name}: needs a name without : and /, and files with repository = OWNER/NAME; "
            "docs/models.md shows a whole entry"
        )


_KINDS: Mapping[str, type | tuple[type, ...]] = {
    "parameters": int,
    "open": bool,
    "files": tuple,
    **dict.fromkeys(("context_tokens", "bytes"), (int, NoneType)),
    **dict.fromkeys(("licence_url", "file", "sha256"), (str, NoneType)),
}
"""All others are texts."""


def _wrong(told: Entry | File) -> list[str]:
    """Fields of another type than declared: TOML has types of its own."""
    return [
        one.name
        for one in fields(told)
        if one.name != "own"
        and (
            not isinstance(value := getattr(told, one.name), _KINDS.get(one.name, str))
            or (isinstance(value, bool) and one.name != "open")
        )
    ]
