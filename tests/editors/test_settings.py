"""The settings in both editors' files are the server's own. The editors themselves are tested by run_*.sh."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from inhouse.completion import Settings
from inhouse.completion.settings import KNOWN, is_machines

REPOSITORY = Path(__file__).resolve().parents[2]


def test_editors_offer_the_servers_settings() -> None:
    """If this fails: python editor-plugins/settings.py"""
    check = [sys.executable, str(REPOSITORY / "editor-plugins" / "settings.py"), "--check"]
    done = subprocess.run(check, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (0, "")


def test_a_folder_chooses_the_program_only_where_vs_code_trusts_it_and_nothing_else_of_the_machine() -> None:
    """What SECURITY.md says of `.vscode/settings.json` is what the manifest says."""
    manifest = json.loads((REPOSITORY / "editor-plugins" / "vscode" / "package.json").read_text(encoding="utf-8"))
    scopes = {
        name.removeprefix("inhouse."): (found["scope"], found["type"])
        for section in manifest["contributes"]["configuration"]
        for name, found in section["properties"].items()
    }
    trust = manifest["capabilities"]["untrustedWorkspaces"]

    assert [name for name, (scope, _) in scopes.items() if scope == "machine-overridable"] == ["server.command"]
    assert trust["supported"] == "limited"
    assert "inhouse.server.command" in trust["restrictedConfigurations"]
    for name in KNOWN:
        assert scopes[name][0] == ("machine" if is_machines(name) else "window"), name
    assert "`inhouse.server.command`" in (REPOSITORY / "SECURITY.md").read_text(encoding="utf-8")


def test_vs_codes_defaults_are_what_the_server_takes() -> None:
    manifest = json.loads((REPOSITORY / "editor-plugins" / "vscode" / "package.json").read_text(encoding="utf-8"))
    section = next(part for part in manifest["contributes"]["configuration"] if part["title"] == "Server")
    told = {name.removeprefix("inhouse."): found["default"] for name, found in section["properties"].items()}

    assert Settings.parse(told) == (Settings(), [])
