"""A renamed twin is the same project with other names: it runs as before, and what is not its own keeps its name."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[1] / "benchmarks" / "twin.py"
SHELF = '''import os.path
from threading import Thread


class ParcelShelf(Thread):
    """Keeps parcels."""

    def __init__(self, folder, max_parcels=3):
        super().__init__()
        self.folder = folder
        self.max_parcels = max_parcels
        self.parcels = []

    def run(self):
        self.parcels.append("run")

    def add_parcel(self, parcel_name):
        if len(self.parcels) < self.max_parcels:
            self.parcels.append(os.path.join(self.folder, parcel_name))
        return f"{len(self.parcels)} of {self.max_parcels}: {parcel_name!r}"
'''
MAIN = """from shelf import ParcelShelf


def fill_shelf(count):
    shelf = ParcelShelf("store", max_parcels=count)
    shelf.run()
    texts = [shelf.add_parcel(name) for name in "abc"]
    return sorted(texts, key=len, reverse=True)


print(fill_shelf(2))
"""


def twin(source: Path, out: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPT), str(source), str(out)], capture_output=True, text=True, check=False
    )


def made(tmp_path: Path) -> Path:
    source, out = tmp_path / "source", tmp_path / "out"
    source.mkdir()
    (source / "shelf.py").write_text(SHELF)
    (source / "main.py").write_text(MAIN)
    done = twin(source, out)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["files"] == 2
    return out


def program(folder: Path) -> Path:
    return next(path for path in folder.iterdir() if "print(" in path.read_text())


def test_the_twin_does_what_the_project_does(tmp_path: Path) -> None:
    out = made(tmp_path)
    outputs = [
        subprocess.run([sys.executable, str(path)], capture_output=True, text=True, check=True).stdout
        for path in (tmp_path / "source" / "main.py", program(out))
    ]

    assert outputs[0] == outputs[1]


def test_own_names_are_gone_and_foreign_ones_stay(tmp_path: Path) -> None:
    text = "".join(path.read_text() for path in made(tmp_path).iterdir())

    for name in ("ParcelShelf", "add_parcel", "max_parcels", "fill_shelf", "parcel_name", "from shelf"):
        assert not re.search(rf"\b{name}\b", text)
    for name in ("os.path.join", "Thread", "def run", "sorted(", "key=len", "reverse=True", "Keeps parcels", "append"):
        assert name in text
    for path in (tmp_path / "out").iterdir():
        ast.parse(path.read_text())


def test_a_folder_that_is_there_is_not_written_into(tmp_path: Path) -> None:
    out = made(tmp_path)

    assert "is there already" in twin(tmp_path / "source", out).stderr
