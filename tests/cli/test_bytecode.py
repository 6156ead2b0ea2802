"""Where Python keeps no compiled modules, the program has it keep them in its cache folder, if that is safe."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import sys
from inhouse.cli import bytecode
bytecode.keep()
import json.tool
print(sys.dont_write_bytecode, sys.pycache_prefix)
"""


def told(cache: Path, *flags: str, program: str = PROGRAM, **more: str) -> list[str]:
    """Whether Python writes no compiled modules after that, and where it keeps them."""
    wanted = {name: value for name, value in os.environ.items() if not name.startswith("PYTHONDONT")}
    environment = {**wanted, "INHOUSE_CACHE_DIR": str(cache), **more}
    command = [sys.executable, *flags, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True, env=environment)
    return done.stdout.split()


@pytest.fixture
def uncompiled(tmp_path: Path) -> str:
    """A path under which our package has no compiled modules beside it."""
    source = Path(__file__).parents[2] / "lsp" / "inhouse" / "cli"
    package = tmp_path / "path" / "inhouse" / "cli"
    package.mkdir(parents=True)
    for name in ("__init__.py", "bytecode.py"):
        (package / name).write_bytes((source / name).read_bytes())
    return str(tmp_path / "path")


def test_modules_are_compiled_once_into_a_folder_of_the_user_s_own(tmp_path: Path, uncompiled: str) -> None:
    cache = tmp_path / "cache"
    assert told(cache, "-B", PYTHONPATH=uncompiled) == ["False", str(cache / "pycache")]

    kept = list((cache / "pycache").rglob("tool.*.pyc"))
    assert len(kept) == 1
    assert (cache / "pycache").stat().st_mode & 0o777 == 0o700
    written = kept[0].stat().st_mtime_ns
    told(cache, "-B", PYTHONPATH=uncompiled)
    assert kept[0].stat().st_mtime_ns == written, "compiled once"
    assert not list(Path(uncompiled).rglob("*.pyc")), "nothing beside the sources"


def test_what_is_damaged_is_compiled_anew(tmp_path: Path, uncompiled: str) -> None:
    told(tmp_path, "-B", PYTHONPATH=uncompiled)
    [file] = (tmp_path / "pycache").rglob("tool.*.pyc")
    whole, rng = file.read_bytes(), random.Random(4)
    for _ in range(int(os.environ.get("INHOUSE_DAMAGES", "12"))):
        data = bytearray(whole)
        if rng.random() < 0.5:
            del data[rng.randrange(len(data)) :]
        else:
            data[rng.randrange(len(data))] ^= rng.randrange(1, 256)
        file.write_bytes(data)
        assert told(tmp_path, "-B", PYTHONPATH=uncompiled)[0] == "False"
        assert len(file.read_bytes()) == len(whole)


def test_after_a_full_disk_the_program_starts_again(tmp_path: Path, uncompiled: str) -> None:
    """Python 3.11 leaves the first part of a file that could not be written whole, and later believes it."""
    full = "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
    full += "resource.setrlimit(resource.RLIMIT_FSIZE, (700, resource.RLIM_INFINITY))"
    for program in (full + PROGRAM, PROGRAM):
        assert told(tmp_path, "-B", program=program, PYTHONPATH=uncompiled)[0] == "False"


@pytest.mark.parametrize("how", ["link", "file", "writable by others", "read-only"])
def test_a_folder_that_others_may_write_is_not_used(tmp_path: Path, uncompiled: str, how: str) -> None:
    cache = tmp_path / "cache"
    cache.mkdir()
    folder = cache / "pycache"
    if how == "link":
        (tmp_path / "other").mkdir()
        folder.symlink_to(tmp_path / "other")
    elif how == "file":
        folder.write_text("")
    elif how == "writable by others":
        folder.mkdir()
        folder.chmod(0o777)
    else:
        cache = Path("/proc/none")

    assert told(cache, "-B", PYTHONPATH=uncompiled) == ["True", "None"]


def test_what_the_user_has_set_up_stays(tmp_path: Path, uncompiled: str) -> None:
    prefix = str(tmp_path / "mine")
    assert told(tmp_path, "-B", "-X", f"pycache_prefix={prefix}", PYTHONPATH=uncompiled) == ["True", prefix]
    assert not (tmp_path / "pycache").exists()
