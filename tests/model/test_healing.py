"""Which tokens at the cursor are taken back."""

from __future__ import annotations

import pytest

from inhouse.model import take_back


@pytest.mark.parametrize(
    ("pieces", "most", "count", "healed"),
    [
        (["x", " =", " re", "ad"], 9, 2, " read"),
        (["self", "."], 9, 1, "."),
        (["(", "na", "me"], 9, 2, "name"),
        (["a", "\n", "re", "ad"], 9, 2, "read"),
        (["a", "\n"], 9, 0, ""),
        (["v", "e", "r", "y", "l", "o", "n", "g"], 9, 4, "long"),
        (["re", "ad"], 1, 1, "ad"),
        ([], 0, 0, ""),
    ],
)
def test_the_word_at_the_cursor_or_the_last_token(pieces: list[str], most: int, count: int, healed: str) -> None:
    assert take_back(range(len(pieces)), lambda token: pieces[token].encode(), most) == (count, healed.encode())
