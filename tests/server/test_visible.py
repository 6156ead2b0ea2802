"""What a host draws. The cases follow the rules that VS Code's own tests of ghost text fix."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inhouse.server.visible import DRAWN_CHARACTERS, Place, is_visible


def at(marked: str) -> Place:
    """A line with the cursor where the bar is."""
    return Place(marked.replace("|", ""), marked.index("|"))


@pytest.mark.parametrize(
    ("line", "text", "start", "end", "visible"),
    [
        ("x = |", "1", 4, 4, True),  # plain insertion
        ("x = |", "one(\n    two,\n)", 4, 4, True),  # several lines
        ("|", "import os", 0, 0, True),
        ("x = |", "", 4, 4, False),  # nothing
        ("x = |", "a\0b", 4, 4, False),  # Neovim would break the line
        ("foo|", "foobar", 0, 3, True),  # repeats what was typed
        ("foo|", "fobar", 0, 3, False),  # changes what was typed
        ("foo|", "Foobar", 0, 3, False),  # changes its case
        ("foo|", "foo", 0, 3, False),  # nothing new
        ("f(|)", "f(x)", 0, 3, True),  # brings the closing bracket along
        ("f(|)", "x)", 2, 3, True),
        ("f(|)", ")", 2, 3, False),  # replaces by the same
        ("f(|)", "x", 2, 3, False),  # would delete the bracket
        ("f(|) + 1", "a, b)", 2, 3, True),  # what is right of the range stays
        ("f(|a, b)", "x, a, y, b)", 2, 7, True),  # inserts in between
        ("f(|a, b)", "b, a)", 2, 7, False),  # turns round
        ("    |", "        return", 0, 4, True),  # more indentation
        ("    |", "  return", 0, 4, False),  # less indentation
        ("\t|", "    return", 0, 1, False),  # other indentation
        ("foo|", "bar", 3, 9, False),  # range past the end
        ("foo|", "bar", 4, 4, False),  # range right of the cursor
        ("foo|bar", "foo", 0, 2, False),  # range left of the cursor
        ("foo|", "bar", -1, 3, False),
        ("", "x" * (DRAWN_CHARACTERS + 1), 0, 0, False),  # too long to compare
        ("", "x" * DRAWN_CHARACTERS, 0, 0, True),
    ],
)
def test_what_is_drawn(line: str, text: str, start: int, end: int, visible: bool) -> None:
    place = at(line) if "|" in line else Place(line, 0)
    assert is_visible(place, text, start, end) is visible


@pytest.mark.parametrize(
    ("text", "start", "visible"),
    [
        ("forward(x)", 5, True),  # extends the entry over the same range
        ("forward", 5, False),  # only repeats it
        ("fortune(x)", 5, False),  # is another one
        ("ward(x)", 8, False),  # starts elsewhere
    ],
)
def test_a_selected_entry_must_be_extended(text: str, start: int, visible: bool) -> None:
    place = Place("self.for", 8, selected="forward", selected_start=5)
    assert is_visible(place, text, start, 8) is visible


words = st.text("ab( )", max_size=8)


@given(words, words, words, words, words)
def test_an_item_that_only_adds_right_of_the_cursor_is_drawn(
    left: str, replaced: str, kept: str, right: str, new: str
) -> None:
    """Whatever stands around: typed text is repeated, something is put in, the rest comes along."""
    place = Place(left + replaced + kept + right, len(left + replaced))
    text, start = replaced + new + kept, len(left)
    if new:
        assert is_visible(place, text, start, place.cursor + len(kept))


@given(words, words, words, words)
def test_what_is_drawn_deletes_nothing(left: str, right: str, text: str, extra: str) -> None:
    """Striking the inserted characters out of the accepted line gives the line as it was."""
    place = Place(left + right + extra, len(left))
    end = len(left + right)
    if is_visible(place, text, 0, end):
        assert text.startswith(left)
        assert list(right) == in_order(right, text[len(left) :])


def in_order(part: str, whole: str) -> list[str]:
    """The longest beginning of part whose characters occur in whole one after the other."""
    found: list[str] = []
    for character in whole:
        if len(found) < len(part) and part[len(found)] == character:
            found.append(character)
    return found
