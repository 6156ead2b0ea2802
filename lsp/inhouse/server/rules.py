"""The settings of each project that is open: its own inhouse.toml counts there, and nowhere else. Opens no project."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from inhouse.completion import Settings
from inhouse.completion.configuration import configured
from inhouse.server.folders import locate

if TYPE_CHECKING:
    from inhouse.server.server import InhouseServer


class Rules:
    """The general settings, and those of the projects in use. Belongs to the event loop."""

    def __init__(self, server: InhouseServer, general: Settings) -> None:
        self._server = server
        self._told: object = None
        self._problems: frozenset[str] = frozenset()
        self.general = general
        """The user's own, with what the editor tells; no project's."""
        self.projects: Mapping[Path, Settings] = {}

    def read(self, told: object) -> None:
        """Read all files anew; `told`: what the editor says. What cannot be used is shown to the user."""
        self._told = told
        roots = roots_in_use(self._server)
        self._server.settings_files.about_to_be_read(roots, told)
        found = configured(editor=told)
        self._problems = frozenset(found.problems)
        self._complain("inhouse", found.problems)
        self.general = found.settings
        self.projects = {root: self._read(root) for root in sorted(roots)}

    def of(self, root: Path) -> Settings:
        """What counts in a project, whose file is read when it is met first."""
        known = self.projects.get(root)
        if known is None:
            self._server.settings_files.also(root)
            known = self._read(root)
            self.projects = {**self.projects, root: known}
            self._server.assistant.tell_projects(self.projects)
        return known

    def keep(self, roots: Collection[Path]) -> None:
        """Forget all other projects."""
        self.projects = {root: one for root, one in self.projects.items() if root in roots}
        self._server.assistant.tell_projects(self.projects)

    @property
    def enabled(self) -> bool:
        """Whether suggestions are wanted in any of the projects."""
        return any(one.enabled for one in self.projects.values()) if self.projects else self.general.enabled

    def _read(self, root: Path) -> Settings:
        found = configured(root, editor=self._told)
        self._complain(f"inhouse: {root.name}", [one for one in found.problems if one not in self._problems])
        return found.settings

    def _complain(self, where: str, problems: Collection[str]) -> None:
        if problems:
            self._server.tell_once(types.MessageType.Warning, f"{where}: {'; '.join(problems)}")


def roots_in_use(server: InhouseServer) -> set[Path]:
    """The workspace's folders, and the projects of the documents outside of them."""
    return {*server.folders, *(locate(uri, server.folders)[0] for uri in server.documents)}
