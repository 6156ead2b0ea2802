"""Words and their parts."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inhouse.context.terms import split, stands_in, term_set, terms


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("getUserName", ("getusername", "get", "user", "name")),
        ("compute_init", ("compute_init", "compute", "init")),
        ("HTTPServer", ("httpserver", "http", "server")),
        ("__init__", ("__init__", "init")),
        ("word", ("word",)),
        ("is_ok", ("is_ok",)),
        ("utf8", ("utf8", "utf")),
        ("größeMessen", ("größemessen", "messen")),
        ("x" * 65, ()),
    ],
)
def test_a_word_gives_itself_and_its_parts(word: str, parts: tuple[str, ...]) -> None:
    assert split(word)[0:1] == parts[0:1]
    assert set(parts) <= set(split(word))


def test_terms_are_counted_and_blocks_have_each_once() -> None:
    assert terms("put_box(box)\nput_box(a)")["put_box"] == 2
    assert term_set(["put_box(box)", "put_box(a)"]) == {"put_box", "put", "box"}


@given(st.text())
def test_terms_hold_no_blank_and_no_quote(text: str) -> None:
    """A term is asked for between double quotes, and stored between blanks."""
    assert all(term and not set(term) & set(' "\n\t') for term in terms(text))


@given(
    text=st.text(alphabet="ab_$é. \n", max_size=12),
    name=st.text(alphabet="ab_$é", min_size=1, max_size=3),
)
def test_a_name_stands_in_a_text_as_a_whole_only(text: str, name: str) -> None:
    assert stands_in(text, name) == bool(re.search(rf"(?<![\w$]){re.escape(name)}(?![\w$])", text))


def test_words_can_be_left_out_as_they_are_spelled() -> None:
    assert term_set(["return None", "NONE = is_none(x)"], frozenset({"return", "None"})) == {"none", "is_none"}
