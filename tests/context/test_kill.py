"""An indexing process that is killed leaves an index that is whole for every file that it has."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

import pytest

from inhouse.context import Project

Tree = Callable[[Mapping[str, str | bytes]], Path]

KILLS = int(os.environ.get("INHOUSE_KILLS", "8"))
"""How often the process is killed; 50 were survived when this was written."""

CHILD = """
import sys
from pathlib import Path
from inhouse.context import Project
from inhouse.context import indexer
indexer._BATCH_FILES = 5
project = Project(Path(sys.argv[1]), Path(sys.argv[2]))
print("ready", flush=True)
while True:
    project.refresh()
    for path in sorted(project.root.rglob("*.py")):
        fresh = path.with_suffix(".new")
        fresh.write_text(path.read_text() + "# again\\n")
        fresh.replace(path)
"""


def assert_sound(project: Project, names: dict[str, str]) -> None:
    """Every file that the index has is found by the word that only it has, and by the name that it defines."""
    catalogue = project._index.catalogue
    for path, name in names.items():
        row = catalogue.row(path)
        found = project._index.store.blocks_with(name, 1000)
        files = {catalogue.rows[index].path for index in catalogue.files_of(found).tolist() if index >= 0}
        assert files == ({path} if row else set())
        if row:
            assert project._index.store.files_defining(name, 9) == [row.id]
            outline = project._index.store.outline(row.id)
            assert outline is not None
            assert [symbol.name for symbol in outline.symbols] == [name, "x"]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no kill -9 here")
def test_a_killed_index_is_sound_and_is_completed(tmp_path: Path, tree: Tree) -> None:
    names = {f"m{n:02}.py": f"onlyhere{n}" for n in range(60)}
    root = tree({path: f"def {name}(a):\n    return a\n" + "x = 1\n" * 40 for path, name in names.items()})
    rng = random.Random(9)
    for _ in range(KILLS):
        command = [sys.executable, "-c", CHILD, str(root), str(tmp_path / "cache")]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == b"ready\n"
            try:
                child.wait(timeout=rng.uniform(0.0, 0.25))
            except subprocess.TimeoutExpired:
                child.kill()
        project = Project(root, tmp_path / "cache")
        assert_sound(project, names)
        project.close()

    project = Project(root, tmp_path / "cache")
    assert project.refresh().files == 60
    assert_sound(project, names)
    project.close()


USER = """
import sys
from pathlib import Path
from inhouse.context import Project
project = Project(Path(sys.argv[1]), Path(sys.argv[2]))
print("ready", flush=True)
sys.stdin.readline()
for _ in range(5):
    for path in sorted(project.root.rglob("*.py"))[:: int(sys.argv[3])]:
        fresh = path.with_suffix("." + sys.argv[3])
        fresh.write_text(path.read_text() + "# again\\n")
        fresh.replace(path)
    project.refresh()
chunks = project.gather(project.root / "new.py", "x = onlyhere7\\n", 14, 900)
print(project.figures().files, project.knows("onlyhere7"), len(chunks))
project.close()
"""


def test_two_processes_on_one_project_both_work(tmp_path: Path, tree: Tree) -> None:
    names = {f"m{n:02}.py": f"onlyhere{n}" for n in range(40)}
    root = tree({path: f"def {name}(a):\n    return a\n" + "x = 1\n" * 9 for path, name in names.items()})
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", USER, str(root), str(tmp_path / "cache")]
    children = [subprocess.Popen([*command, step], stdin=pipe, stdout=pipe, text=True) for step in ("2", "3")]
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    for child in children:
        assert child.stdin is not None
        child.stdin.write("\n")
        child.stdin.flush()
    answers = [child.communicate(timeout=100)[0].split() for child in children]

    assert [child.returncode for child in children] == [0, 0]
    assert [answer[:2] for answer in answers] == [["40", "True"], ["40", "True"]]
    assert all(int(answer[2]) > 0 for answer in answers)
    project = Project(root, tmp_path / "cache")
    project.refresh()
    assert_sound(project, names)
    project.close()


def test_what_another_process_stored_is_seen(tmp_path: Path, tree: Tree) -> None:
    root = tree({"a.py": "def first(a):\n    return a\n", "main.py": ""})
    one, other = Project(root, tmp_path / "cache"), Project(root, tmp_path / "cache")
    with closing(one), closing(other):
        one.refresh()
        other.refresh()
        (root / "b.py").write_text("def second(a):\n    return first(a)\n")
        one.refresh()
        end = time.monotonic() + 20
        while not other.callers("first"):
            assert time.monotonic() < end
            other.settle(1)
        assert {chunk.path for chunk in other.gather(root / "main.py", "x = second(", 11, 900)} == {"b.py"}
