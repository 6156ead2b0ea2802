"""From what the model wrote to the answer: lines kept as far as they are sure enough, no answer given twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from inhouse.completion.answers import Answers
from inhouse.completion.cursor import cursor_of
from inhouse.completion.items import UNSURE, Aids
from inhouse.completion.lookup import Compared
from inhouse.completion.ranking import Candidate, Ranked, Written
from inhouse.completion.request import Completion, CompletionRequest, Provenance
from inhouse.model import Alternative, Fill, Token

SURE, UNLIKELY = 0.99, 0.05


def token(text: str, probability: float = SURE) -> Token:
    return Token(hash(text) % 1000, text, probability, -1, 0.0)


def ranked(tokens: list[Token], chance: float) -> Compared:
    """The written text with the chance of its first line."""
    whole = "".join(one.text for one in tokens)
    line = whole.split("\n")[0]
    return Compared([Ranked(Candidate(line, (1,), {}, None, Written(line, whole, tuple(tokens))), chance, chance)], [])


def answered(
    tokens: list[Token],
    *others: list[Token],
    invoked: bool = False,
    show_above: float = 0.25,
    compared: Compared | None = None,
) -> Completion:
    text = "def f(x):\n    \n"
    request = CompletionRequest(Path("/p"), Path("/p/a.py"), text, len(text) - 1, invoked=invoked, alternatives=3)
    branches = tuple(Alternative("".join(t.text for t in other), tuple(other), 0) for other in others)
    fill = Fill("".join(t.text for t in tokens), tuple(tokens), "line", 9, 0, 0.0, 0.0, alternatives=branches)
    aids = Aids(
        show_above,
        lambda ids: [1.0] * len(ids),
        origins=lambda ids: (Provenance("b.py", len(ids), "copied"),),
        compared=compared,
        notes=("a note",),
    )
    return Answers().of(request, fill, cursor_of(request), (), "m", {}, aids)


LINES = [token("x = load(x)"), token("\n    return "), token("x")]


def test_lines_are_kept_as_far_as_they_are_sure() -> None:
    doubtful = [*LINES, token("\n    frobnicate", 1e-6), token("(quux)", 1e-6), token("[0]", 1e-6)]

    assert answered(LINES, show_above=0.01).items[0].text == "x = load(x)\n    return x"
    assert answered(doubtful, show_above=0.2).items[0].text.count("\n") < 2


@pytest.mark.parametrize(("first", "second", "lines"), [(0.95, SURE, 2), (0.95, 0.3, 1), (0.2, SURE, 0)])
def test_more_than_the_first_line_needs_the_chance_of_a_line(first: float, second: float, lines: int) -> None:
    tokens = [token("x = load(x)\n"), token("    return x", second)]

    found = answered(tokens, compared=ranked(tokens, first)).items

    assert [item.text.count("\n") + 1 for item in found] == ([lines] if lines else [])
    assert all(item.probability <= first for item in found)


def test_of_lines_that_are_unsure_the_first_one_is_given_when_asked_for() -> None:
    tokens = [token("x = load(x)\n"), token("    return x", 0.1)]

    [item] = answered(tokens, invoked=True, compared=ranked(tokens, 0.3)).items

    assert (item.text, item.probability) == ("x = load(x)", 0.3)


@pytest.mark.parametrize(("invoked", "shown"), [(True, ["zz"]), (False, [])])
def test_what_is_unsure_is_shown_only_when_asked_for(invoked: bool, shown: list[str]) -> None:
    answer = answered([token("zz", 1e-6)], invoked=invoked, show_above=0.9)

    assert [item.text for item in answer.items] == shown
    assert answer.silent == (None if shown else UNSURE)


def test_the_same_text_is_not_shown_twice() -> None:
    answer = answered([token("x")], [token("x ")], [token("y")], show_above=0.0)

    assert [item.text for item in answer.items] == ["x", "y"]


def test_the_answer_says_where_it_stands_alike_and_what_shaped_it() -> None:
    answer = answered(LINES, show_above=0.0)

    assert answer.items[0].provenance == (Provenance("b.py", len(LINES), "copied"),)
    assert answer.notes == ("a note",)


def test_a_servers_tokens_have_no_numbers_and_are_neither_a_loop_nor_a_place_of_the_project() -> None:
    told = [Token(-1, text, SURE) for text in ["total", "=", "sum", "(", "one", "for", "one", "in", "amounts", ")"]]

    [item] = answered(told, show_above=0.0).items

    assert item.text == "".join(one.text for one in told)
    assert item.provenance == ()
    assert answered([Token(-1, "a,", SURE)] * 12, show_above=0.0).silent == "goes round in circles"


def test_silence_says_what_was_held_back() -> None:
    answer = answered([token("zz", 1e-6)], show_above=0.9)

    assert answer.notes[-1] == "held back below a chance of 0.9: 'zz'"
