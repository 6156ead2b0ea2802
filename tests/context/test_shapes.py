"""How words stand in lines: told alike for one text and for many, for any text the words that are searched."""

from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from inhouse.context import shapes
from inhouse.context.terms import words
from inhouse.context.vocabulary import Vocabulary

TEXT = """\
class Shelf(Base):
    def put(self, box, *, size=None):
        self.boxes.append(box_of[size])
        # the box is full
        return None if box == full else a
"""


def told(text: str) -> dict[str, int]:
    """The shape of each word's last place."""
    vocabulary = Vocabulary()
    [found] = shapes.marks([text], vocabulary.__getitem__)
    return {vocabulary.words[mark >> 24]: mark & 255 for mark in found.tolist()}


def test_dots_brackets_and_arguments_are_told() -> None:
    shape = told(TEXT)

    assert shape["Base"] == shapes.CODE
    assert shape["append"] == shapes.CODE | shapes.DOT | shapes.CALL
    assert shape["put"] == shapes.CODE | shapes.CALL
    assert shape["boxes"] == shapes.CODE | shapes.DOT
    assert shape["box_of"] == shapes.CODE
    assert shape["class"] == shape["def"] == shape["else"] == 0
    assert told("put(size=1)")["size"] == shapes.CODE | shapes.KEYWORD | 0
    assert told("size == 1")["size"] == shapes.CODE


def test_words_of_a_remark_are_no_code() -> None:
    assert told("# see box_of(x)")["box_of"] == shapes.CALL
    assert told("// boxes[1]")["boxes"] == 0
    assert told("   * boxes[1]")["boxes"] == 0
    assert told("a = 1  # boxes[1]")["boxes"] == shapes.CODE


def test_lines_and_depths_are_those_of_each_text() -> None:
    vocabulary = Vocabulary()

    first, second, none = shapes.marks(["one\n  two\n\n\tthree", "    four\nfive", ""], vocabulary.__getitem__)

    assert shapes.line_of(first).tolist() == [0, 1, 3]
    assert shapes.indent_of(first).tolist() == [0, 2, 1]
    assert shapes.line_of(second).tolist() == [0, 1]
    assert shapes.indent_of(second).tolist() == [4, 0]
    assert len(none) == 0


@given(st.lists(st.text(alphabet=st.sampled_from("ab_Z1²٣é—中 .(=\n\t#"), max_size=30), max_size=5))
def test_the_words_are_those_that_are_searched(texts: list[str]) -> None:
    vocabulary = Vocabulary()

    found = shapes.marks(texts, vocabulary.__getitem__)

    for text, marks in zip(texts, found, strict=True):
        lines = [words(line) for line in text.split("\n")]
        assert [vocabulary.words[number] for number in shapes.number_of(marks).tolist()] == list(
            chain.from_iterable(lines)
        )
        assert shapes.line_of(marks).tolist() == [place for place, line in enumerate(lines) for _ in line]
