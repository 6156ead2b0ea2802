"""The database: compaction keeps every answer, and the tables stay small."""

from collections.abc import Callable, Mapping
from pathlib import Path

from inhouse.context import Project

Tree = Callable[[Mapping[str, str | bytes]], Path]
Open = Callable[[Path], Project]


def where(project: Project, word: str) -> set[str]:
    """The files whose blocks hold a word."""
    catalogue = project._index.catalogue
    found = catalogue.files_of(project._index.store.blocks_with(word, 1000)).tolist()
    return {catalogue.rows[index].path for index in found if index >= 0}


def test_compaction_takes_out_what_is_dead_and_keeps_the_rest(tree: Tree, open_project: Open) -> None:
    project = open_project(tree({f"m{n}.py": f"word{n} = both\n" for n in range(20)}))
    project.refresh()
    for n in range(10):
        (project.root / f"m{n}.py").write_text(f"other{n} = both\n")
    (project.root / "m19.py").unlink()
    project.refresh()  # so much is changed that the search table is merged

    assert project._index.store.dead_blocks() == (0, 19)
    assert where(project, "word3") == set()
    assert where(project, "other3") == {"m3.py"}
    assert where(project, "word15") == {"m15.py"}
    assert len(where(project, "both")) == 19
    assert len(project._index.store.blocks_with("both", 1000)) == 19
    (project.root / "m15.py").write_text("later = both\n")
    project.refresh()
    assert where(project, "later") == {"m15.py"}
    assert project._index.store.dead_blocks() == (1, 19)
    assert project._index.store.blocks_with("both", 1000).tolist()[-1] == 31

    project._index.store.tidy(everything=True)

    assert project._index.store.dead_blocks() == (0, 19)
    assert where(project, "later") == {"m15.py"}
    assert where(project, "word15") == set()
    assert len(project._index.store.blocks_with("both", 1000)) == 19
    assert (
        project._index.store.blocks_with("both", 3).tolist()
        == project._index.store.blocks_with("both", 99).tolist()[:3]
    )


def test_the_index_is_small_beside_the_sources(tree: Tree, open_project: Open) -> None:
    body = "".join(
        f"def function_number_{n}(first_argument, second_argument):\n"
        f"    # adds things up and gives them back to whoever asked for number {n}\n"
        f"    total = first_argument + second_argument * {n}\n    return total\n\n"
        for n in range(100)
    )
    project = open_project(tree({f"m{n}.py": body for n in range(60)}))

    figures = project.refresh()

    assert figures.index_bytes < 0.3 * figures.source_bytes
