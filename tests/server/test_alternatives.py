"""Several answers by a key, from the real program with the embedded model: different ones, none that goes round, and
what was on the screen stays where it was."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import pytest
from lsprotocol import types

from .client import Client
from .conftest import Start
from .test_real import SERVE

pytestmark = pytest.mark.integration

PRICES = """\
class Basket:
    def __init__(self, items, rate):
        self.items = items
        self.rate = rate

    def net_price(self, amount):
        return amount / (1 + self.rate)

    def total_price(self, items):
        return sum(self.net_price(item.amount) for item in items)

    def cheapest(self):
        return min(self.items, key=lambda item: item.amount)


def read_basket(path):
    return Basket(load_items(path), read_rate(path))
"""
HEADS = [
    "    return ",
    "    total = basket.",
    "    for item in ",
    "    print(",
    "    if basket.",
    "    a = a + a + a + a + a + a + a + a + a + ",
    "    x = x, x, x, x, x, x, x, x, x, x, x, x, x, ",
    "    ",
]
"""What stands before the cursor; behind the ones that repeat themselves small models go round for ever."""


def text_with(head: str) -> str:
    return (
        f"from prices import Basket, read_basket\n\n\ndef report(path, a, x):\n    basket = read_basket(path)\n{head}\n"
    )


@pytest.fixture
async def client(start: Start, tmp_path: Path) -> Client:
    (tmp_path / "prices.py").write_text(PRICES)
    (tmp_path / "stock.py").write_text(PRICES.replace("price", "stock").replace("Basket", "Store"))
    client = await start(command=SERVE)
    await client.hello(tmp_path)
    return client


def texts(items: Sequence[types.InlineCompletionItem]) -> list[str]:
    return [str(item.insert_text) for item in items]


def bare(text: str) -> str:
    return "".join(text.split())


async def test_they_differ_by_more_than_blanks_and_none_goes_round(client: Client, tmp_path: Path) -> None:
    counts: list[int] = []
    for number, head in enumerate(HEADS):
        document = client.open((tmp_path / f"report{number}.py").as_uri(), text_with(head))
        found = texts(await client.complete(document, 5, len(head), invoked=True))

        counts.append(len(found))
        assert len({bare(text) for text in found}) == len(found) <= 3
        for text in found:
            assert bare(text)
            assert max(len(list(run)) for _, run in groupby(text.split())) < 8, text
            assert not any(text.count(text[at : at + 6]) > 8 for at in range(len(text) - 6)), text
    assert sum(count > 1 for count in counts) >= 3, "or nothing was tested"


async def test_what_was_on_the_screen_keeps_its_place(client: Client, tmp_path: Path) -> None:
    several = 0
    for number, head in enumerate(HEADS):
        document = client.open((tmp_path / f"report{number}.py").as_uri(), text_with(head))
        shown = texts(await client.complete(document, 5, len(head)))
        asked = texts(await client.complete(document, 5, len(head), invoked=True))
        assert asked[: len(shown)] == shown
        (tmp_path / "more.py").write_text(f"def other_{number}(basket):\n    return basket.cheapest()\n")
        changed = types.FileEvent((tmp_path / "more.py").as_uri(), types.FileChangeType.Created)
        client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([changed]))

        # a busy machine may have cut the first answer off: more may come behind it
        assert texts(await client.complete(document, 5, len(head), invoked=True))[: len(asked)] == asked
        several += len(asked) > 1
    assert several >= 3, "or nothing was tested"
