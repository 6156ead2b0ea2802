"""A project to complete in, and the program as a user runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from inhouse.cli import main

LIMIT_S = 120.0

Run = Callable[..., subprocess.CompletedProcess[str]]


@dataclass(frozen=True)
class Outcome:
    """What a command left behind."""

    returncode: int
    stdout: str
    stderr: str


Call = Callable[..., Outcome]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project with a helper that another file uses."""
    root = tmp_path / "shop"
    root.mkdir()
    (root / "pyproject.toml").touch()
    (root / "prices.py").write_text(
        "def net_price(amount: float, rate: float) -> float:\n"
        '    """The price without tax."""\n'
        "    return amount / (1 + rate)\n" * 3
    )
    (root / "basket.py").write_text(
        "from prices import net_price\n\n\ndef total(amounts: list[float]) -> float:\n    return sum(\n"
    )
    return root


@pytest.fixture
def call(project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Run `inhouse` in this process, in the project's folder: like `run`, and a second faster."""
    monkeypatch.chdir(project)
    monkeypatch.setenv("INHOUSE_CACHE_DIR", str(project.parent / "cache"))
    monkeypatch.setenv("INHOUSE_CONFIG_DIR", str(project.parent / "config"))
    monkeypatch.setenv("INHOUSE_DATA_DIR", str(project.parent / "data"))
    monkeypatch.setenv("COLUMNS", "200")

    def call(*arguments: str) -> Outcome:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main.run(arguments)
        said = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return Outcome(ended.value.code, said.out, said.err)

    return call


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run `inhouse` with a cache of its own; the cache's folder can be moved by `cache`."""

    def run(
        *arguments: str, stdin: str | None = None, cwd: Path | None = None, cache: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        environment = {
            **os.environ,
            "INHOUSE_CACHE_DIR": str(cache or tmp_path / "cache"),
            "INHOUSE_CONFIG_DIR": str(tmp_path / "config"),
            "INHOUSE_DATA_DIR": str(tmp_path / "data"),
            "COLUMNS": "200",
        }
        command = [sys.executable, "-m", "inhouse.cli", *arguments]
        return subprocess.run(
            command,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=LIMIT_S,
            cwd=cwd or tmp_path,
            env=environment,
            check=False,
        )

    return run
