"""Compiled modules that Python does not keep: used where they are sure to be right, and never in the way."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from inhouse.cli.bytecode import Kept

SOURCE = "import json\n\n\ndef said() -> str:\n    return json.dumps('first')\n"
PROGRAM = """
import sys
from pathlib import Path
from inhouse.cli.bytecode import Kept
kept = Kept(Path(sys.argv[1]))
known = len(kept.entries)
kept.install()
sys.path.insert(0, sys.argv[2])
import told_here
print(known, told_here.said(), str(Path(told_here.__file__)) in kept.entries)
kept.close()
print(kept.entries)
"""


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "told_here.py").write_text(SOURCE)
    return folder


def told(folder: Path, sources: Path) -> str:
    """How many modules the file held, what the module says, whether its code was in the file."""
    command = [sys.executable, "-B", "-c", PROGRAM, str(folder), str(sources)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    first, entries = done.stdout.splitlines()
    assert entries == "None"
    return first


def file_in(folder: Path) -> Path:
    [file] = folder.iterdir()
    return file


def test_the_next_start_loads_from_the_file_what_has_not_changed(tmp_path: Path, sources: Path) -> None:
    folder = tmp_path / "cache" / "bytecode"
    assert told(folder, sources) == '0 "first" False'
    assert told(folder, sources).endswith('"first" True')

    (sources / "told_here.py").write_text(SOURCE.replace("first", "next one"))
    assert '"next one"' in told(folder, sources)
    assert '"next one"' in told(folder, sources)

    assert (folder.stat().st_mode & 0o777, file_in(folder).stat().st_mode & 0o777) == (0o700, 0o600)


def test_a_damaged_file_is_not_used(tmp_path: Path, sources: Path) -> None:
    folder = tmp_path / "bytecode"
    told(folder, sources)
    file, entries = file_in(folder), Kept(folder).entries
    whole = file.read_bytes()
    assert entries
    rng = random.Random(4)
    for _ in range(int(os.environ.get("INHOUSE_DAMAGES", "40"))):
        data = bytearray(whole)
        if rng.random() < 0.3:
            del data[rng.randrange(len(data)) :]
        else:
            for _ in range(rng.choice((1, 1, 8, 500))):
                data[rng.randrange(len(data))] ^= rng.randrange(1, 256)
        file.write_bytes(data)
        assert Kept(folder).entries in ({}, entries)  # a byte may have been changed back
    file.write_bytes(whole[:-1])
    assert told(folder, sources) == '0 "first" False'
    assert Kept(folder).entries


@pytest.mark.parametrize("content", [b"", b"\0\0\0\0", b"\xff" * 40, b"\x01\0\0\0i", b"\x05\0\0\0i\x01\0\0\0"])
def test_a_whole_file_with_something_else_in_it_is_not_used(tmp_path: Path, sources: Path, content: bytes) -> None:
    folder = tmp_path / "bytecode"
    told(folder, sources)
    file = file_in(folder)
    head = file.read_bytes().partition(sys.version.encode())[0] + sys.version.encode() + b" 0\n"
    assert file.read_bytes().startswith(head)
    file.write_bytes(head + hashlib.blake2b(content, digest_size=32).digest() + content)

    assert told(folder, sources) == '0 "first" False'


@pytest.mark.parametrize("who", ["file", "folder", "link", "pipe"])
def test_what_others_can_have_written_is_not_used(tmp_path: Path, sources: Path, who: str) -> None:
    folder = tmp_path / "bytecode"
    told(folder, sources)
    file = file_in(folder)
    if who == "link":
        file.rename(tmp_path / "elsewhere")
        file.symlink_to(tmp_path / "elsewhere")
    elif who == "pipe":
        file.unlink()
        os.mkfifo(file)
    else:
        (file if who == "file" else folder).chmod(0o777)

    assert Kept(folder).entries == {}


def test_a_folder_that_cannot_be_made_is_no_obstacle(tmp_path: Path, sources: Path) -> None:
    (tmp_path / "bytecode").touch()
    assert told(tmp_path / "bytecode", sources) == '0 "first" False'


@pytest.mark.parametrize("python_keeps", [False, True])
def test_the_program_keeps_modules_only_where_python_does_not(tmp_path: Path, python_keeps: bool) -> None:
    environment = {**os.environ, "INHOUSE_CACHE_DIR": str(tmp_path), "PYTHONPYCACHEPREFIX": str(tmp_path / "python")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    if not python_keeps:
        environment["PYTHONDONTWRITEBYTECODE"] = "1"
    for _ in range(2):
        command = [sys.executable, "-m", "inhouse.cli", "--version"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=True)
        assert done.stdout.startswith("inhouse ")
        assert done.stderr == ""
    assert (tmp_path / "bytecode").exists() is not python_keeps
