"""An assistant that has some settings of its own, for servers in tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from inhouse.completion import Assistant, Settings


class ForcedAssistant(Assistant):
    """These settings count, whatever it is told."""

    FORCED: ClassVar[Mapping[str, Any]] = {}

    @property
    def settings(self) -> Settings:
        return self._settings_of.general

    @settings.setter
    def settings(self, settings: Settings) -> None:
        self._settings_of.general = self.forced(settings)

    def tell_projects(self, settings: Mapping[Path, Settings]) -> None:
        super().tell_projects({root: self.forced(one) for root, one in settings.items()})

    @classmethod
    def forced(cls, settings: Settings) -> Settings:
        return replace(settings, **cls.FORCED)
