"""The decode loop on a model small enough to reason about: it spells out a script, one letter a token."""

from __future__ import annotations

import numpy as np
import pytest

from inhouse.model import CancelFlag, FillRequest
from inhouse.model.decode import Decoded, best, decode, line_cut
from inhouse.model.session import Cancelled, Logits

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


def test_probability_is_the_softmax() -> None:
    logits = np.log(np.array([1, 2, 7], np.float32))

    token, probability = best(logits)

    assert token == 2
    assert probability == pytest.approx(0.7)


def test_line_cut_counts_newlines() -> None:
    assert line_cut("a\nb\n", 1) == 1
    assert line_cut("a\nb\n", 2) == 3
    assert line_cut("a\nb", 2) is None
