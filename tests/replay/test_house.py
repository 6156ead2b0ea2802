"""Convention positions stand before real calls; cold files never mention the house's way; odds are arithmetic."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes import ScriptedEngine

from inhouse.completion import Settings
from inhouse.replay.house import HousePair, cut_house
from inhouse.replay.house_run import HouseRow, first_way, house_summaries, run_house
from inhouse.replay.score import highest_share

PAIR = HousePair("print0", "logging.info", "common.py")
USES = """import logging
from common import print0

# print0("in a comment")


def train(loss):
    total = compute(loss)
    print0(f"total {total}")
    return "print0(" + str(total)


def evaluate(loss):
    print0("first")
    common.print0("second")
"""
TEXTS = {"common.py": "def print0(text):\n    print(text)\n\nprint0('x')\n", "train.py": USES}


def test_positions_are_calls_and_not_comments_strings_or_the_definition() -> None:
    found = cut_house(TEXTS, [PAIR], 10, 1, {})

    warm = [one for one in found if one.case.kind == "warm"]
    assert [one.call for one in warm] == ["print0(", "print0(", "common.print0("]
    for one in warm:
        assert one.case.prefix + one.case.target + one.case.suffix == USES
        assert one.case.target.startswith(one.call)


def test_a_cold_file_has_no_mention_of_the_house_way() -> None:
    cold = [one.case for one in cut_house(TEXTS, [PAIR], 10, 1, {}) if one.case.kind == "cold"]

    assert len(cold) == 3
    for case in cold:
        assert "print0" not in case.prefix + case.suffix
    assert cold[0].prefix == "import logging\n\n\ndef train(loss):\n    total = compute(loss)\n    "


def test_at_most_so_many_positions_a_pair() -> None:
    texts = TEXTS | {f"more{number}.py": USES for number in range(4)}

    found = cut_house(texts, [PAIR], 3, 1, {})

    assert len(found) == 6
    assert len({one.case.path for one in found}) == 3
    assert found == cut_house(texts, [PAIR], 3, 1, {})


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("print0(x)", "house"),
        ("logging.info(print0)", "foreign"),
        ("info(x)", "foreign"),
        ("sprint0(x)", "other"),
        ("", "other"),
    ],
)
def test_the_first_way_that_stands_as_a_whole_name(text: str, way: str) -> None:
    assert first_way(text, "print0", ["logging.info", "info"]) == way


def test_each_arm_is_asked_and_summed_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INHOUSE_CACHE_DIR", str(tmp_path / "cache"))
    root = tmp_path / "project"
    root.mkdir()
    for path, text in TEXTS.items():
        (root / path).write_text(text)
    rows: list[HouseRow] = []
    cases = [one for one in cut_house(TEXTS, [PAIR], 10, 1, {}) if one.call == "print0("]

    run_house(Settings(), ScriptedEngine("print0(1)"), root, cases, ["full", "plain"], set(), rows.append)

    assert {(row.arm, row.stratum, row.first) for row in rows} == {
        (arm, stratum, "house") for arm in ("full", "plain") for stratum in ("warm", "cold")
    }
    assert all(row.odds == pytest.approx(1.0, abs=1e-3) for row in rows)
    cold_full, cold_plain, *_ = house_summaries(rows)
    assert (cold_full.arm, cold_full.stratum, cold_full.house.mean) == ("full", "cold", 1.0)
    assert cold_plain.against["full"]["odds"].mean == 0
    assert (cold_full.foreign.mean, cold_full.against) == (0.0, {})
    assert 0.2 < cold_full.foreign_at_most < 0.9, "never seen in two cases is not never"
    assert HouseRow.parse(rows[0].json()) == rows[0]


def row(number: int, arm: str, first: str, *, shown: bool = True, odds: float | None = 0.5) -> HouseRow:
    return HouseRow(str(number), arm, "warm", f"{number}.py", "print0", "logging.info", first, first, shown, odds)


def test_what_is_written_and_what_is_shown_is_counted_apart_and_compared_with_each_rival() -> None:
    rows = [row(number, "full", "house") for number in range(4)]
    rows += [row(number, "plain", "foreign" if number < 3 else "other", shown=number == 0) for number in range(4)]
    rows += [row(number, "ngram", "other", odds=None) for number in range(4)]

    full, plain, ngram = house_summaries(rows, ["plain"])

    assert (full.house.mean, full.foreign.mean, full.shown_house) == (1.0, 0.0, 1.0)
    assert (plain.foreign.mean, plain.shown, plain.shown_foreign) == (0.75, 0.25, 0.25)
    assert full.against["plain"]["foreign"].mean == -0.75
    assert plain.against["full"]["shown_foreign"].mean == 0.25
    assert list(ngram.against) == ["full", "plain"]
    assert (ngram.odds, "odds" in ngram.against["plain"]) == (None, False)


def test_an_arm_that_is_compared_with_but_did_not_run_is_passed_over() -> None:
    (full,) = house_summaries([row(1, "full", "house")], ["plain", "full"])

    assert full.against == {}


@pytest.mark.parametrize(("hits", "cases", "low", "high"), [(0, 100, 0.03, 0.04), (50, 100, 0.59, 0.6), (0, 0, 1, 1)])
def test_the_highest_share_that_so_many_hits_allow(hits: int, cases: int, low: float, high: float) -> None:
    assert low <= highest_share(hits, cases) <= high
