from __future__ import annotations

import random

from coretrain.corpus import SourceFile
from coretrain.project import Project, identifiers, signatures, windows


def source(path: str, text: str) -> SourceFile:
    return SourceFile("shop", path, "python", "MIT", "train", text)


BASKET = source(
    "shop/basket.py", "class Basket:\n    def add_article(self, article):\n        return article.price\n" * 2
)
PRINTER = source(
    "shop/printer.py", "def print_receipt(basket):\n    for line in basket.receipt_lines:\n        emit(line)"
)
ORDER = source(
    "shop/order.py", "def order(basket, article):\n    basket.add_article(article)\n    print_receipt(basket)"
)


def test_related_pieces_share_names_and_are_of_other_files() -> None:
    project = Project([BASKET, PRINTER, ORDER], seed=1)
    found = project.related(identifiers("print_receipt(basket)"), own_file=2, count=3)
    assert project.pieces[found[0]].file == 1
    assert all(project.pieces[index].file != 2 for index in found)


def test_common_words_are_no_names() -> None:
    assert identifiers("self.return_value = None if value else count_all()") == {"return_value", "count_all"}


def test_windows_cover_the_text_and_cut_before_definitions() -> None:
    text = "\n".join(f"def function_{i}():\n    return {i}\n    # end {i}" for i in range(60))
    cut = list(windows(text, random.Random(1)))
    assert "\n".join(cut) == text
    assert all(window.startswith("def ") for window in cut)


def test_signatures_are_definitions_without_bodies() -> None:
    text = "import os\nclass A(\n    Base,\n):\n    x = 1\n    async def go(self):\n        return os.name\nLIMIT = 3\n"
    assert signatures(text) == "class A(\n    Base,\n):\n    async def go(self):\nLIMIT = 3"


def test_a_name_is_rare_when_few_places_have_it() -> None:
    project = Project([BASKET, PRINTER, ORDER], seed=1)
    assert project.shared_rarity("add_article(x)") > 0
    assert project.shared_rarity("never_seen_before(x)") == 0
