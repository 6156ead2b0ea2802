"""Two editors with a server each on one project, and so on one index: both answer, and the index stays whole."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from lsprotocol import types

from inhouse.context import Project

from .client import Client, until
from .conftest import Start

pytestmark = pytest.mark.integration

SERVE = [sys.executable, "-m", "inhouse.cli", "serve", "--stdio"]
FILES = 60
TEXT = "from step0 import step0\n\n\ndef run(amount):\n    \n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for number in range(FILES):
        body = f"def step{number}(amount):\n    return amount + {number}\n" * 20
        (tmp_path / f"step{number}.py").write_text(body)
    return tmp_path


@pytest.fixture
def index(root: Path) -> Iterator[Project]:
    """The servers' index, read by a third process: this one."""
    with closing(Project(root)) as project:
        yield project


async def opened(start: Start, root: Path, name: str) -> tuple[Client, str]:
    client = await start(command=SERVE)
    await client.hello(root)
    return client, client.open((root / name).as_uri(), TEXT)


async def answers(client: Client, document: str) -> None:
    """Not with an error, and not because nothing could be looked up."""
    await client.complete(document, 4, 4)
    said = await client.why(document)
    assert said["model"]
    assert "index" not in (said["silent"] or "")


async def test_both_answer_and_the_index_is_whole(start: Start, root: Path, index: Project) -> None:
    both = [await opened(start, root, f"new{number}.py") for number in range(2)]
    await asyncio.gather(*(answers(client, document) for client, document in both))
    await until(lambda: index.figures().files >= FILES, "all files are in the index")

    for number in range(0, FILES, 3):  # a branch switch, while both type
        (root / f"step{number}.py").write_text(f"def turned{number}(amount):\n    return step{number + 1}(amount)\n")
    (root / "step1.py").unlink()
    for version, letter in enumerate("step", 2):
        for client, document in both:
            end = types.Position(4, 2 + version)
            client.edit(document, version, letter, types.Range(end, end))
            await answers(client, document)
    await until(lambda: index.callers("step58") != [], "the last changed file is in the index")
    await until(lambda: "step1.py" not in index.files(), "the removed one is not")

    assert [await client.bye() for client, _ in both] == [0, 0]
    assert [line for client, _ in both for line in client.stderr.splitlines() if "Traceback" in line] == []
    index.refresh()
    assert index.refresh().read == 0
    assert sorted(index.files()) == sorted({f"step{number}.py" for number in range(FILES)} - {"step1.py"})
    assert [use.path for use in index.callers("step58")] == ["step57.py"]
    assert [index.knows(name) for name in ("turned0", "step0", "step2")] == [True, False, True]


async def test_one_goes_on_when_the_other_is_killed(start: Start, root: Path, index: Project) -> None:
    both = [await opened(start, root, f"new{number}.py") for number in range(2)]
    await answers(*both[0])
    both[1][0].process.kill()
    await both[1][0].process.wait()

    await answers(*both[0])
    await until(lambda: index.figures().files >= FILES, "all files are in the index")
    (root / "late.py").write_text("def late(amount):\n    return amount\n")
    await until(lambda: index.figures().files >= FILES + 1, "a new file is in the index")

    assert await both[0][0].bye() == 0


async def test_the_house_ways_are_learnt_once_for_all(start: Start, root: Path, index: Project) -> None:
    (root / "log.py").write_text("import logging\n\n\ndef shop_log(name):\n    return logging.getLogger(name)\n")
    for number in range(4):
        (root / f"user{number}.py").write_text(f"from log import shop_log\n\nlog = shop_log('user{number}')\n")
    client, document = await opened(start, root, "new.py")
    await answers(client, document)

    def learnt() -> bool:
        with closing(Project(root)) as project:
            return project.house().foreign.get("getLogger") == "shop_log"

    assert not index.house().foreign
    await until(learnt, "the server has mined the conventions, without being asked")
    assert await client.bye() == 0
