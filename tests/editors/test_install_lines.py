"""What the documents and plugins tell a user to type installs this repository, not what bears its name elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
BY_NAME = re.compile(
    r"(?:\b(?:pip3?|pipx|uv|tool|npm|ext|code\S*)\s+(?:install|add|inject|run)|--install-extension|\buvx|\bnpx)"
    r"\s+(?:-\S+\s+)*[\"'`]?inhouse(?![\w/]|\.vsix)",
    re.IGNORECASE,
)
"""A package manager that is given the bare name. No registry's `inhouse` is ours."""
OURS = ("uv run inhouse ",)
"""Runs what is installed here already."""


def texts() -> Iterator[Path]:
    yield from (REPOSITORY / name for name in ("README.md", "SECURITY.md", "Makefile"))
    yield from (REPOSITORY / "docs").rglob("*.md")
    for kind in ("md", "txt", "lua", "ts", "json"):
        for path in (REPOSITORY / "editor-plugins").rglob(f"*.{kind}"):
            if not {"node_modules", "dist"} & set(path.parts):
                yield path


def test_nothing_tells_to_install_the_bare_name() -> None:
    found = [
        f"{path.relative_to(REPOSITORY)}: {match.group()}"
        for path in texts()
        for match in BY_NAME.finditer(path.read_text(encoding="utf-8"))
        if not any(match.string.startswith(ours, match.start()) for ours in OURS)
    ]

    assert found == []


@pytest.mark.parametrize(
    ("line", "is_bad"),
    [
        ("uv tool install inhouse", True),
        ("pipx install inhouse\n", True),
        ("pip install -U 'inhouse[keyring]'", True),
        ("pip install inhouse==1.0", True),
        ("uvx inhouse serve", True),
        ("code --install-extension inhouse.inhouse", True),
        ("code --install-extension dist/inhouse.vsix", False),
        ("uv tool install .", False),
        ("uv tool install '.[keyring]'", False),
        ("pipx install inhouse/", False),
        ("install inhouse again", False),
    ],
)
def test_what_counts_as_the_bare_name(line: str, is_bad: bool) -> None:
    assert (BY_NAME.search(line) is not None) is is_bad
