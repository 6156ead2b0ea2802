"""The settings in both editors' files are the server's own. The editors themselves are tested by run_*.sh."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from inhouse.completion import Settings

REPOSITORY = Path(__file__).resolve().parents[2]


def test_editors_offer_the_servers_settings() -> None:
    """If this fails: python editor-plugins/settings.py"""
    check = [sys.executable, str(REPOSITORY / "editor-plugins" / "settings.py"), "--check"]
    done = subprocess.run(check, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (0, "")


def test_vs_codes_defaults_are_what_the_server_takes() -> None:
    manifest = json.loads((REPOSITORY / "editor-plugins" / "vscode" / "package.json").read_text(encoding="utf-8"))
    section = next(part for part in manifest["contributes"]["configuration"] if part["title"] == "Server")
    told = {name.removeprefix("inhouse."): found["default"] for name, found in section["properties"].items()}

    assert Settings.parse(told) == (Settings(), [])
