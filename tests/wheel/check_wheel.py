"""Builds the wheel, checks what it holds, installs it away from the sources and completes once with it.

Run by `make wheel`; not a pytest module, since it builds and installs.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
PARTS = ("server", "completion", "cli", "model", "context")
EXAMPLE = "import json\n\n\ndef read(path):\n    with open(path) as file:\n        return json.\n"


def main() -> None:
    uv = os.environ.get("UV", "uv")
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        run(uv, "build", "--wheel", "--out-dir", str(work / "dist"), str(REPOSITORY))
        (wheel,) = (work / "dist").glob("*.whl")
        check_contents(wheel)
        python = install(uv, wheel, work)
        complete_once(python, work)
    print("wheel: contents right, installs, completes")


def check_contents(wheel: Path) -> None:
    """The wheel holds the parts and the core, and at top level `inhouse` and its own metadata only."""
    names = zipfile.ZipFile(wheel).namelist()
    top = {name.split("/")[0] for name in names}
    expected = {"inhouse", *(name for name in top if name.startswith("inhouse-") and name.endswith(".dist-info"))}
    assert top == expected, f"at top level of the wheel: {sorted(top)}"
    for part in PARTS:
        assert any(name.startswith(f"inhouse/{part}/") for name in names), f"{part} is missing"
    assert any(name.startswith("inhouse/model/core/") and name.endswith(".gguf") for name in names), "no core"
    assert any(name.endswith(".scm") for name in names), "no tree-sitter queries"
    assert not any("training" in name or name.startswith("inhouse/__init__") for name in names), names


def install(uv: str, wheel: Path, work: Path) -> Path:
    """A clean environment with the wheel; returns its Python."""
    run(uv, "venv", "--quiet", "--python", sys.executable, str(work / "env"))
    python = work / "env" / "bin" / "python"
    # The project's own build setting for llama.cpp, so that the wheel built for it is found in uv's cache.
    setting = "llama-cpp-python:cmake.define.LLAVA_BUILD=OFF"
    command = [uv, "pip", "install", "--quiet", "--python", str(python), "--config-settings-package", setting]
    # What the wheel needs was fetched when the environment was set up; without it, ask the index.
    if subprocess.run([*command, "--offline", str(wheel)], check=False, stderr=subprocess.DEVNULL).returncode:
        run(*command, str(wheel))
    return python


def complete_once(python: Path, work: Path) -> None:
    """One completion from the installed wheel, in a project of its own."""
    project = work / "project"
    project.mkdir()
    (project / "reader.py").write_text(EXAMPLE)
    command = [str(python), "-m", "inhouse.cli", "complete", "reader.py:6:21", "--root", str(project), "--json"]
    environment = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")}
    environment["INHOUSE_CACHE_DIR"] = str(work / "cache")
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["items"] or answer["silent"], answer
    assert answer["tokens"]["prompt"] > 0, answer


def run(*command: str) -> None:
    subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
