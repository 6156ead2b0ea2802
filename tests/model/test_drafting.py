"""Reading ahead changes how the model is asked, never what comes out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from inhouse.model import CancelFlag, Draft, FillRequest
from inhouse.model.cancel import Cancelled
from inhouse.model.cells import Logits
from inhouse.model.decode import Decoded, decode
from inhouse.model.drafting import Drafting
from inhouse.model.drafts import Acceptance

END = 0
CHEAP = {1: 1.0, 4: 1.0, 8: 1.0, 12: 1.0, 16: 1.0}
"""Batches that cost nothing: every guess pays."""


class Script:
    """Session and vocabulary in one: token n is the byte n; after so many right tokens the next byte is favoured."""

    def __init__(self, script: bytes, abort_after: int = 999) -> None:
        self.script = script
        self.tokens: list[int] = []
        self.calls = 0
        self._rows: list[Logits] = [self._after(0)]
        self._abort_after = abort_after

    def _after(self, count: int) -> Logits:
        right = bytes(self.tokens[:count]) == self.script[:count]
        scores = np.zeros(256, np.float32)
        scores[self.script[count] if right and count < len(self.script) else END] = 10
        return scores

    def logits(self, row: int = -1) -> Logits:
        return self._rows[row]

    def append(self, token: int) -> None:
        self.verify([token])

    def verify(self, tokens: Sequence[int]) -> None:
        if self.calls >= self._abort_after:
            raise Cancelled
        self.calls += 1
        start = len(self.tokens)
        self.tokens += tokens
        self._rows = [self._after(start + at + 1) for at in range(len(tokens))]

    def shorten(self, length: int) -> None:
        assert length <= len(self.tokens)
        del self.tokens[length:]

    def piece(self, token: int) -> bytes:
        return bytes([token])

    def is_end(self, token: int) -> bool:
        return token == END

    def within(self, text: bytes) -> NDArray[np.int32]:
        return np.array([text[0]], np.int32)


class Guesser:
    """Guesses what it is told, by the number of tokens generated so far."""

    def __init__(self, guesses: dict[int, bytes]) -> None:
        self.guesses = guesses

    def draft(self, tokens: Sequence[int], most: int) -> Draft:
        ids = list(self.guesses.get(len(tokens), b""))[:most]
        return Draft(ids, [0.9] * len(ids), 5)


def run(
    script: Script,
    guesses: dict[int, bytes],
    max_tokens: int = 50,
    healed: bytes = b"",
    costs: dict[int, float] = CHEAP,
) -> tuple[Decoded, Drafting]:
    request = FillRequest("a.py", "", "", max_tokens=max_tokens)
    drafting = Drafting(
        script, Guesser(guesses), costs, Acceptance(), usable=lambda token: token != ord("\n"), most=max_tokens
    )
    done = decode(drafting, script, request, CancelFlag(), healed=healed)
    drafting.finish()
    return done, drafting


def test_right_guesses_save_evaluations() -> None:
    script = Script(b"return value\n")

    done, drafting = run(script, {1: b"eturn value"})

    assert done.text == "return value"
    assert (drafting.drafted, drafting.accepted) == (11, 11)
    assert script.calls == 1


def test_a_wrong_guess_costs_no_token() -> None:
    script = Script(b"return value\n")

    done, drafting = run(script, {1: b"eturn other"})

    assert done.text == "return value"
    assert (drafting.drafted, drafting.accepted) == (11, 6)
    assert bytes(script.tokens) == b"return value"


def test_guesses_end_where_the_answer_ends() -> None:
    script = Script(b"ab\nnext line\n")

    _, drafting = run(script, {1: b"b\nnext line"})

    assert drafting.drafted == 1


def test_what_does_not_pay_is_only_counted() -> None:
    script = Script(b"return value\n")
    dear = {1: 1.0, 4: 9.0, 8: 9.0, 12: 9.0, 16: 9.0}

    done, drafting = run(script, {1: b"eturn value"}, costs=dear)

    assert done.text == "return value"
    assert drafting.drafted == 0
    assert script.calls == len("return value")


def test_an_aborted_check_keeps_what_was_written() -> None:
    script = Script(b"return value\n", abort_after=0)

    done, drafting = run(script, {1: b"eturn value"})

    assert (done.text, done.stop) == ("r", "cancelled")
    assert script.tokens == []
    assert drafting.drafted == 0


@pytest.mark.parametrize("max_tokens", [1, 2, 3, 4, 8])
def test_no_more_is_read_than_may_be_written(max_tokens: int) -> None:
    script = Script(b"return value\n")

    done, drafting = run(script, {1: b"eturn value"}, max_tokens=max_tokens)

    assert len(done.tokens) == max_tokens
    assert drafting.drafted <= max(0, max_tokens - 2)


TEXTS = st.binary(min_size=1, max_size=30).map(lambda text: text.replace(b"\0", b"x"))


@given(
    text=TEXTS,
    guesses=st.dictionaries(st.integers(1, 30), TEXTS, max_size=8),
    right=st.sets(st.integers(1, 30)),
    healed=st.integers(0, 3),
    max_tokens=st.integers(1, 40),
)
def test_the_text_and_the_session_are_the_same_as_without(
    text: bytes, guesses: dict[int, bytes], right: set[int], healed: int, max_tokens: int
) -> None:
    guesses |= {at: text[at : at + 7] for at in right}
    plain, ahead = Script(text), Script(text)
    request = FillRequest("a.py", "", "", max_tokens=max_tokens)

    expected = decode(plain, plain, request, CancelFlag(), healed=text[:healed])
    done, drafting = run(ahead, guesses, max_tokens, text[:healed])

    assert done == expected
    assert ahead.tokens == plain.tokens
    assert drafting.accepted <= drafting.drafted
