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


def test_the_server_loads_nothing_that_only_commands_need_or_nobody() -> None:
    code = """
import gc, sys
from inhouse.cli.start import loading
with loading():
    import inhouse.server.log, inhouse.server.run, inhouse.server.server
assert gc.isenabled()
import inhouse.model.engine
needless = ("click", "diskcache", "httpx2", "huggingface_hub", "jinja2", "rich", "typer")
print([name for name in needless if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)

    assert done.stdout == "[]\n"
