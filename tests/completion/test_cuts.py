"""The first words of a line, one more each time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inhouse.completion import cuts
from inhouse.completion.beginnings import first_word
from inhouse.completion.gate import fitted

LINE = ".append(item.name, key)"


def texts_of(line: str) -> list[str]:
    return [text for text, _ in cuts.cuts([(line, 0.4)], [], {first_word(line): 0.9})]


def test_a_line_is_cut_behind_words_and_marks() -> None:
    assert texts_of(LINE) == [
        ".append(",
        ".append(item.",
        ".append(item.name",
        ".append(item.name,",
        ".append(item.name, key",
    ]
    assert texts_of("name") == []
    assert texts_of("):") == [], "no word, so nothing is known of its beginning"


def test_lines_that_go_on_alike_speak_for_a_cut() -> None:
    lines = [(LINE, 0.4), (".append(item.names)", 0.3), (".append(item.name)", 0.2), (".pop()", 0.05)]
    found = dict(cuts.cuts(lines, [], {".append": 0.9}))

    def mass(text: str) -> float:
        return found[text]["mass"]

    assert mass(".append(item.") > mass(".append(item.name") > mass(".append(item.name,")
    assert found[".append("]["first"] == pytest.approx(2.197, abs=0.001)


def test_what_the_model_wrote_counts_as_far_as_the_cut() -> None:
    written = [(".append", 0.5), ("(", 0.5), ("item", 0.25), (".other", 0.9)]
    found = dict(cuts.cuts([(LINE, 0.4)], written, {".append": 0.9}))

    assert found[".append("]["written"] == 1.0
    assert found[".append("]["written_log_probability"] == pytest.approx(-1.386, abs=0.001)
    assert found[".append(item.name"]["written"] == 0.0
    assert found[".append(item.name"]["written_log_probability"] == 0.0


@pytest.mark.parametrize(
    ("text", "line", "does"),
    [
        ("foo", "foo(x)", True),
        ("foo", "foobar", False),
        ("foo(", "foo(x)", True),
        ("foo", "fo", False),
        ("foo", "foo", True),
    ],
)
def test_half_a_word_is_no_beginning(text: str, line: str, does: bool) -> None:
    assert cuts.begins(text, line) == does


@given(st.text(alphabet="ab_1 .(),=\"'", max_size=30))
def test_every_cut_begins_its_line_and_leaves_something(line: str) -> None:
    known = {first_word(line.rstrip()): 0.5}
    for text, features in cuts.cuts([(line, 0.5)], [(line, 0.5)], known):
        assert line.startswith(text)
        assert len(first_word(line)) < len(text) < len(line.rstrip())
        assert cuts.begins(text, line)
        assert set(features) == set(fitted("cuts").weights)
