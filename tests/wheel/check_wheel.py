"""Builds the wheel, checks what it holds and needs, installs it away from the sources and completes once with it.

Run by `make wheel`; not a pytest module, since it builds and installs.
"""

from __future__ import annotations

import email
import json
import os
import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from importlib.metadata import version
from pathlib import Path

from packaging.requirements import Requirement

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
        check_needs(wheel)
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
    """An environment with the wheel and what it needs, without the sources; returns its Python.

    What it needs is borrowed from the environment that runs this: compiling llama.cpp anew takes minutes. The sources'
    own entry there is a path file, which Python reads in an environment's own folder only.
    """
    run(uv, "venv", "--quiet", "--python", sys.executable, str(work / "env"))
    python = work / "env" / "bin" / "python"
    run(uv, "pip", "install", "--quiet", "--no-deps", "--python", str(python), str(wheel))
    (own,) = (work / "env" / "lib").glob("python*/site-packages")
    (own / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return python


def check_needs(wheel: Path) -> None:
    """What the wheel says it needs is here, in the versions that it says."""
    text = next(name for name in zipfile.ZipFile(wheel).namelist() if name.endswith(".dist-info/METADATA"))
    told = email.message_from_bytes(zipfile.ZipFile(wheel).read(text)).get_all("Requires-Dist") or []
    assert told, "the wheel says that it needs nothing"
    for need in map(Requirement, told):
        if need.marker is None or need.marker.evaluate({"extra": ""}):
            assert need.specifier.contains(version(need.name), prereleases=True), (
                f"{need}: {version(need.name)} is here"
            )


def complete_once(python: Path, work: Path) -> None:
    """One completion from the installed wheel, in a project of its own."""
    project = work / "project"
    project.mkdir()
    (project / "reader.py").write_text(EXAMPLE)
    command = [str(python), "-m", "inhouse.cli", "complete", "reader.py:6:21", "--root", str(project), "--json"]
    environment = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")}
    environment["INHOUSE_CACHE_DIR"] = str(work / "cache")
    asked = [str(python), "-c", "import inhouse.cli; print(inhouse.cli.__file__)"]
    where = subprocess.run(asked, env=environment, capture_output=True, text=True, check=False)
    assert str(work) in where.stdout, f"not the wheel's own: {where.stdout}{where.stderr}"
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["items"] or answer["silent"], answer
    assert answer["tokens"]["prompt"] > 0, answer


def run(*command: str) -> None:
    subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
