"""Alternatives differ, share the beginning and leave the first answer where it is."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

import pytest

from inhouse.model import CancelFlag, FillRequest, Token
from inhouse.model.branch import branch_points
from inhouse.model.cells import Logits
from inhouse.model.engine import LlamaEngine
from inhouse.model.store import embedded_core


def token(probability: float, rival: float, text: str = ".x") -> Token:
    return Token(1, text, probability, 2, rival)


def test_branches_open_at_the_most_uncertain_names() -> None:
    """Names before all else, whatever the rest of a name and the signs around it are worth."""
    tokens = [
        token(0.5, 0.3, "("),
        token(0.9, 0.05, "self"),
        token(0.6, 0.2, "."),
        token(0.4, 0.05, "na"),
        token(0.3, 0.2, "me"),
        token(0.99, 0.001, ", b"),
    ]

    assert branch_points(tokens, 2) == [3, 1]
    assert branch_points(tokens, 9) == [3, 1, 4, 0, 2]


def test_branches_open_where_it_was_least_sure() -> None:
    tokens = [token(0.9, 0.05), token(0.4, 0.39), token(0.7, 0.2), token(0.99, 0.001)]

    assert branch_points(tokens, 2) == [1, 2]
    assert branch_points(tokens, 9) == [1, 2, 0]


@pytest.fixture(scope="module")
def engine() -> Iterator[LlamaEngine]:
    engine = LlamaEngine(embedded_core().path, threads=1)
    yield engine
    engine.close()


PREFIXES = ["import os\n\n\ndef size(path):\n    return os.pa", "for index, item in ", "class Store:\n    def "]


@pytest.mark.integration
@pytest.mark.parametrize("prefix", PREFIXES)
def test_alternatives_are_different_and_the_first_answer_stays(engine: LlamaEngine, prefix: str) -> None:
    alone = engine.fill(FillRequest("a.py", prefix, "\n"), CancelFlag())
    answer = engine.fill(FillRequest("a.py", prefix, "\n", alternatives=4), CancelFlag())

    assert answer.text == alone.text
    texts = ["".join(text.split()) for text in (answer.text, *(other.text for other in answer.alternatives))]
    assert len(set(texts)) == len(texts)
    for other in answer.alternatives:
        assert "".join(part.text for part in other.tokens) == other.text
        shared = "".join(part.text for part in answer.tokens[: other.branched_at])
        assert other.text.startswith(shared)


class Recorder:
    """Steering that changes nothing and keeps what it was shown."""

    def __init__(self) -> None:
        self.seen: list[list[int]] = []

    def adjust(self, tokens: Sequence[int], logits: Logits) -> None:
        self.seen.append(list(tokens))


@pytest.mark.integration
def test_branches_show_the_steering_what_the_first_answer_showed_it(engine: LlamaEngine) -> None:
    recorder = Recorder()
    prefix = "value = compute(path)\n" * 40 + PREFIXES[0]
    answer = engine.fill(FillRequest("a.py", prefix, "\n", alternatives=3), CancelFlag(), steering=recorder)

    before = recorder.seen[0]
    assert answer.alternatives
    assert len(recorder.seen) > len(answer.tokens)
    assert all(tokens[: len(before)] == before for tokens in recorder.seen)
    assert max(map(len, recorder.seen)) <= len(before) + 48


@pytest.mark.integration
def test_asking_again_after_alternatives_reuses_the_prompt(engine: LlamaEngine) -> None:
    request = FillRequest("a.py", PREFIXES[0], "\n", alternatives=3)
    first = engine.fill(request, CancelFlag())
    again = engine.fill(request, CancelFlag())

    assert again.reused_tokens == again.prompt_tokens - 1
    assert [other.text for other in again.alternatives] == [other.text for other in first.alternatives]


@pytest.mark.integration
def test_out_of_time_no_branch_grows_further(engine: LlamaEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first answer is in time; the time is over at the branches' first step."""
    alone = Recorder()
    engine.fill(FillRequest("a.py", PREFIXES[0], "\n"), CancelFlag(), steering=alone)
    now = 0.0

    class Last(Recorder):
        def adjust(self, tokens: Sequence[int], logits: Logits) -> None:
            super().adjust(tokens, logits)
            nonlocal now
            now = 1.0 if len(self.seen) > len(alone.seen) else 0.0

    monkeypatch.setattr(time, "perf_counter", lambda: now)
    last = Last()
    engine.fill(FillRequest("a.py", PREFIXES[0], "\n", alternatives=4, deadline_ms=500.0), CancelFlag(), steering=last)

    assert len(alone.seen) < len(last.seen) <= len(alone.seen) + 3
