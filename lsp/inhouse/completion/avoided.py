"""What the project does without: names that it calls deprecated, and the foreign half of a house way.

Made of mined conventions; it looks at one name and what stands before its dot, nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from inhouse.completion.identifiers import Spot
from inhouse.context import Conventions
from inhouse.context.conventions.pinned import PINNED

_LEAST_USES = 3
"""House calls that make a way a habit here."""


@dataclass(frozen=True, slots=True)
class Avoided:
    """Names to avoid, each with why, and the files in which they are at home."""

    names: Mapping[str, str] = field(default_factory=dict[str, str])
    """Full foreign or deprecated names, such as `os.getcwd` or `old_load`: the reason, for people."""
    homes: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    """Where a name may be used all the same: the wrapper's own file, the deprecated thing's file."""

    def why(self, spot: Spot, path: str) -> str | None:
        """Why the name is avoided in this file; None if it is not."""
        name = spot.name if spot.role != "member" else f"{spot.receiver}.{spot.name}"
        found = self.names.get(name)
        return found if found is not None and path not in self.homes.get(name, ()) else None

    def at(self, spot: Spot, path: str) -> tuple[str, ...]:
        """The names to avoid where this one begins: those behind its receiver, or those that stand alone."""
        dotted = f"{spot.receiver}." if spot.role == "member" else ""
        here = [name for name in self.names if name.rpartition(".")[0] == dotted[:-1] and name.startswith(dotted)]
        return tuple(sorted(name[len(dotted) :] for name in here if path not in self.homes.get(name, ())))


def avoided_of(conventions: Conventions) -> Avoided:
    """The avoided names of a project's conventions; what is used more than its house way is none, unless pinned."""
    names: dict[str, str] = {}
    homes: dict[str, set[str]] = {}
    for wrapper in conventions.wrappers:
        settled = wrapper.house_uses >= _LEAST_USES and wrapper.house_uses > wrapper.foreign_uses
        if wrapper.foreign and (settled or wrapper.how == PINNED):
            place = f"{wrapper.path}:{wrapper.line}" if wrapper.path else "inhouse.toml"
            names.setdefault(wrapper.foreign, f"the project uses {wrapper.house} ({place})")
            homes.setdefault(wrapper.foreign, set()).add(wrapper.path)
    for item in conventions.deprecated:
        instead = f"; use {item.instead}" if item.instead else ""
        names.setdefault(item.name, f"deprecated in {item.path}:{item.line}{instead}")
        homes.setdefault(item.name, set()).add(item.path)
    return Avoided(names, {name: frozenset(paths) for name, paths in homes.items()})
