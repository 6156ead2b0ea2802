"""Ends of lines are found in other files and in the current one, once each, also behind a name typed halfway."""

import pytest

from inhouse.completion.proposals import Proposal, line_breaks, propose
from inhouse.context import Ngram

OTHERS = {
    "log.py": "log = get_logger('shop')\nlog.info('started')\n",
    "user.py": "import db\nload_user(name, session)\n",
}


def piece(token: int) -> bytes:
    return chr(token).encode()


def ids(text: str) -> list[int]:
    return [ord(letter) for letter in text]


BREAKS = line_breaks(128, piece)


def proposals(prefix: str, healed: str = "", suffix: str = "", most: int = 8) -> list[Proposal]:
    ngram = Ngram(clock=lambda: 0.0)
    ngram.update_many({name: ids(text) for name, text in OTHERS.items()}, recent=False)
    kept = prefix[: len(prefix) - len(healed)]
    return propose(ngram.at(ids(kept), ids(suffix), "own.py"), BREAKS, healed.encode(), piece, most)


@pytest.mark.parametrize(
    ("prefix", "healed", "expected"),
    [
        ("log = get_", "", "logger('shop')"),
        ("load_us", "us", "er(name, session)"),
        ("import db\nload_us", "load_us", "er(name, session)"),
    ],
)
def test_the_rest_of_the_line_is_found(prefix: str, healed: str, expected: str) -> None:
    assert proposals(prefix, healed)[0].text == expected


def test_what_does_not_go_on_from_what_was_typed_is_left_out() -> None:
    assert all("info" not in one.text for one in proposals("log.in", "in")[1:])
    assert proposals("log.zz", "zz") == []


def test_the_current_file_counts_below_the_cursor_too() -> None:
    found = proposals("x = frob", "", "\nx = frobnicate(1)\n")

    assert found[0].text == "nicate(1)"
    assert found[0].own
    assert found[0].file is None


def test_no_two_are_the_same_but_for_blanks() -> None:
    found = proposals("a = f(1, 2)\nb = f(1,2)\nc = f")

    bare = ["".join(one.text.split()) for one in found]
    assert len(bare) == len(set(bare))


def test_no_more_than_wanted() -> None:
    assert len(proposals("l", most=1)) == 1


def test_an_end_that_is_empty_is_no_proposal() -> None:
    assert all(one.text for one in proposals("load_user(name, session)"))


def test_each_says_where_it_stands() -> None:
    assert [(one.file, one.line) for one in proposals("load_us", "us")[:1]] == [("user.py", 1)]
    assert [(one.file, one.line) for one in proposals("log.inf")[:1]] == [("log.py", 1)]
    above = proposals("x = frobnicate(1)\n\ny = frob")[0]
    assert (above.file, above.line) == (None, -2)
    below = proposals("y = frob", suffix="\n\nx = frobnicate(1)\n")[0]
    assert (below.file, below.line) == (None, 2)
