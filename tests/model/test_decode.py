"""The decode loop on a model small enough to reason about: it spells out a script, one letter a token."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from inhouse.model import CancelFlag, FillRequest
from inhouse.model.cancel import Cancelled
from inhouse.model.cells import Logits
from inhouse.model.choose import best, best_within, log_total
from inhouse.model.decode import Decoded, decode, line_cut
from inhouse.model.vocabulary import Vocabulary

END = 0


class Script:
    """Session and vocabulary in one: token n is the byte n; the logits always favour the script's next byte."""

    def __init__(self, script: bytes, abort_after: int | None = None) -> None:
        self.script = script
        self.appended: list[int] = []
        self.abort_after = abort_after

    def logits(self) -> Logits:
        scores = np.zeros(256, np.float32)
        at = len(self.appended)
        scores[self.script[at] if at < len(self.script) else END] = 10
        return scores

    def append(self, token: int) -> None:
        if self.abort_after is not None and len(self.appended) >= self.abort_after:
            raise Cancelled
        self.appended.append(token)

    def piece(self, token: int) -> bytes:
        return bytes([token])

    def is_end(self, token: int) -> bool:
        return token == END

    def within(self, text: bytes) -> NDArray[np.int32]:
        return np.array([text[0]], np.int32)


def run(script: Script, max_tokens: int = 50, max_lines: int = 1, deadline_ms: float | None = None) -> Decoded:
    request = FillRequest("a.py", "", "", max_tokens=max_tokens, max_lines=max_lines, deadline_ms=deadline_ms)
    return decode(script, script, request, CancelFlag())


@pytest.mark.parametrize(
    ("script", "max_lines", "text", "stop"),
    [
        (b"one\ntwo\n", 1, "one", "line"),
        (b"one\ntwo\nthree", 2, "one\ntwo", "line"),
        (b"one", 1, "one", "end"),
        (b"\nnext", 1, "", "line"),
        (b"", 1, "", "end"),
    ],
)
def test_stops_at_lines_and_at_the_end(script: bytes, max_lines: int, text: str, stop: str) -> None:
    done = run(Script(script), max_lines=max_lines)

    assert (done.text, done.stop) == (text, stop)
    assert "".join(token.text for token in done.tokens) == text


def test_stops_at_the_limit() -> None:
    assert run(Script(b"x" * 99), max_tokens=5).text == "xxxxx"


def test_a_passed_deadline_stops_before_the_first_token() -> None:
    done = run(Script(b"abc"), deadline_ms=-1)

    assert (done.text, done.stop) == ("", "deadline")


def test_a_character_split_over_tokens_comes_out_whole() -> None:
    done = run(Script("né🙂".encode()))

    assert done.text == "né🙂"
    assert [token.text for token in done.tokens] == ["n", "", "é", "", "", "", "🙂"]


def test_a_set_flag_stops_at_once() -> None:
    cancel = CancelFlag()
    cancel.set()

    assert decode(Script(b"abc"), Script(b"abc"), FillRequest("a", "", ""), cancel).stop == "cancelled"


def test_an_aborted_evaluation_keeps_what_was_written() -> None:
    done = run(Script(b"abcdef", abort_after=2))

    assert (done.text, done.stop) == ("abc", "cancelled")


def test_the_caller_may_end_it() -> None:
    script = Script(b"f(x) + 1")
    done = decode(script, script, FillRequest("a", "", ""), CancelFlag(), until=lambda text: text.endswith(")"))

    assert (done.text, done.stop) == ("f(x)", "caller")


def test_probability_is_the_softmax_and_the_rival_comes_second() -> None:
    logits = np.log(np.array([1, 2, 7], np.float32))

    choice = best(logits)

    assert (choice.token, choice.rival) == (2, 1)
    assert choice.probability == pytest.approx(0.7)
    assert choice.rival_probability == pytest.approx(0.2)


@pytest.mark.parametrize("top", [0.0, -50.0, 59.0, 61.0, -1000.0, 3000.0])
def test_the_total_is_right_however_large_the_logits(top: float) -> None:
    logits = np.array([top - 3, top, -np.inf, top - 0.5], np.float32)

    assert log_total(logits, top) == pytest.approx(top + math.log(1 + math.exp(-3) + math.exp(-0.5)), abs=1e-4)


@given(
    scores=arrays(np.float32, st.integers(2, 300), elements=st.floats(-200, 200, width=32)),
)
def test_using_the_logits_up_changes_no_chance(scores: NDArray[np.float32]) -> None:
    token = int(scores.argmax())
    total = log_total(scores.copy(), float(scores[token]))
    others = scores.copy()
    others[token] = -np.inf
    rival = int(others.argmax())

    choice = best(scores.copy())

    chances = [math.exp(float(scores[one]) - total) for one in (token, rival)]
    assert choice == (token, chances[0], rival, chances[1])
    assert best(scores.copy(), total) == choice


def test_a_total_that_a_steering_knows_is_believed() -> None:
    class Sure:
        def adjust(self, tokens: Sequence[int], logits: Logits) -> float:
            return float(logits.max()) - math.log(0.25)

    script = Script(b"x")
    done = decode(script, script, FillRequest("a", "", ""), CancelFlag(), steering=Sure())

    assert done.tokens[0].probability == pytest.approx(0.25)


def test_the_only_token_left_has_no_rival_worth_naming() -> None:
    assert best(np.array([1.0, -np.inf], np.float32)).rival_probability == 0.0


PIECES = [b"", b"lo", b"load", b"loads", b"o", b"l", b"x"]
WORDS = Vocabulary(PIECES, frozenset([0]))


def scores(**favoured: float) -> Logits:
    logits = np.zeros(len(PIECES), np.float32)
    for name, score in favoured.items():
        logits[PIECES.index(name.encode())] = score
    return logits


def test_a_healed_word_is_said_again_by_whole_tokens() -> None:
    choice = best_within(scores(x=9, loads=3, load=2), b"loa", WORDS)

    assert choice is not None
    assert PIECES[choice.token] == b"loads"
    assert PIECES[choice.rival] == b"load"


def test_a_healed_word_may_be_said_in_pieces() -> None:
    choice = best_within(scores(lo=5), b"loq", WORDS)

    assert choice is not None
    assert PIECES[choice.token] == b"lo"


def test_what_no_token_begins_with_heals_nothing() -> None:
    assert best_within(scores(x=1), b"q", WORDS) is None


def test_healed_text_is_not_part_of_the_answer() -> None:
    script = Script(b"path.join")
    done = decode(script, script, FillRequest("a", "", ""), CancelFlag(), healed=b"pat")

    assert done.text == "h.join"
    assert [token.text for token in done.tokens[:4]] == ["", "", "", "h"]


def test_steering_sees_all_tokens_and_decides() -> None:
    class Upper:
        seen: list[int]
        healed = b""

        def begin(self, healed: bytes) -> None:
            self.healed = healed

        def adjust(self, tokens: Sequence[int], logits: Logits) -> None:
            self.seen = list(tokens)
            logits[ord("A") if len(tokens) < 4 else END] = 99

    steering, script = Upper(), Script(b"xyz")
    done = decode(script, script, FillRequest("a", "", ""), CancelFlag(), before=(1, 2), steering=steering)

    assert done.text == "AA"
    assert steering.seen == [1, 2, ord("A"), ord("A")]
    decode(script, script, FillRequest("a", "", ""), CancelFlag(), healed=b"xy", steering=steering)
    assert steering.healed == b"xy"


def test_line_cut_counts_newlines() -> None:
    assert line_cut("a\nb\n", 1) == 1
    assert line_cut("a\nb\n", 2) == 3
    assert line_cut("a\nb", 2) is None
