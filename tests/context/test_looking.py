"""What a query did not read for the bound on its time is read when it is quiet, and makes way for everything else."""

import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from inhouse.context import Project
from inhouse.context.blocks import BlockTexts
from inhouse.context.windows import Window
from inhouse.context.worker import Worker

Tree = Callable[[Mapping[str, str | bytes]], Path]
Open = Callable[[Path], Project]

FILES = {f"box_{number}.py": f"def weigh_box(box):\n    return box.scale_{number}\n" for number in range(60)}
TEXT = "def go(box):\n    weigh_box(box)\n"


def test_what_a_query_left_out_the_next_one_has(
    tree: Tree, open_project: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tree(FILES)
    project = open_project(root)
    project.refresh()
    excerpts: list[str] = []
    held = project._index.held  # pyright: ignore[reportPrivateUsage]
    excerpt = held.blocks._excerpt  # pyright: ignore[reportPrivateUsage]

    def noted(path: str, first: int, last: int) -> str:
        excerpts.append(path)
        return excerpt(path, first, last)

    monkeypatch.setattr(held.blocks, "_excerpt", noted)

    project.gather(root / "a.py", TEXT, len(TEXT), 2000)
    assert 0 < len(excerpts) < len(FILES)
    assert project.settle(20)
    assert sorted(excerpts) == sorted(FILES)
    project.gather(root / "a.py", TEXT, len(TEXT), 2000)
    assert len(excerpts) == len(FILES)


def test_the_blocks_to_read_come_in_parts_with_each_files_together() -> None:
    texts = BlockTexts(lambda path, first, last: f"{path} {first} {last}", lambda: None)
    windows = [Window(path, 10 * block + 1, 10 * block + 10, 1.0, number) for number, (path, block) in enumerate(
        [("a", 0), ("b", 0), ("a", 1), ("c", 0), ("b", 2)]
    )]  # fmt: skip
    texts.one(windows[3])
    found = list(texts.missing(windows, 2))
    assert [[(one.path, one.start_line) for one in part] for part in found] == [
        [("a", 1), ("a", 11)],
        [("b", 1), ("b", 21)],
    ]


def test_changes_come_before_what_is_done_later_and_of_that_only_the_newest(tmp_path: Path) -> None:
    done: list[str] = []
    worker = Worker(tmp_path, done.extend, lambda: None)
    with worker._changed:  # pyright: ignore[reportPrivateUsage] - all three are there when the thread looks
        worker.later("a", lambda: done.append("first"))
        worker.later("a", lambda: done.append("later"))
        worker.add("a.py")

    assert worker.settle(20)
    assert done == ["a.py", "later"]
    worker.close()


def test_what_is_done_later_is_told_to_make_way(tmp_path: Path) -> None:
    worker = Worker(tmp_path, lambda paths: None, lambda: None)
    begun, wanted = threading.Event(), threading.Event()
    told: list[bool] = []

    def job() -> None:
        told.append(worker.wanted)
        begun.set()
        wanted.wait(20)
        told.append(worker.wanted)

    worker.later("a", job)
    assert begun.wait(20)
    worker.add("a.py")
    wanted.set()
    assert worker.settle(20)
    assert told == [False, True]
    worker.close()
    assert worker.wanted


def test_what_fails_later_leaves_the_thread_alive(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    worker = Worker(tmp_path, lambda paths: None, lambda: None)
    worker.later("a", lambda: (_ for _ in ()).throw(ValueError("lost")))
    assert worker.settle(20)
    worker.later("a", lambda: None)
    assert worker.settle(20)
    worker.close()
    assert "lost" in caplog.text


def test_lines_out_of_blocks_are_the_same_whether_the_blocks_were_read_or_not() -> None:
    text = [f"line {number}" for number in range(1, 26)]
    asked: list[tuple[int, int]] = []

    def excerpt(path: str, first: int, last: int) -> str:
        asked.append((first, last))
        return "\n".join(text[first - 1 : last])

    windows = [Window("a", 1, 10, 1.0, 1), Window("a", 11, 20, 1.0, 2), Window("a", 21, 25, 1.0, 3)]
    fresh, read = (BlockTexts(excerpt, lambda: None) for _ in range(2))
    read.of(windows)
    for some, skipped, count in ((windows[:2], 5, 10), (windows[:2], 0, 20), (windows[1:], 5, 10), (windows[:1], 5, 5)):
        first = some[0].start_line + skipped
        expected = "\n".join(text[first - 1 : first - 1 + count])
        assert fresh.lines(some, skipped, count).text == read.lines(some, skipped, count).text == expected
    before = len(asked)
    assert fresh.lines(windows[:2], 5, 10).text == "\n".join(text[5:15])
    assert len(asked) == before


class Waits(threading.Event):
    """Notes who waits for it."""

    def __init__(self) -> None:
        super().__init__()
        self.threads: set[str] = set()

    def wait(self, timeout: float | None = None) -> bool:
        self.threads.add(threading.current_thread().name)
        return super().wait(timeout)


def test_what_is_done_ahead_waits_while_somebody_asks(
    tree: Tree, open_project: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tree(FILES)
    project = open_project(root)
    project.refresh()
    nobody_asks = Waits()
    nobody_asks.set()
    monkeypatch.setattr(project._looking, "_nobody_asks", nobody_asks)  # pyright: ignore[reportPrivateUsage]
    seen: set[bool] = set()

    def ended() -> None:
        seen.add(nobody_asks.is_set())
        raise KeyError

    project.gather(root / "a.py", TEXT, len(TEXT), 2000, (), lambda: seen.add(nobody_asks.is_set()))
    with pytest.raises(KeyError):
        project.gather(root / "a.py", TEXT, len(TEXT), 2000, (), ended)
    assert seen == {False}
    assert nobody_asks.is_set()
    project.update(root / "a.py", TEXT)
    assert project.settle(20)
    assert nobody_asks.threads == {"inhouse-index"}
