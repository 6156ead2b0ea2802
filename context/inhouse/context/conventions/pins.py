"""What inhouse.toml in the project says about conventions: pinned, denied and added ones. Pins win over mining.

[conventions]
deny = ["read_all", "quotes"]                        # no convention here: house ways, deprecated names, topics
[[conventions.pin]]
house = "open_log"                                   # always do, whatever the counts
foreign = "logging.getLogger"
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from inhouse.context.files import plain_bytes

FILE = "inhouse.toml"


@dataclass(frozen=True, slots=True)
class Pin:
    """A pair that the project states itself."""

    house: str
    foreign: str


@dataclass(frozen=True, slots=True)
class Pins:
    """The user's word on conventions; problem is one line about what could not be read, for the user."""

    pinned: tuple[Pin, ...] = ()
    denied: frozenset[str] = frozenset()
    problem: str = ""

    def denies(self, name: str) -> bool:
        """Whether a house way, deprecated name, topic of a giant or habit is denied, by its name or the last part."""
        return name in self.denied or name.rpartition(".")[2] in self.denied


def read_pins(root: Path) -> Pins:
    """The pins of a project; without the file there are none."""
    try:
        data = tomllib.loads(plain_bytes(root / FILE).decode("utf-8"))
    except FileNotFoundError:
        return Pins()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        return Pins(problem=f"{FILE} cannot be read: {error}")
    section = data.get("conventions", {})
    if not isinstance(section, dict):
        return Pins(problem=f"{FILE}: conventions must be a table")
    table = cast("dict[str, Any]", section)
    pinned: list[Pin] = []
    problem = ""
    for entry in _entries(table.get("pin", [])):
        house, foreign = entry.get("house"), entry.get("foreign", "")
        if isinstance(house, str) and isinstance(foreign, str):
            pinned.append(Pin(house, foreign))
        else:
            problem = f"{FILE}: a conventions.pin needs house (and may have foreign), both strings"
    denied: Any = table.get("deny", [])
    return Pins(tuple(pinned), frozenset(str(name) for name in _list(denied)), problem)


def _entries(data: Any) -> list[dict[str, Any]]:
    return [cast("dict[str, Any]", entry) for entry in _list(data) if isinstance(entry, dict)]


def _list(data: Any) -> list[Any]:
    return list(cast("Iterable[Any]", data)) if isinstance(data, list) else []
