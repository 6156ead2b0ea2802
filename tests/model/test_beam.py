"""The likeliest lines: what writing and judging say of them, each once, within what is asked; no trace is left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from inhouse.model import CancelFlag, FillRequest, Searcher
from inhouse.model.cells import Logits
from inhouse.model.engine import LlamaEngine
from inhouse.model.store import embedded_core

pytestmark = pytest.mark.integration

PREFIXES = [
    "import os\n\n\ndef size(path):\n    return os.path.",
    "import os\n\n\ndef size(path):\n    return os.pa",
    "for index, item in ",
    "class Store:\n    def ",
    "def größe(straße):\n    return stra",
]
JOINED = 1.5
"""Nats that tokens which say a sign and the line break may bring."""


@pytest.fixture(scope="module")
def engine() -> Iterator[LlamaEngine]:
    engine = LlamaEngine(embedded_core().path, threads=1)
    yield engine
    engine.close()


def hole(prefix: str) -> FillRequest:
    return FillRequest("a.py", prefix, "\n")


@pytest.mark.parametrize("prefix", PREFIXES)
def test_each_line_once_the_likeliest_first(engine: LlamaEngine, prefix: str) -> None:
    found = engine.lines(hole(prefix), 6, CancelFlag())

    assert isinstance(engine, Searcher)
    assert 1 <= len(found) <= 6
    assert len({"".join(one.text.split()) for one in found}) == len(found)
    assert [one.log_probability for one in found] == sorted((one.log_probability for one in found), reverse=True)
    assert not any("\n" in one.text or "\ufffd" in one.text or not one.text.strip() for one in found)


@pytest.mark.parametrize("prefix", PREFIXES)
def test_the_best_is_no_less_likely_than_what_is_written_greedily(engine: LlamaEngine, prefix: str) -> None:
    found = engine.lines(hole(prefix), 6, CancelFlag())
    (written,) = engine.score(hole(prefix), [engine.fill(hole(prefix), CancelFlag()).text], CancelFlag())

    assert found[0].log_probability >= written.line_log_probability - JOINED


@pytest.mark.parametrize("prefix", PREFIXES[:3])
def test_they_are_as_likely_as_judging_says(engine: LlamaEngine, prefix: str) -> None:
    """Judging reads the tokenizer's own spelling, and counts tokens that say the line break with the last sign."""
    found = engine.lines(hole(prefix), 6, CancelFlag())
    judged = engine.score(hole(prefix), [one.text for one in found], CancelFlag())

    alike = [
        abs(line.log_probability - one.line_log_probability) < JOINED for line, one in zip(found, judged, strict=True)
    ]
    assert sum(alike) > len(found) / 2


def test_a_wider_search_finds_nothing_less_likely_first(engine: LlamaEngine) -> None:
    narrow, wide = (engine.lines(hole(PREFIXES[2]), width, CancelFlag()) for width in (2, 12))

    assert wide[0].log_probability >= narrow[0].log_probability - 0.1
    assert len(wide) > len(narrow)


class Only:
    """Steering that leaves one text."""

    def __init__(self, ids: Sequence[int]) -> None:
        self.ids = list(ids)
        self.began: list[bytes] = []
        self.skip = -1

    def begin(self, healed: bytes) -> None:
        self.began.append(healed)
        self.skip = -1

    def adjust(self, tokens: Sequence[int], logits: Logits) -> None:
        self.skip = len(tokens) if self.skip < 0 else self.skip
        at = len(tokens) - self.skip
        wanted = self.ids[at] if at < len(self.ids) else None
        if wanted is not None and list(tokens[self.skip :]) == self.ids[:at]:
            logits[wanted] = np.float32(logits.max() + 30)


def test_the_project_has_its_say(engine: LlamaEngine) -> None:
    steering = Only(engine.tokenize(" zebra_crossing(1)\n"))

    found = engine.lines(hole("x = 1\ny = "), 4, CancelFlag(), steering)

    assert found[0].text == "zebra_crossing(1)"
    assert len(steering.began) == 1


def test_it_leaves_no_trace(engine: LlamaEngine) -> None:
    before = engine.fill(hole(PREFIXES[0]), CancelFlag())
    engine.lines(hole(PREFIXES[0]), 8, CancelFlag())
    after = engine.fill(hole(PREFIXES[0]), CancelFlag())

    assert after.text == before.text
    assert after.reused_tokens == after.prompt_tokens - 1
    assert engine.lines(hole(PREFIXES[0]), 8, CancelFlag()) == engine.lines(hole(PREFIXES[0]), 8, CancelFlag())


def test_cancelled_it_finds_nothing_and_out_of_time_what_there_was(engine: LlamaEngine) -> None:
    cancel = CancelFlag()
    cancel.set()

    assert engine.lines(hole(PREFIXES[0]), 8, cancel) == ()
    late = FillRequest("a.py", PREFIXES[0], "\n", deadline_ms=0.0)
    assert len(engine.lines(late, 8, CancelFlag())) < len(engine.lines(hole(PREFIXES[0]), 8, CancelFlag()))
