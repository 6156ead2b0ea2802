"""What is kept of the index between keystrokes, where single files change: the same as if all were looked up anew."""

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from inhouse.context import Project
from inhouse.context.definers import Definers
from inhouse.context.postings import Postings
from inhouse.context.store import Blocks, Store

Tree = Callable[[Mapping[str, str | bytes]], Path]
Open = Callable[[Path], Project]

WORDS = ("shelf", "weigh_box", "find", "RackOfThings", "as")
TEXTS = st.lists(st.sampled_from([*WORDS, "", "def find():", "class RackOfThings:"]), max_size=25)


class Counting(Store):
    """Counts what is asked of the search table."""

    asked = 0

    def blocks_with(self, term: str, limit: int) -> Blocks:
        self.asked += 1
        return super().blocks_with(term, limit)


def settled(project: Project, path: str, text: str | None) -> None:
    """An edit (None: the file is closed) that has reached the index."""
    project.update(project.root / path, text)
    assert project.settle(30)


def same_as_anew(project: Project) -> None:
    """Whether the catalogue, lists and definers that were kept are what the database tells."""
    index, looking = project._index, project._looking
    catalogue = index.catalogue
    assert sorted(catalogue.rows) == sorted(index.store.files())
    assert catalogue.roles.siblings("a_1.py", 9) == type(catalogue.roles)(catalogue.by_path).siblings("a_1.py", 9)
    terms = [term for word in WORDS for term in (word.lower(), word.lower().partition("_")[0])]
    kept = [looking._postings.of(term, catalogue).tolist() for term in terms]
    assert kept == [Postings(index.store).of(term, catalogue).tolist() for term in terms]
    told = looking._definers.at(catalogue.generation)(WORDS)
    definers = {
        name: tuple(number for number in numbers if number in catalogue.by_id) for name, numbers in told.items()
    }
    assert definers == Definers(index.store).at(0)(WORDS)


@settings(max_examples=12)
@given(st.lists(st.tuples(st.sampled_from(["a_1.py", "a_2.py", "sub/b.py", "new.py"]), TEXTS | st.none()), max_size=8))
def test_kept_lists_are_what_a_new_look_up_finds(steps: list[tuple[str, list[str] | None]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "project")
        for path in ("a_1.py", "a_2.py", "a_3.py", "sub/b.py"):
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text("shelf = weigh_box()\n" * 11)
        project = Project(root, Path(folder, "cache"))
        project.refresh()
        same_as_anew(project)
        for path, lines in steps:
            settled(project, path, None if lines is None else "\n".join(lines))
            same_as_anew(project)
        project.close()


def test_changes_of_two_servers_are_all_taken_up(tree: Tree, open_project: Open) -> None:
    root = tree({"a_1.py": "shelf = 1\n", "a_2.py": "find = 2\n"})
    one, other = open_project(root), open_project(root)
    one.refresh()
    settled(one, "a_1.py", "weigh_box = 1\n")
    settled(other, "a_2.py", "shelf = find\n" * 30)
    settled(one, "a_1.py", "weigh_box = shelf\n")
    for project in (one, other):
        project.gather(project.root / "a_1.py", "shelf\n", 3, 1000)  # asks, and so learns that there is news
        assert project.settle(30)
        same_as_anew(project)


def test_an_edit_leaves_nothing_to_look_up_again(tree: Tree, open_project: Open) -> None:
    project = open_project(tree({f"a_{n}.py": "shelf = weigh_box()\n" for n in range(9)}))
    project.refresh()
    store = Counting(project.database)
    settled(project, "a_1.py", "shelf\n")  # the index's thread reads all rows at its first change
    postings = Postings(store)
    project._index.on_changes(postings.correct)
    first = postings.of("shelf", project._index.catalogue)

    for n in range(3):
        settled(project, "a_1.py", "shelf = find()\n" * 10 * (n + 1))
    found = postings.of("shelf", project._index.catalogue)

    assert store.asked == 1
    assert len(found) == len(first) + 1 + 2 + 3
    live = project._index.catalogue.files_of(found)
    assert np.count_nonzero(live >= 0) == 8 + 3
    store.close()


def test_a_term_that_becomes_common_is_common(tree: Tree, open_project: Open) -> None:
    project = open_project(tree({"a.py": "shelf = 1\n" * 200, "b.py": "shelf = weigh_box\n"}))
    project.refresh()
    settled(project, "b.py", "shelf\n")
    postings = Postings(project._index.store)
    project._index.on_changes(postings.correct)
    assert len(postings.of("shelf", project._index.catalogue)) == 22

    settled(project, "b.py", "shelf = 2\n" * 25_000)

    assert len(postings.of("shelf", project._index.catalogue)) == 0


def test_after_a_change_that_was_missed_all_is_looked_up_anew(tree: Tree, open_project: Open) -> None:
    project = open_project(tree({"a.py": "shelf = 1\n", "b.py": "find()\n"}))
    project.refresh()
    store = Counting(project.database)
    postings = Postings(store)
    assert len(postings.of("shelf", project._index.catalogue)) == 1
    settled(project, "b.py", "shelf = 2\n")

    assert len(postings.of("shelf", project._index.catalogue)) == 2
    assert store.asked == 2
    store.close()
