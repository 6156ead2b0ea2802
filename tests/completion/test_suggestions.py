"""An answer from memory is the tail of what was suggested, for the same document typed along, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inhouse.completion import Completion, CompletionRequest, Item
from inhouse.completion.cursor import Cursor, cursor_of
from inhouse.completion.suggestions import MAX_CHARACTERS, MAX_ENTRIES, State, Suggestions, left_open

HERE = State("a.py", 1)
SMALL = st.text(alphabet="ab(\n", max_size=6)
"""So few letters that texts are often each other's beginnings."""


def at(marked: str, selected: str | None = None, selected_start: int | None = None) -> Cursor:
    text, offset = marked.replace("█", ""), marked.index("█")
    request = CompletionRequest(
        Path("/r"), Path("/r/a.py"), text, offset, selected=selected, selected_start=selected_start
    )
    return cursor_of(request)


def answer(cursor: Cursor, *texts: str, replaced: int = 0) -> Completion:
    items = [Item(cursor.lead + text, cursor.start, cursor.offset + replaced, 0.5, "model") for text in texts]
    return Completion(tuple(items), None if texts else "nothing to add", "m")


def remembered(marked: str, *texts: str, state: State = HERE, replaced: int = 0, ahead: bool = False) -> Suggestions:
    kept = Suggestions()
    cursor = at(marked)
    kept.put(cursor, state, answer(cursor, *texts, replaced=replaced), ahead=ahead)
    return kept


def texts_of(found: Completion | None) -> list[str] | None:
    return None if found is None else [item.text for item in found.items]


def test_typing_along_needs_no_model() -> None:
    kept = remembered("x = █\n", "value + 1")

    found = kept.find(at("x = val█\n"), HERE)

    assert found is not None
    (item,) = found.items
    assert (item.text, item.start, item.end, item.source) == ("ue + 1", 7, 7, "cache")
    assert found.tokens.prompt == 0


@pytest.mark.parametrize(
    ("marked", "why"),
    [
        ("x = w█\n", "typed over"),
        ("x = value + 1█\n", "all of it typed"),
        ("x = val█\ny", "the text below is another one"),
        ("y = val█\n", "the text above is another one"),
        ("x =█\n", "before where it began"),
    ],
)
def test_no_answer_for_another_document(marked: str, why: str) -> None:
    kept = remembered("x = █\n", "value + 1")

    assert kept.find(at(marked), HERE) is None, why


@pytest.mark.parametrize("state", [State("b.py", 1), State("a.py", 2), State("a.py", 1, alternatives=3)])
def test_no_answer_in_another_state(state: State) -> None:
    assert remembered("x = █\n", "value").find(at("x = v█\n"), state) is None


def test_three_alternatives_serve_where_one_is_wanted() -> None:
    kept = remembered("x = █\n", "value", "other", "vote", state=State("a.py", 1, 3))

    assert texts_of(kept.find(at("x = v█\n"), HERE)) == ["alue", "ote"]


@pytest.mark.parametrize("marked", ["x = va█\n", "x = v█\n", "x = █\n", "x █\n"])
def test_what_is_taken_back_is_not_offered_again(marked: str) -> None:
    kept = remembered("x = █\n", "value")
    kept.find(at("x = val█\n"), HERE)

    assert kept.find(at(marked), HERE) is None
    assert kept.find(at("x = val█\n"), HERE) is None
    assert len(kept) == 0


def test_what_is_typed_over_is_not_offered_again() -> None:
    kept = remembered("x = █\n", "value")
    kept.find(at("x = vo█\n"), HERE)

    assert kept.find(at("x = v█\n"), HERE) is None


def test_an_undone_accept_is_not_offered_again() -> None:
    kept = remembered("x = █\n", "value")
    kept.find(at("x = value█\n"), HERE)

    assert kept.find(at("x = █\n"), HERE) is None


def test_what_was_computed_ahead_waits_for_the_accept() -> None:
    kept = remembered("x = █\n", "value")
    ahead = at("x = value█\n")
    kept.put(ahead, HERE, answer(ahead, ".name"), ahead=True)

    assert texts_of(kept.find(at("x = va█\n"), HERE)) == ["lue"]
    assert texts_of(kept.find(at("x = value█\n"), HERE)) == [".name"]


def test_silence_is_remembered_where_it_was_computed_ahead_only() -> None:
    assert len(remembered("x = █\n")) == 0
    kept = remembered("x = █\n", ahead=True)

    assert texts_of(kept.find(at("x = █\n"), HERE)) == []
    assert kept.find(at("x = v█\n"), HERE) is None


def test_silence_for_one_answer_is_none_for_three() -> None:
    """Three are wanted by whom asks by a key, and nothing is too unsure then."""
    kept = remembered("x = █\n", ahead=True)

    assert kept.find(at("x = █\n"), State("a.py", 1, alternatives=3)) is None


def test_what_was_shown_by_a_key_only_is_not_shown_while_typing() -> None:
    by_key = State("a.py", 1, alternatives=3, invoked=True)
    kept = remembered("x = █\n", "value", "vast", state=by_key)

    assert kept.find(at("x = v█\n"), HERE, lambda _: False) is None
    assert texts_of(kept.find(at("x = v█\n"), HERE, lambda item: item.text == "vast")) == ["ast"]
    assert texts_of(kept.find(at("x = v█\n"), by_key, lambda _: False)) == ["alue", "ast"]


def test_silence_while_typing_is_none_for_a_key() -> None:
    kept = remembered("x = █\n", ahead=True)

    assert kept.find(at("x = █\n"), State("a.py", 1, invoked=True)) is None


@pytest.mark.parametrize(
    ("marked", "rest", "end"), [("x = call(█)\n", '"a", b)', 10), ('x = call("a"█)\n', ", b)", 13)]
)
def test_brackets_that_the_editor_closed_are_replaced(marked: str, rest: str, end: int) -> None:
    found = remembered("x = █\n", 'call("a", b)').find(at(marked), HERE)

    assert found is not None
    assert (found.items[0].text, found.items[0].end) == (rest, end)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_brackets_that_the_editor_closed_are_replaced_in_a_long_file_too(newline: str) -> None:
    below = (newline + "y = 1").join(map(str, range(9_000)))
    assert len(below) > 60_000

    kept = remembered("x = █" + below, 'call("a", b)')
    found = kept.find(at("x = call(█)" + below), HERE)

    assert found is not None
    assert (found.items[0].text, found.items[0].end) == ('"a", b)', 10)
    assert kept.find(at("x = call(█)]" + below), HERE) is None


def test_a_closed_quote_in_the_middle_is_not_doubled() -> None:
    """The rest does not end with what the editor closed, so replacing it would need more than one range."""
    assert remembered("x = █\n", 'call("a", b)').find(at('x = call("█")\n'), HERE) is None


def test_the_replaced_tail_moves_along() -> None:
    kept = remembered("f(█)\n", "value)", replaced=1)

    found = kept.find(at("f(val█)\n"), HERE)

    assert found is not None
    assert (found.items[0].text, found.items[0].start, found.items[0].end) == ("ue)", 5, 6)


def test_the_selected_entry_leads_the_rest() -> None:
    kept = remembered("self.█\n", "forward(x)")

    found = kept.find(at("self.fo█\n", "forward", 5), HERE)

    assert found is not None
    assert (found.items[0].text, found.items[0].start, found.items[0].end) == ("forward(x)", 5, 7)


def test_line_ends_are_the_document_s() -> None:
    kept = Suggestions()
    cursor = at("if x:█\r\n")
    kept.put(cursor, HERE, answer(cursor, "\r\n    return x"))

    assert texts_of(kept.find(at("if x:\r\n    r█\r\n"), HERE)) == ["eturn x"]


def test_memory_is_bounded() -> None:
    kept = Suggestions()
    for number in range(MAX_ENTRIES + 5):
        cursor = at(f"x{number} = █")
        kept.put(cursor, HERE, answer(cursor, "value"))
    assert len(kept) == MAX_ENTRIES
    assert kept.find(at("x0 = █"), HERE) is None

    for number in range(MAX_CHARACTERS // 50_000):
        cursor = at("a" * 50_000 + f"{number}█" + "b" * 40_000)
        kept.put(cursor, HERE, answer(cursor, "value"))
    assert len(kept) < MAX_ENTRIES
    kept.clear()
    assert len(kept) == 0


@pytest.mark.parametrize(
    ("text", "closers"),
    [("f(", ")"), ('f("', '")'), ("f([{", "}])"), ("f(x)", ""), ("'it\\'s", "'"), ("'(", "'"), (")", "")],
)
def test_what_an_editor_closes(text: str, closers: str) -> None:
    assert left_open(text) == closers


@dataclass(frozen=True)
class Put:
    prefix: str
    suffix: str
    text: str
    state: State


PUTS = st.builds(Put, SMALL, SMALL, SMALL.filter(bool), st.builds(State, st.just("a.py"), st.integers(0, 1)))


@given(st.lists(PUTS, min_size=1, max_size=5), st.lists(st.tuples(SMALL, SMALL), min_size=1, max_size=5))
def test_an_answer_is_always_the_tail_of_a_suggestion_for_the_same_text(
    puts: list[Put], asks: list[tuple[str, str]]
) -> None:
    kept = Suggestions()
    for put in puts:
        cursor = at(f"{put.prefix}█{put.suffix}")
        kept.put(cursor, put.state, answer(cursor, put.text))

    for prefix, suffix in asks:
        cursor = at(f"{prefix}█{suffix}")
        found = kept.find(cursor, HERE)
        for item in found.items if found else ():
            after = prefix + item.text + suffix[item.end - item.start :]
            assert item.text
            assert any(put.state == HERE and after == put.prefix + put.text + put.suffix for put in puts)
