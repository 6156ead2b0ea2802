"""Which lines of other files are in the place of the cursor's: what is told of them, and of the names in them."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from inhouse.context import shapes
from inhouse.context.blocks import Block
from inhouse.context.rows import ROW_FEATURES, Around, Rows, rows_of
from inhouse.context.vocabulary import Vocabulary
from inhouse.context.windows import Window

RARITY = {"open": 0.5, "shelf": 0.9, "box": 0.8, "close": 0.6}
AROUND = Around(["    open(shelf)"], ["    close(box)"], "", "", 4, RARITY, {"return"}, (), "shop")
NEAR = Window("shop/near.py", 1, 10, 4.0, 1)
FAR = Window("far.py", 11, 20, 2.0, 7)
STARTS = np.array([6, 40])


def asked(texts: Sequence[str], around: Around = AROUND) -> Rows:
    vocabulary = Vocabulary()
    blocks = list(map(Block, texts, *shapes.read(texts, vocabulary.__getitem__)))
    starts = STARTS[: len(texts)]
    marks = np.concatenate([block.marks for block in blocks])
    rows = np.repeat(starts, [len(block.marks) for block in blocks]) + shapes.line_of(marks)
    every = np.arange(len(vocabulary.words))
    terms = vocabulary.terms_of(every)
    return rows_of(
        (NEAR, FAR)[: len(texts)], blocks, starts, vocabulary, terms, around, (shapes.number_of(marks), rows)
    )


def told(rows: Rows, block: int, line: int) -> dict[str, float]:
    return dict(zip(ROW_FEATURES, rows.features[STARTS[block] + line].tolist(), strict=True))


def test_a_line_between_like_lines_is_told_from_others() -> None:
    rows = asked(["    open(shelf)\n    rack.weigh(shelf)\n    close(box)", "    open(shelf)\n\n    rack.weigh()"])

    between, beyond = told(rows, 0, 1), told(rows, 1, 2)

    assert between["above"] == pytest.approx(1.4 / (1 + 0.3 * 1.4))
    assert between["below"] == between["above"]  # 0.6 and 0.8
    assert between["first_above"] == between["first_below"] == between["indent"] == between["deeper"] == 1
    assert beyond["above"] == beyond["below"] == beyond["first_above"] == 0
    assert beyond["over"] > 0  # two lines up


def test_what_is_told_of_blocks_and_files() -> None:
    rows = asked(["one\n# two", "three"], replace(AROUND, homes={"far.py"}))

    near, far = told(rows, 0, 1), told(rows, 1, 0)

    assert (near["block"], near["folder"], near["home"], near["prose"]) == (1, 1, 0, 1)
    assert (far["block"], far["folder"], far["home"], far["prose"]) == (0.5, 0, 1, 0)
    assert far["nearest"] == pytest.approx(0.5**6)
    assert (near["file"], far["file"]) == pytest.approx((np.log(2), np.log(1.25)))


def test_what_stands_in_the_cursors_own_line_is_looked_for_in_the_line_itself() -> None:
    text = ["one\nopen(shelf)\nthree"]

    assert told(asked(text, replace(AROUND, above=(), below=())), 0, 1)["above"] == 0
    assert told(asked(text, replace(AROUND, above=(), head="    open(")), 0, 1)["above"] > 0
    assert told(asked(text, replace(AROUND, below=(), tail="shelf)")), 0, 1)["below"] > 0


def test_only_lines_with_something_in_them_count() -> None:
    rows = asked(["one\n\n    \nfour"])

    assert rows.filled[STARTS[0] : STARTS[0] + 10].tolist() == [True, False, False, True, *[False] * 6]


def test_names_share_the_lines_by_their_likeness() -> None:
    features = np.zeros((3, len(ROW_FEATURES)))
    features[:, 0] = [0.0, np.log(4), 9.0]
    rows = Rows(features, np.array([True, True, False]))
    weights = np.eye(len(ROW_FEATURES))[0]

    found = np.exp(rows.told(weights, 3, np.array([0, 1, 1]), np.array([0, 1, 2]))) - 1e-4

    assert found[:, 0].tolist() == pytest.approx([0.2, 0.8, 0.0])
    assert found[:, 1].tolist() == pytest.approx([1 / 3, 2 / 3, 0.0])


def test_no_lines_tell_nothing() -> None:
    empty = Vocabulary()
    nothing = rows_of([], [], STARTS[:0], empty, empty.terms_of(STARTS[:0]), AROUND, (STARTS[:0], STARTS[:0]))

    assert nothing.told(np.ones(len(ROW_FEATURES)), 2, STARTS[:0], STARTS[:0]).tolist() == [[np.log(1e-4)] * 2] * 2
