"""Which names a line is likely to need: what is told of each, and that all of it counts in the right direction."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from inhouse.context import shapes
from inhouse.context.blocks import Block
from inhouse.context.evidence import FEATURES, Evidence, Query, evidence
from inhouse.context.likely import TOLD, Likely, likely, row_weights, weights
from inhouse.context.rows import ROW_FEATURES
from inhouse.context.vocabulary import Vocabulary
from inhouse.context.windows import Window

KNOWN = (frozenset({"shelf"}), frozenset({"find"}))
QUERY = Query(["    shelf = find()"], ["    return shelf"], 4, "python", (), KNOWN, {}, {"shelf": 0.9})
NEAR = Window("near.py", 1, 10, 4.0, 1)
FAR = Window("far.py", 11, 20, 1.0, 7)


def asked(
    texts: Sequence[str],
    query: Query = QUERY,
    windows: Sequence[Window] = (NEAR, FAR),
) -> tuple[Evidence, Likely]:
    vocabulary = Vocabulary()
    blocks = list(map(Block, texts, *shapes.read(texts, vocabulary.__getitem__)))
    found = evidence(windows[: len(blocks)], blocks, vocabulary, query)
    return found, likely(found, windows)


def told(found: Evidence, name: str) -> dict[str, float]:
    return dict(zip(FEATURES, found.features[list(found.names).index(name)].tolist(), strict=True))


def test_names_that_are_known_and_words_of_the_language_are_left_out() -> None:
    found, names = asked(["shelf = rack.find(box)\nif box is None: return", ""])

    assert sorted(found.names) == ["box", "rack"]
    assert set(names.worth) == {"box", "rack"}
    assert max(names.worth.values()) == 1.0


def test_what_is_told_of_a_name() -> None:
    query = replace(QUERY, imported=("Store", "unseen"), near={"box": 0.5})
    texts = ["    rack.weigh_box(size=1)\n# weigh_box\n    Store.append(len(rack))", "rack"]

    found, _ = asked(texts, query)

    rack = told(found, "rack")
    assert rack["evidence"] == pytest.approx(np.log(0.01 + 1.0 + 0.25**6))
    assert rack["files"] == pytest.approx(np.log(3 / 2))
    assert rack["indent"] == pytest.approx(2 / 3.5)
    weigh = told(found, "weigh_box")
    assert weigh["dot"] == pytest.approx(1 / 2.5)
    assert weigh["code"] == pytest.approx(1 / 2.5)
    assert weigh["kin"] == 0.5
    assert told(found, "size")["keyword"] == pytest.approx(1 / 1.5)
    assert told(found, "len")["builtin"] == told(found, "append")["member"] == 1
    assert told(found, "Store")["imported"] == told(found, "unseen")["imported"] == 1
    assert told(found, "unseen")["evidence"] == pytest.approx(np.log(0.01))


def test_a_name_between_lines_like_those_around_the_cursor_is_likelier() -> None:
    lines = ["shelf.one()", "    two()", "    return shelf", *["pass"] * 5, "    three()"]

    found, names = asked(["\n".join(lines)], windows=[NEAR])

    assert told(found, "two")["line"] > 0.5 > told(found, "three")["line"]
    assert names.worth["two"] > names.worth["three"]


def test_blocks_that_follow_each_other_are_read_as_one_text() -> None:
    texts = ["two()", *["\n".join(["pass"] * 9 + ["shelf = find()"])]]
    after = Window("near.py", 21, 30, 1.0, 3)

    joined, _ = asked(texts, windows=[after, Window("near.py", 11, 20, 1.0, 2)])
    apart, _ = asked(texts, windows=[after, Window("far.py", 11, 20, 1.0, 2)])

    assert told(joined, "two")["line"] > told(apart, "two")["line"] == 0


def test_each_name_s_places_are_told_by_half_blocks() -> None:
    _, names = asked(["one\none", "\n\n\n\n\none\ntwo"])

    columns = list(names.worth)
    rows = [{columns[column] for column in np.flatnonzero(row).tolist()} for row in names.halves]
    assert rows == [{"one"}, set(), set(), {"one", "two"}, set()]


def test_old_names_are_worth_less() -> None:
    found, plain = asked(["one.two", ""])

    worth = likely(found, [NEAR, FAR], {"two"}, 0.25).worth

    assert worth["two"] / worth["one"] == pytest.approx(plain.worth["two"] / plain.worth["one"] / 4)


def test_nothing_is_found_where_there_is_nothing() -> None:
    assert not asked([], windows=())[1].worth
    assert not asked(["", ""])[1].worth


def test_an_unknown_language_is_answered() -> None:
    assert asked(["one.two", ""], replace(QUERY, language=""))[1].worth.keys() == {"one", "two"}


def test_there_is_a_weight_for_each_feature_and_the_nearest_blocks_count_for_a_name() -> None:
    by_name = dict(zip(FEATURES, weights().tolist(), strict=True))

    assert all(by_name[name] > 0 for name in ("evidence", "kin", "line", "indent"))


def test_a_name_that_stands_between_like_lines_is_likelier_by_rows() -> None:
    texts = ["    shelf = find()\n    rack.one()\n    return shelf\n\n    rack.two()", ""]
    found, plain = asked(texts)

    by_rows = likely(found, (NEAR, FAR), by_rows=True)

    assert by_rows.worth["one"] / by_rows.worth["two"] > plain.worth["one"] / plain.worth["two"]


def test_there_is_a_weight_for_each_feature_of_lines() -> None:
    of_rows, of_names = row_weights()

    assert len(of_rows) == len(ROW_FEATURES)
    assert len(of_names) == len(FEATURES) + len(TOLD)
