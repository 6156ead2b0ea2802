"""A command pays at its start for what it uses, and for nothing else."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = (
    "inhouse.context",
    "inhouse.model",
    "inhouse.completion",
    "llama_cpp",
    "lsprotocol",
    "numpy",
    "pygls",
    "tree_sitter",
)


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["serve", "--help"], ["model", "--help"]])
def test_help_and_version_load_nothing_heavy(arguments: list[str]) -> None:
    code = f"""
import sys
from inhouse.cli.main import run
try:
    run({arguments!r})
except SystemExit as end:
    assert not end.code, end.code
print("LOADED", [name for name in {HEAVY!r} if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)

    assert done.stdout.splitlines()[-1] == "LOADED []"
