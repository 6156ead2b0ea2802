from __future__ import annotations

import random
from collections import Counter

from coretrain.holes import KINDS, Hole, cut

TEXT = """class Basket:
    def __init__(self, owner):
        self.owner = owner
        self.entries = []

    def add(self, article, count=1):
        for _ in range(count):
            self.entries.append(article)
        return len(self.entries)
"""


def no_line_is_better(line: str) -> float:
    return 0.0


def holes(count: int = 400) -> list[Hole]:
    chance = random.Random(3)
    return [hole for hole in (cut(TEXT, chance, no_line_is_better) for _ in range(count)) if hole]


def test_the_parts_make_up_the_text() -> None:
    for hole in holes():
        if hole.kind == "open_end":
            assert TEXT.startswith(hole.prefix + hole.middle)
            assert hole.suffix == ""
        else:
            assert hole.prefix + hole.middle + hole.suffix == TEXT


def test_every_kind_occurs_and_no_hole_is_empty() -> None:
    kinds = Counter(hole.kind for hole in holes())
    assert set(kinds) == set(KINDS)
    assert all(hole.middle for hole in holes())


def test_a_hole_in_one_line_never_holds_a_line_end() -> None:
    assert not any("\n" in hole.middle for hole in holes() if hole.kind != "block")


def test_a_whole_line_begins_behind_the_indentation() -> None:
    for hole in holes():
        if hole.kind == "whole_line":
            assert hole.prefix.rpartition("\n")[2].strip() == ""
            assert not hole.middle.startswith(" ")


def test_the_same_seed_cuts_the_same_holes() -> None:
    assert holes() == holes()


def test_lines_worth_more_are_cut_more_often() -> None:
    def worth(line: str) -> float:
        return float("append" in line)

    chance = random.Random(3)
    preferred = [hole for hole in (cut(TEXT, chance, worth) for _ in range(400)) if hole]
    assert at_append(preferred) > 1.3 * at_append(holes())


def at_append(cuts: list[Hole]) -> int:
    return sum(hole.prefix.count("\n") == 7 for hole in cuts)
