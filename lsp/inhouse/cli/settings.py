"""The settings that count for a command: flags over environment over files. Bad ones are told on standard error."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from inhouse.cli.say import say

if TYPE_CHECKING:
    from inhouse.completion import Settings


def settings_for(root: Path | None, **flags: object) -> Settings:
    """The settings for a project, with these flags; a flag that is None was not given."""
    from inhouse.completion.configuration import configured

    found = configured(root, flags=flags)
    for problem in found.problems:
        say(f"inhouse: {problem}", err=True)
    return found.settings
