"""run_all.sh tells a failure from what could not be run, also where the time ran out after a failure."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

RUN_ALL = Path(__file__).with_name("run_all.sh")
GOOD = "echo 'ok     0.1 s  one'"
OUT_OF_TIME = "exit 124"
"""What `timeout` ends with when it had to end the command."""


@pytest.mark.parametrize(
    ("neovim", "vscode", "remote", "code", "said"),
    [
        (GOOD, GOOD, GOOD, 0, ""),
        ("exit 77", GOOD, GOOD, 0, "SKIPPED: Neovim: see above"),
        ("exit 1", GOOD, GOOD, 1, "FAILED: Neovim"),
        (GOOD, "echo 'FAIL   0.1 s  one'; exit 1", GOOD, 1, "FAILED: VS Code"),
        (GOOD, OUT_OF_TIME, GOOD, 0, "SKIPPED: VS Code: NOT DONE"),
        (GOOD, f"echo 'FAIL   0.1 s  one'; {OUT_OF_TIME}", GOOD, 1, "FAILED: VS Code"),
        (GOOD, GOOD, "exit 77", 0, "SKIPPED: Over SSH: see above"),
        (GOOD, GOOD, "echo 'FAIL  one'; exit 1", 1, "FAILED: Over SSH"),
        (GOOD, f"echo 'FAIL  in the terminal' >&2; {OUT_OF_TIME}", GOOD, 1, "FAILED: VS Code"),
    ],
)
def test_exit_code(tmp_path: Path, neovim: str, vscode: str, remote: str, code: int, said: str) -> None:
    shutil.copy(RUN_ALL, tmp_path)
    for name, body in (("run_neovim.sh", neovim), ("run_vscode.sh", vscode), ("run_remote.sh", remote)):
        script = tmp_path / name
        script.write_text(f"#!/usr/bin/env bash\n{body}\n", encoding="utf-8")
        script.chmod(0o755)

    done = subprocess.run([tmp_path / RUN_ALL.name], capture_output=True, text=True, check=False)

    assert done.returncode == code, done.stdout
    assert said in done.stdout
    assert ("FAILED" in done.stdout) is (code == 1)
