"""Incremental parsing gives the tree that a fresh parse gives."""

from contextlib import closing
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from inhouse.context import Project
from inhouse.context.languages import parser
from inhouse.context.trees import Trees, changed

PIECES = st.lists(
    st.sampled_from(["def f(a):\n    return a\n", "x = 1\n", "(", ")", "é", "\n", "class A:\n", '"""', " "])
)


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_the_common_ends_are_common_and_as_long_as_can_be(old: bytes, new: bytes) -> None:
    start, end = changed(old, new)

    assert start + end <= min(len(old), len(new))
    assert old[:start] == new[:start]
    assert old[len(old) - end :] == new[len(new) - end :]
    if start + end < min(len(old), len(new)):
        assert old[start] != new[start]


@settings(deadline=None)
@given(st.lists(PIECES, min_size=2, max_size=6))
def test_an_edited_tree_is_the_tree_of_the_new_text(versions: list[list[str]]) -> None:
    trees = Trees()
    for pieces in versions:
        text = "".join(pieces)
        source, tree = trees.parse("a.py", "python", text)
        assert source == text.encode()
        assert str(tree.root_node) == str(parser("python").parse(source).root_node)


def test_an_opened_file_is_parsed_before_the_first_question(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    with closing(Project(tmp_path, tmp_path / "cache")) as project:
        project.update(tmp_path / "a.py", "x = 2\n")
        trees = project._index.held.trees  # pyright: ignore[reportPrivateUsage]
        kept = trees._kept["a.py"]  # pyright: ignore[reportPrivateUsage]

        assert trees.parse("a.py", "python", "x = 2\n") == (b"x = 2\n", kept[2])


def test_a_tree_that_is_adopted_gives_the_tree_of_the_new_text() -> None:
    texts, others = Trees(), Trees()
    texts.parse("a.py", "python", "def f(a):\n    return a\n")

    others.adopt("a.py", texts)
    others.adopt("b.py", texts)
    source, tree = others.parse("a.py", "python", "def f(a):\n    _\n")

    assert str(tree.root_node) == str(parser("python").parse(source).root_node)
    _, kept = texts.parse("a.py", "python", "def f(a):\n    return a\n")
    assert str(kept.root_node) == str(parser("python").parse(b"def f(a):\n    return a\n").root_node)


def test_what_the_first_question_asks_for_is_looked_up_when_a_file_is_opened(tmp_path: Path) -> None:
    (tmp_path / "plan.py").write_text("def weigh_box(box):\n    return box\n")
    text = "from plan import weigh_box\n\n\ndef go(box):\n    weigh_box(box)\n"
    with closing(Project(tmp_path, tmp_path / "cache")) as project:
        project.refresh()
        project.update(tmp_path / "a.py", text)
        assert project.settle(20)
        asked: list[str] = []
        store = project._index.store  # pyright: ignore[reportPrivateUsage]
        look_up = store.blocks_with
        store.blocks_with = lambda term, limit: asked.append(term) or look_up(term, limit)  # type: ignore[func-returns-value, method-assign]

        chunks = project.gather(tmp_path / "a.py", text, len(text), 2000)

    assert "def weigh_box(box)" in chunks[0].text
    assert asked == []


def test_looking_ahead_ends_when_somebody_types(tmp_path: Path) -> None:
    (tmp_path / "plan.py").write_text("def weigh_box(box):\n    return box\n")
    with closing(Project(tmp_path, tmp_path / "cache")) as project:
        project.refresh()
        asked: list[str] = []
        store = project._index.store  # pyright: ignore[reportPrivateUsage]
        look_up = store.blocks_with

        def typing(term: str, limit: int) -> object:
            asked.append(term)
            project.update(tmp_path / "a.py", "weigh_box(other_box, third_box)\n# typed")
            return look_up(term, limit)

        store.blocks_with = typing  # type: ignore[method-assign, assignment]
        project.update(tmp_path / "a.py", "weigh_box(other_box, third_box)\n")
        assert project.settle(20)

    assert len(asked) == 1
