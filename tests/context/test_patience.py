"""A look-up of names can be ended between its small steps, and the next one answers as if nothing had happened."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from inhouse.context import Ngram, Project
from inhouse.context.languages import parser
from inhouse.context.patience import Patience
from inhouse.context.trees import Trees

TEXT = "import os\n\n" + "\n".join(
    f"class Shelf{number}:\n    def put(self, item, at={number}):\n        left = item\n        return left\n"
    for number in range(60)
)
OFFSET = TEXT.index("return left")


class Enough(Exception):
    """What a check raises here."""


class After:
    """Patience for so many steps."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def __call__(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Enough


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "a.py").write_text(TEXT, encoding="utf-8")
    found = Project(tmp_path / "code", tmp_path / "cache")
    found.refresh()
    yield found
    found.close()


def asked(project: Project) -> tuple[object, ...]:
    at = project.root / "a.py", TEXT, OFFSET
    return (
        project.names(*at),
        project.members(*at, "self"),
        project.arity(*at, "Shelf3().put"),
        project.where(*at, "Shelf59"),
    )


def test_names_are_found_in_many_small_steps_and_after_an_end_all_the_same(project: Project, tmp_path: Path) -> None:
    fresh = Project(project.root, tmp_path / "other")
    ended = 0
    for steps in (0, 1, 5, 20, 60, 150, 400, 100_000):
        try:
            with project.until(After(steps)):
                asked(project)
        except Enough:
            ended += 1

    assert ended >= 5, "there are hundreds of steps"
    assert asked(project) == asked(fresh)
    fresh.close()


def test_an_ended_parse_leaves_the_last_tree_and_the_next_one_is_right() -> None:
    trees, longer = Trees(), TEXT.replace("left", "rest")
    trees.parse("a.py", "python", TEXT)
    with pytest.raises(Enough):
        trees.parse("a.py", "python", longer, After(3))

    assert trees.parse("a.py", "python", TEXT)[0] == TEXT.encode()
    source, tree = trees.parse("a.py", "python", longer, After(1_000_000))
    assert str(tree.root_node) == str(parser("python").parse(source).root_node)
    assert tree.root_node.text == source


def test_patience_is_a_thread_s_own_and_ends_with_what_it_was_for() -> None:
    patience = Patience()
    found: list[object] = []
    with patience.until(After(0)):
        other = threading.Thread(target=lambda: found.append(patience.check()))
        other.start()
        other.join()
        with pytest.raises(Enough):
            patience.check()
    patience.check()

    assert found == [None]


def test_a_look_up_of_lines_ends_between_two_of_them() -> None:
    ngram = Ngram()
    ngram.update_many({f"{number}.py": [1, 2, 3, number + 5, 4] for number in range(40)})
    ends = np.arange(64) == 4

    def lines(steps: int) -> int:
        return len(ngram.at([1, 2, 3]).continuations(ends, 9, After(steps)))

    assert lines(1000) == 40
    for steps in (0, 10, 50):
        with pytest.raises(Enough):
            lines(steps)
