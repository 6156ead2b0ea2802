"""Conventions are remembered between runs, mined anew only when much has changed, and aside while one works."""

import sqlite3
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

import pytest

from inhouse.context import Conventions, Project, ways
from inhouse.context.aside import Aside, AsideError
from inhouse.context.conventions.keeping import pack, unpack

Tree = Callable[[Mapping[str, str | bytes]], Path]
Open = Callable[[Path], Project]

LOG = "import logging\n\n\ndef shop_log(name):\n    return logging.getLogger(name)\n"
USERS: dict[str, str | bytes] = {
    f"u{n}.py": f"from log import shop_log\n\nlog = shop_log('u{n}')\n\n\ndef step{n}():\n    log.info('{n}')\n"
    for n in range(4)
}
LIMIT_S = 60.0


@pytest.fixture
def shop(tree: Tree, open_project: Open) -> Project:
    project = open_project(tree({"log.py": LOG, **USERS}))
    project.refresh()
    return project


@pytest.fixture
def mined(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many files each process was given; without rest between two looks."""
    counts: list[int] = []
    real = ways.mine_aside

    def counted(root: Path, files: list[tuple[str, str]], stop: ways.Stop | None) -> Conventions | None:
        counts.append(len(files))
        return real(root, files, stop)

    monkeypatch.setattr(ways, "mine_aside", counted)
    monkeypatch.setattr(ways, "REST_S", 0.0)
    return counts


def wait_for(what: Callable[[], object]) -> None:
    end = time.monotonic() + LIMIT_S
    pause = threading.Event()
    while not what():
        assert time.monotonic() < end
        pause.wait(0.02)


def test_they_are_there_at_once_in_the_next_run(shop: Project, open_project: Open, mined: list[int]) -> None:
    assert shop.known_conventions() is None
    assert shop.learn_conventions()
    assert shop.house().foreign == {"getLogger": "shop_log"}
    shop.close()

    again = open_project(shop.root)

    assert again.known_conventions() == shop.known_conventions()
    assert again.house() == shop.house()
    assert not again.learn_conventions()
    chunks = again.gather(again.root / "fresh.py", "x = \n", 4, 2000)
    assert [chunk.text for chunk in chunks if chunk.kind == "convention"] == ["log = shop_log('u0')"]
    assert mined == [5]


def test_the_process_aside_finds_what_is_found_here(shop: Project) -> None:
    assert shop.learn_conventions()
    aside = shop.known_conventions()

    assert shop.conventions() == aside
    assert aside is not None
    assert unpack(pack(aside)) == aside


def test_they_are_mined_again_after_many_files_or_other_pins(
    shop: Project, mined: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ways, "CHANGED_SHARE", 0.3)
    assert shop.learn_conventions()
    (shop.root / "u0.py").write_text("x = 1\n")
    shop.refresh()
    assert not shop.learn_conventions()

    (shop.root / "u1.py").write_text("x = 1\n")
    shop.refresh()
    assert shop.learn_conventions()
    assert not shop.learn_conventions()

    pin = '[[conventions.pin]]\nhouse = "shop_print"\nforeign = "print"\n'
    (shop.root / "inhouse.toml").write_text(pin)
    assert shop.learn_conventions()
    assert shop.house().foreign["print"] == "shop_print"
    assert mined == [5, 5, 5]


def test_a_watched_project_learns_them_by_itself(shop: Project, open_project: Open, mined: list[int]) -> None:
    shop.watch()
    assert not shop.learn_conventions(), "nobody has to wait"
    wait_for(shop.known_conventions)
    other = open_project(shop.root)
    assert other.house().foreign == {"getLogger": "shop_log"}

    for path in USERS:
        (shop.root / path).write_text("def old():\n    '''Deprecated: use new.'''\n")
    wait_for(lambda: shop.house().deprecated)

    assert other.house().foreign
    mined.clear()
    other.refresh()
    other.watch()
    wait_for(lambda: other.house().deprecated)
    assert mined == [], "the other one's findings are taken"


def test_a_stop_and_a_close_end_the_mining(shop: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[int] = []
    begun = threading.Event()

    class Endless(Aside):
        def do(self, job: str, *arguments: object) -> object:
            begun.set()
            self.process.wait()
            ended.append(self.process.returncode)
            raise AsideError("killed")

    monkeypatch.setattr(ways, "Aside", Endless)
    assert not shop.learn_conventions(lambda: True)
    assert len(ended) == 1
    assert shop.known_conventions() is None

    begun.clear()
    shop.watch()
    assert begun.wait(LIMIT_S)
    shop.close()
    assert len(ended) == 2


def test_what_cannot_be_read_is_mined_anew(shop: Project, open_project: Open) -> None:
    shop.learn_conventions()
    shop.close()
    with closing(sqlite3.connect(shop.database)) as connection, connection:
        connection.execute("UPDATE remembered SET value = x'00'")

    again = open_project(shop.root)

    assert again.known_conventions() is None
    assert again.learn_conventions()


def test_a_mining_that_was_stopped_is_not_kept(shop: Project) -> None:
    shop.conventions(lambda: True)

    assert shop.known_conventions() is None
